"""The events of an answer as server-sent events. Knows how they are written on the wire, not how they come about."""

import json
import logging
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import closing

from fastapi import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from index.errors import LibraryError
from rag.types import Answer, Citation, Delta, Event, Searched
from web.problems import Problem, of_crash, of_library, request_id
from web.workers import Job, Workers

_LOG = logging.getLogger("footnote.web")
# Where clients that split text into lines as `str.splitlines` does would end an event; JSON itself escapes the others.
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
_GOES_ON = Delta("")  # said by who waits for something, so that it can be stopped

Write = Callable[[Event | Problem], str]
"""How an event of ours is written as events on the wire: none ("") or several."""


def event_stream(workers: Workers, events: Iterator[Event], request: Request, write: Write | None = None) -> StreamingResponse:
    """Send each event as it comes; when the client goes away, the work behind them stops. Raises Problem when too
    many wait."""
    job = workers.start(guarded(events, request_id(request)))
    return _EventStream(job, write or (lambda event: _wire(event, request_id(request))))


async def answered(workers: Workers, events: Iterator[Event], request: str) -> Answer:
    """Return the whole answer. Raises Problem where it breaks off, and when too many wait; cancelling it stops the work."""
    last: Event | Problem | None = None
    with closing(workers.start(guarded(events, request))) as job:
        async for event in job:
            last = event
    if isinstance(last, Problem):
        raise last
    assert isinstance(last, Answer)  # noqa: S101 - for the type checker: a stream ends with one of the two
    return last


def guarded(events: Iterator[Event], request: str) -> Generator[Event | Problem]:
    """Give the events on; where they break off, end with the Problem that a caller is told. Closing it closes them."""
    try:
        yield from events
    except Problem as problem:
        yield problem
    except LibraryError as error:
        yield of_library(error)
    except Exception:  # noqa: BLE001 - the answer has begun, so the shield can no longer speak for it
        _LOG.exception("request %s failed while it was answered", request)
        yield of_crash()


class _EventStream(StreamingResponse):
    def __init__(self, job: Job[Event | Problem], write: Write) -> None:
        super().__init__(_sent(job, write), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self._job = job

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with closing(self._job):
            await super().__call__(scope, receive, send)


async def _sent(job: Job[Event | Problem], write: Write) -> AsyncIterator[str]:
    try:
        while batch := await job.batch():
            if said := "".join(write(event) for event in batch if event != _GOES_ON):
                yield said
    except Problem as problem:
        yield write(problem)


def _wire(event: Event | Problem, request: str) -> str:
    match event:
        case Searched(query=query):
            return named_event("searched", {"searched_for": query})
        case Delta(text=text):
            return named_event("delta", {"text": text})
        case Citation():
            return named_event("citation", event.as_dict())
        case Answer():
            return named_event("done", event.as_dict())
        case Problem():
            return named_event("error", event.as_dict(request))


def named_event(name: str, data: object) -> str:
    """Return one event with its name."""
    return f"event: {name}\n{data_line(data)}"


def data_line(data: object) -> str:
    """Return the data of one event, which ends there and nowhere else."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"data: {text.translate(_LINE_ENDS)}\n\n"
