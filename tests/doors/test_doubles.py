"""Every door while a language model writes, well or badly: what comes out is safe, and useful whatever the model does."""

import re
import threading
from collections.abc import Sequence

import httpx
import pytest

from rag.model import Limits
from tests.doors.callers import Seen
from tests.doors.conftest import Stage
from tests.rag.generating import HARBOUR, MARKET, QUESTION, QUOTE
from tests.rag.test_generative_injection import ACTIVE, SECRETS
from tests.web.conftest import wait_for
from tests.web.sink import Sink

UNCITED = {"LangChain over chat completions"}  # its client drops annotations
FAILS = {
    "hanging": "did not answer in time",
    "busy": "is busy",
    "broken": "could not be reached or refused to answer",
    "not-json": "could not be reached or refused to answer",
    "half-sentence": "broke off",
    "invalid-utf8": "could not be reached or refused to answer",
    "endless-word": "broke off",
    "nonsense": "wrote nothing that the articles say",
}


def assert_safe(door: str, seen: Seen, sink: Sink, texts: Sequence[str] = (HARBOUR, MARKET)) -> None:
    """Every citation is real and has its mark; nothing is active, forged or secret; nobody called the sink."""
    if door not in UNCITED:
        assert [int(mark) for mark in re.findall(r"\[(\d+)\]", seen.text)] == list(range(1, len(seen.citations) + 1)), door
    for cited in seen.citations:
        place = slice(cited["start_char_index"], cited["end_char_index"])
        assert cited["quote"] in [text[place] for text in texts], door
        claim = seen.text[cited["start_index"] : cited["end_index"]]
        assert not re.search("zorblax of|quuxville|1742|5,113", claim, re.IGNORECASE), door
    assert not ACTIVE.search(seen.text), door
    assert not SECRETS.search(seen.text), door
    assert sink.address.removeprefix("http://") not in seen.text, door
    assert sink.calls == [], door


def assert_useful(door: str, seen: Seen) -> None:
    """The answer is there, and rests on its words."""
    assert f"{QUOTE} [" in seen.text, door
    assert door in UNCITED or QUOTE in [cited["quote"] for cited in seen.citations], door


@pytest.mark.parametrize("manners", ["well", "obedient", "half", "too-long"])
def test_what_a_model_writes_is_checked_the_same_behind_every_door(stage: Stage, manners: str) -> None:
    stage.write(manners)
    plain = stage.scene.answerer(manners).ask(QUESTION)
    assert plain.citations
    for door, seen in stage.asked():
        assert seen.text == plain.text, door
        assert_safe(door, seen, stage.sink)
        if manners != "obedient":  # which writes what the articles tell it to, instead of an answer
            assert_useful(door, seen)


@pytest.mark.parametrize("manners", FAILS)
def test_when_a_model_fails_every_door_gives_the_quotation_behind_a_notice(stage: Stage, manners: str) -> None:
    stage.write(manners, Limits(seconds=0.5 if manners == "hanging" else 20.0))
    quoted = stage.scene.quoted().text
    for door, seen in stage.asked():
        assert seen.text == f"The language model {FAILS[manners]}; these are the articles' own words:\n{quoted}", door
        assert_safe(door, seen, stage.sink)
        assert_useful(door, seen)


@pytest.mark.parametrize("manners", ["endless", "dripping", "slow"])
def test_a_model_that_does_not_end_is_ended_behind_every_door(stage: Stage, manners: str) -> None:
    stage.write(manners, Limits(seconds=0.5))
    for door, seen in stage.asked():
        assert "The language model" in seen.text, door
        assert_safe(door, seen, stage.sink)
        assert_useful(door, seen)


@pytest.mark.parametrize("manners", ["well", "busy"])
def test_tokens_of_a_model_are_not_told_because_only_its_provider_counts_them(stage: Stage, manners: str) -> None:
    stage.write(manners)
    chat: dict[str, object] = {"model": "footnote", "messages": [{"role": "user", "content": QUESTION}]}
    options = {"include_usage": True}
    with httpx.Client(base_url=stage.url, trust_env=False) as client:
        assert client.post("/v1/chat/completions", json=chat).json()["usage"] is None
        assert client.post("/v1/responses", json={"model": "footnote", "input": QUESTION}).json()["usage"] is None
        streamed = client.post("/v1/chat/completions", json={**chat, "stream": True, "stream_options": options}).text
        assert "usage" not in streamed


def test_all_doors_share_the_allowance_of_a_day(stage: Stage) -> None:
    stage.write("well", Limits(seconds=20.0, calls=1))
    (_, first), *others = stage.asked()
    assert not first.text.startswith("The language model")
    for door, seen in others:
        assert seen.text.startswith("The language model's allowance for today is used up"), door
        assert_useful(door, seen)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": QUESTION}),
        ("/v1/chat/completions", {"model": "footnote", "messages": [{"role": "user", "content": QUESTION}]}),
        ("/v1/responses", {"model": "footnote", "input": QUESTION}),
    ],
)
def test_a_caller_that_goes_away_ends_the_call_of_the_model(stage: Stage, path: str, body: dict[str, object]) -> None:
    stage.write("dripping", Limits(seconds=60.0))
    with httpx.stream("POST", stage.url + path, json={**body, "stream": True}, trust_env=False) as response:
        next(response.iter_text())
        wait_for(_is_called)
    wait_for(lambda: not _is_called(), seconds=15)


def _is_called() -> bool:
    return any(thread.name == "language-model" for thread in threading.enumerate())
