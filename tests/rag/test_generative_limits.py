"""The hard limits of a model: what it may read and write for a question, and how often and how much in a day."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from index.article import Article
from index.passages import split
from index.search import Hit
from rag.allowance import Allowance, Spent, Use
from rag.generative import evidence, question
from rag.model import MOST_ANSWER_TOKENS, WINDOW_TOKENS, LanguageModel, Limits, tokens
from rag.prompt import RULES
from rag.types import Reading
from tests.rag.generating import QUESTION, QUOTE, Scene, scene

DAY = date(2024, 3, 5)


@pytest.fixture
def velm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with scene(tmp_path / "library", monkeypatch) as made:
        yield made


def long_readings(count: int = 40, letter: str = "a") -> list[Reading]:
    words = " ".join(f"{letter * 5}{n}" for n in range(90))
    text = "\n".join(f"Story {n} says that {words}." for n in range(count))
    article = Article.create(text, title="Long", origin="test:long")
    return [
        Reading(Hit(passage, article, 1.0, 1.0, 1.0, 1), (at := (passage.start, passage.end)), *at, 1.0, 0.0, 1.0, 1.0)
        for passage in split(article)
    ]


@pytest.mark.parametrize("window", [WINDOW_TOKENS, 3000, 128_000])
@pytest.mark.parametrize("letter", ["a", "ж", "字", "🚢"])
def test_question_evidence_and_answer_fit_what_the_model_can_read(window: int, letter: str) -> None:
    found = evidence(long_readings(letter=letter), window)
    assert tokens(RULES) + tokens(question(QUESTION, found, "f" * 12)) + MOST_ANSWER_TOKENS <= window


def test_evidence_is_whole_passages_the_best_first_and_each_once() -> None:
    given = long_readings()
    found = evidence([given[3], given[3], *given], WINDOW_TOKENS)
    assert [reading.hit.passage.id for reading in found[:2]] == [given[3].hit.passage.id, given[0].hit.passage.id]
    assert len({reading.hit.passage.id for reading in found}) == len(found) > 2


def test_the_calls_of_a_day_are_limited_and_the_next_day_begins_anew() -> None:
    today = [DAY]
    allowance = Allowance(2, 10_000, today=lambda: today[0])
    allowance.book(10)
    allowance.book(10)
    with pytest.raises(Spent):
        allowance.book(10)
    assert allowance.used() == Use("2024-03-05", 2, 20)
    today[0] = date(2024, 3, 6)
    allowance.book(10)


def test_a_call_that_could_pass_the_days_tokens_is_not_made() -> None:
    allowance = Allowance(100, 1000, today=lambda: DAY)
    day = allowance.book(900)
    with pytest.raises(Spent):
        allowance.book(200)
    allowance.settle(day, 900, 300)
    allowance.book(200)
    assert allowance.used().tokens == 500


def test_what_a_day_used_outlives_the_process_and_is_shared(tmp_path: Path) -> None:
    account = tmp_path / "model_use.json"
    one, other = (Allowance(3, 1000, account, today=lambda: DAY) for _ in range(2))
    one.book(10)
    other.book(20)
    assert json.loads(account.read_text()) == {"day": "2024-03-05", "calls": 2, "tokens": 30}
    Allowance(3, 1000, account, today=lambda: DAY).book(5)
    with pytest.raises(Spent):
        one.book(1)


def test_many_threads_cannot_pass_the_limit_together(tmp_path: Path) -> None:
    allowance, booked = Allowance(5, 1000, tmp_path / "use.json", today=lambda: DAY), list[str]()

    def book() -> None:
        try:
            booked.append(allowance.book(1))
        except Spent:
            return

    threads = [Thread(target=book) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(booked) == 5


@pytest.mark.parametrize("content", ["", "{", "[]", '{"day": "2024-03-05"}', '{"day": 1, "calls": "x", "tokens": 0}', "\0"])
def test_a_damaged_account_means_no_calls_until_somebody_looks(tmp_path: Path, content: str) -> None:
    account = tmp_path / "model_use.json"
    account.write_text(content)
    with pytest.raises(Spent, match=r"model_use\.json is damaged.*remove it"):
        Allowance(3, 1000, account).book(1)
    assert account.read_text() == content


def test_an_account_that_cannot_be_written_means_no_calls(tmp_path: Path) -> None:
    account = tmp_path / "model_use.json"
    account.mkdir()
    with pytest.raises(Spent, match="cannot be written down"):
        Allowance(3, 1000, account).book(1)


def test_a_spent_day_means_the_quotation_and_no_call(velm: Scene) -> None:
    answerer = velm.answerer("well", Limits(20.0, calls=1))
    assert answerer.ask(QUESTION).mode == "generative"
    answer = answerer.ask(QUESTION)
    assert answer.text.startswith("The language model's allowance for today is used up; these are the articles' own words:\n")
    assert answer.citations[0].quotation.quote == QUOTE
    assert len(velm.server.requests) == 1


def test_a_call_is_asked_for_no_more_tokens_than_an_answer_may_have(velm: Scene) -> None:
    velm.answerer("well").ask(QUESTION)
    sent = velm.server.requests[0]
    assert sent.get("max_tokens", sent.get("max_completion_tokens")) == MOST_ANSWER_TOKENS


def test_what_a_failed_call_may_have_cost_is_counted(velm: Scene, tmp_path: Path) -> None:
    account = tmp_path / "model_use.json"
    model = LanguageModel.configured("openai:half", Limits(), account)
    with pytest.raises(Exception, match="cut_off"):
        list(model.say("rules", f"BEGIN x\n[1] T\n{QUOTE}\nEND x\n\nQuestion: {QUESTION}"))
    used = json.loads(account.read_text())
    assert used["calls"] == 1
    assert 30 < used["tokens"] < 200
