"""What can be counted from outside: requests, how long each stage of an answer takes, refusals, the library's size.

Numbers only, in Prometheus's text format at /metrics and as OpenTelemetry's spans: no question, no title, no address.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from opentelemetry.trace import Tracer, get_tracer
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from index.snapshot import EVERYTHING, Within
from rag.types import Answer, Answers, Event, Turn
from web.gate import Gate
from web.problems import Problem

_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The counters of one server. Safe to use from several threads."""

    def __init__(self, gate: Gate) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_LibrarySize(gate))
        self._registry.register(_Line(gate))
        named: Any = {"registry": self._registry, "namespace": "footnote"}
        self.in_flight = Gauge("requests_in_flight", "Requests that are being answered", **named)
        self._requests = Counter("requests", "Requests, by route and status", ["method", "route", "status"], **named)
        self._seconds = Histogram(
            "request_seconds", "Time to the end of the response", ["route"], buckets=_REQUEST_SECONDS, **named
        )
        self._stages = Histogram(
            "stage_seconds", "Time that a stage of an answer took", ["stage"], buckets=_REQUEST_SECONDS, **named
        )
        self._answers = Counter("answers", "Answers, by outcome: answered, or why not", ["mode", "outcome"], **named)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that is over."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Count an answer, or its refusal, and its stages."""
        self._answers.labels(answer.mode, answer.reason or "answered").inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def text(self) -> bytes:
        """Return everything in Prometheus's format."""
        return generate_latest(self._registry)


class Watched:
    """An answerer whose answers are counted, and each a span for OpenTelemetry, whichever door they leave by."""

    def __init__(self, answerer: Answers, metrics: Metrics, tracer: Tracer | None = None) -> None:
        self._answerer, self._metrics = answerer, metrics
        self._tracer = tracer or get_tracer("footnote")  # does nothing unless the process has OpenTelemetry's SDK

    def stream(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Iterator[Event]:
        span = self._tracer.start_span("footnote.answer")
        try:
            for event in self._answerer.stream(question, history, within, k):
                if isinstance(event, Answer):
                    self._metrics.answered(event)
                    span.set_attributes(_attributes(event))
                yield event
        finally:
            span.end()


def _attributes(answer: Answer) -> dict[str, str | int]:
    stages = {f"footnote.{stage}_ms": milliseconds for stage, milliseconds in answer.timings_ms.items()}
    return {"footnote.mode": answer.mode, "footnote.outcome": answer.reason or "answered", **stages}


class _LibrarySize(Collector):
    """Reads the size when it is asked for; nothing while the library is not open."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            state = self._gate.services().library.state()
        except Problem:
            return
        yield GaugeMetricFamily("footnote_library_articles", "Articles in the library", value=state.articles)
        yield GaugeMetricFamily("footnote_library_passages", "Passages in the library", value=state.passages)


class _Line(Collector):
    """Says how many questions are being answered, and how many wait."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def collect(self) -> Iterator[GaugeMetricFamily]:
        workers = self._gate.workers
        yield GaugeMetricFamily("footnote_questions_running", "Questions that workers answer now", value=workers.running)
        yield GaugeMetricFamily("footnote_questions_waiting", "Questions that wait for a worker", value=workers.waiting)
