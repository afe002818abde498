"""An answer as server-sent events, and what becomes of it when things break off."""

import json
import threading
from collections.abc import Iterator, Sequence

import httpx

from index.errors import LibraryDamaged
from rag.types import Event, Searched, Turn
from tests.web.conftest import clients_of, services, wait_for
from tests.web.test_api import QUESTION
from web.gate import Gate
from web.stream import data_line


def events_of(text: str) -> list[tuple[str, dict[str, object]]]:
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def test_a_stream_is_searched_then_text_and_citations_then_the_whole_answer(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    names, data = zip(*events_of(response.text), strict=True)
    assert names[0] == "searched"
    assert names[-1] == "done"
    assert set(names[1:-1]) == {"delta", "citation"}
    done = data[-1]
    assert "".join(str(one["text"]) for name, one in zip(names, data, strict=True) if name == "delta") == done["answer"]
    assert [one for name, one in zip(names, data, strict=True) if name == "citation"] == done["citations"]


def test_the_stream_ends_with_the_same_answer_as_without_it(client: httpx.Client) -> None:
    streamed = events_of(client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text)[-1][1]
    assert streamed == client.post("/v1/ask", json={"question": QUESTION}).json()


def test_what_cannot_be_asked_is_refused_before_the_stream_begins(client: httpx.Client) -> None:
    assert client.post("/v1/ask", json={"question": "", "stream": True}).status_code == 422


class Answering:
    """Says what it searched for, then raises or goes on for ever; knows when it was closed."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.given, self.closed = error, 0, threading.Event()

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        as_of: str | None = None,
        k: int = 8,
        *,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[Event]:
        try:
            yield Searched(question)
            if self.error:
                raise self.error
            while True:
                self.given += 1
                yield Searched(question)
        finally:
            self.closed.set()


def test_a_library_that_fails_underway_ends_the_stream_with_an_error_event() -> None:
    gate = Gate()
    gate.open(services(Answering(LibraryDamaged("the library is damaged", "restore a copy"))))
    with clients_of(gate) as client:
        *_, (name, data) = events_of(client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text)
    assert name == "error"
    assert data["error"]["message"] == "the library is damaged"  # type: ignore[index]  # the error shape


def test_a_crash_underway_ends_the_stream_without_saying_what_crashed() -> None:
    gate = Gate()
    gate.open(services(Answering(RuntimeError("secret"))))
    with clients_of(gate) as client:
        text = client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
    assert events_of(text)[-1][0] == "error"
    assert "secret" not in text


def test_when_the_client_goes_away_the_work_stops() -> None:
    gate, answering = Gate(), Answering()
    gate.open(services(answering))
    with clients_of(gate) as client:
        with client.stream("POST", "/v1/ask", json={"question": QUESTION, "stream": True}) as response:
            next(response.iter_text())
        wait_for(answering.closed.is_set)
        assert answering.given > 0


def test_no_character_of_a_text_ends_the_line_that_it_is_sent_in() -> None:
    for end in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":
        line, _ = data_line({"text": f"one{end}two"}).splitlines()
        assert json.loads(line.removeprefix("data: ")) == {"text": f"one{end}two"}
