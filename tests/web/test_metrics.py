"""What /metrics counts and what a line of the log holds, with a real server; neither holds what was asked."""

import io
import json
import logging
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from opentelemetry.trace import INVALID_SPAN_CONTEXT, NonRecordingSpan, NoOpTracer

from tests.fakes_web import BRIDGE, MARKET, FakeAnswerer, FakeLibrary
from tests.web.conftest import serving
from web.access import JsonLines
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services
from web.keys import Key, Keys
from web.metrics import Metrics, Watched

QUESTION = "How much would the bridge repair cost?"


@pytest.fixture
def watched() -> Iterator[httpx.Client]:
    gate = Gate()
    metrics = Metrics(gate)
    library = FakeLibrary(BRIDGE, MARKET)
    gate.open(Services(Watched(FakeAnswerer(library), metrics), library, library))
    with (
        serving(create_front(gate, Door(gate), metrics=metrics)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream, log = io.StringIO(), logging.getLogger("footnote.access")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield stream
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


def written_lines(stream: io.StringIO, wanted: int) -> list[dict[str, Any]]:
    """Return the lines of the log once there are enough: a line is written after its answer has left."""
    until = time.monotonic() + 10
    while len(stream.getvalue().splitlines()) < wanted and time.monotonic() < until:
        time.sleep(0.01)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def value(client: httpx.Client, name: str) -> float:
    found = re.search(rf"^footnote_{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def settles_at(client: httpx.Client, name: str, wanted: float) -> bool:
    """Say whether the value becomes `wanted`: a request is counted after its answer has left."""
    until = time.monotonic() + 10
    while value(client, name) != wanted and time.monotonic() < until:
        time.sleep(0.01)
    return value(client, name) == wanted


def test_answers_refusals_stages_and_the_librarys_size_are_counted(watched: httpx.Client) -> None:
    watched.post("/v1/ask", json={"question": QUESTION})
    watched.post("/v1/ask", json={"question": QUESTION, "stream": True})
    watched.post(
        "/v1/chat/completions",
        json={"model": "footnote", "messages": [{"role": "user", "content": "Who won the chess match?"}]},
    )
    assert settles_at(watched, 'answers_total{mode="extractive",outcome="answered"}', 2)
    assert settles_at(watched, 'answers_total{mode="extractive",outcome="not_answered_by_sources"}', 1)
    assert settles_at(watched, 'stage_seconds_count{stage="total"}', 3)
    assert settles_at(watched, "library_articles", 2)
    assert settles_at(watched, "requests_in_flight", 1)


def test_requests_are_counted_by_the_routes_pattern(watched: httpx.Client) -> None:
    for article in (BRIDGE.id, MARKET.id, "nope"):
        watched.get(f"/v1/articles/{article}")
    watched.get("/no/such/address")
    assert settles_at(watched, 'requests_total{method="GET",route="/v1/articles/{article_id}",status="200"}', 2)
    assert settles_at(watched, 'requests_total{method="GET",route="/v1/articles/{article_id}",status="404"}', 1)
    assert settles_at(watched, 'requests_total{method="GET",route="page",status="404"}', 1)


def test_the_log_has_the_request_id_and_no_words_of_the_question(watched: httpx.Client, lines: io.StringIO) -> None:
    answered = watched.post("/v1/ask", json={"question": QUESTION}, headers={"x-request-id": "mine-1"})
    watched.get("/v1/search", params={"q": "bridge"})
    watched.get(f"/v1/articles/{BRIDGE.id}")
    written = written_lines(lines, 3)
    assert answered.headers["x-request-id"] == "mine-1"
    assert [line["route"] for line in written] == ["/v1/ask", "/v1/search", "/v1/articles/{article_id}"]
    assert written[0]["request_id"] == "mine-1"
    assert (written[0]["status"], written[0]["level"]) == (200, "info")
    assert "bridge" not in lines.getvalue().lower()


def test_the_log_has_no_line_for_a_probe_that_finds_all_well(watched: httpx.Client, lines: io.StringIO) -> None:
    for probe in ("/healthz", "/readyz", "/metrics", "/healthz"):
        assert watched.get(probe).status_code == 200
    watched.get("/v1/search", params={"q": "bridge"})
    assert [line["route"] for line in written_lines(lines, 1)] == ["/v1/search"]
    assert settles_at(watched, 'requests_total{method="GET",route="/healthz",status="200"}', 2)
    with serving(create_front(Gate(), Door(Gate()))) as loading:
        assert httpx.get(f"{loading}/readyz", trust_env=False).status_code == 503
    assert [line["status"] for line in written_lines(lines, 2)] == [200, 503]


def test_the_log_names_the_key_and_has_what_is_refused_before_there_is_a_route(lines: io.StringIO) -> None:
    gate, library = Gate(), FakeLibrary(BRIDGE)
    gate.open(Services(FakeAnswerer(library), library, library))
    front = create_front(gate, Door(gate), keys=Keys([Key("ann", "reader", "s3cret")]))
    with serving(front) as url, httpx.Client(base_url=url, trust_env=False) as client:
        client.get("/v1/articles", headers={"authorization": "Bearer s3cret"})
        client.get("/v1/articles", headers={"authorization": "Bearer wrong"})
        client.get("/v1/articles", headers={"host": "elsewhere.example"})
        written = written_lines(lines, 3)
    assert [(line["client"], line["status"]) for line in written] == [("ann", 200), (None, 401), (None, 421)]
    assert not {"s3cret", "wrong", "127.0.0.1", "elsewhere"} & set(re.findall(r"[\w.]+", lines.getvalue()))


def test_a_trace_is_a_field_of_its_line() -> None:
    error = ValueError("broken")
    record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "it %s", ("failed",), (ValueError, error, None))
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "it failed"
    assert "ValueError: broken" in line["trace"]


class RecordedSpan(NonRecordingSpan):
    """A span that keeps what it is told."""

    def __init__(self, name: str) -> None:
        super().__init__(INVALID_SPAN_CONTEXT)
        self.name, self.told, self.ended = name, dict[str, object](), False

    def set_attributes(self, attributes: Any) -> None:
        self.told.update(attributes)

    def end(self, end_time: int | None = None) -> None:
        self.ended = True


class RecordingTracer(NoOpTracer):
    def __init__(self) -> None:
        self.spans: list[RecordedSpan] = []

    def start_span(self, name: str, *_: Any, **__: Any) -> RecordedSpan:
        self.spans.append(RecordedSpan(name))
        return self.spans[-1]


def test_an_answer_is_a_span_that_ends_even_when_nobody_waits_for_it() -> None:
    tracer = RecordingTracer()
    watched = Watched(FakeAnswerer(FakeLibrary(BRIDGE)), Metrics(Gate()), tracer)
    list(watched.stream(QUESTION))
    left = watched.stream(QUESTION)
    next(left)
    left.close()
    whole, broken = tracer.spans
    assert whole.told == {"footnote.mode": "extractive", "footnote.outcome": "answered", "footnote.total_ms": 1}
    assert not broken.told
    assert whole.ended
    assert broken.ended
