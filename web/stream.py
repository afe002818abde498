"""The events of an answer as server-sent events. Knows how they are written on the wire, not how they come about."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from index.errors import LibraryError
from rag.types import Answer, Citation, Delta, Event, Searched
from web.problems import Problem, of_crash, of_library, request_id

_LOG = logging.getLogger("footnote.web")


Write = Callable[[Event | Problem], str]
"""How an event of ours is written as events on the wire: none ("") or several."""


def event_stream(events: Iterator[Event], request: Request, write: Write | None = None) -> StreamingResponse:
    """Send each event as it comes; when the client goes away, the events are closed and the work behind them stops."""
    sent = _sent(events, request, write or (lambda event: _wire(event, request_id(request))))
    return StreamingResponse(sent, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


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


async def arriving(events: Iterator[Event], request: str) -> AsyncGenerator[Event | Problem]:
    """Give the events on, waiting for each in a thread; when nobody takes them any more, they are closed."""
    safe = guarded(events, request)
    try:
        while (event := await run_in_threadpool(next, safe, None)) is not None:
            yield event
    finally:
        safe.close()


async def _sent(events: Iterator[Event], request: Request, write: Write) -> AsyncIterator[str]:
    async with aclosing(arriving(events, request_id(request))) as arrived:
        async for event in arrived:
            yield write(event)


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
    """Return the data of one event, which ends there."""
    return f"data: {json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(',', ':'))}\n\n"
