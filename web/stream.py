"""The events of an answer as server-sent events. Knows how they are written on the wire, not how they come about."""

import json
import logging
from collections.abc import AsyncIterator, Generator, Iterator

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from index.errors import LibraryError
from rag.types import Answer, Citation, Delta, Event, Searched
from web.problems import Problem, of_crash, of_library, request_id

_LOG = logging.getLogger("footnote.web")


def event_stream(events: Iterator[Event], request: Request) -> StreamingResponse:
    """Send each event as it comes; when the client goes away, the events are closed and the work behind them stops."""
    return StreamingResponse(_sent(events, request), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


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


async def _sent(events: Iterator[Event], request: Request) -> AsyncIterator[str]:
    safe = guarded(events, request_id(request))
    try:
        while (event := await run_in_threadpool(next, safe, None)) is not None:
            yield _wire(event, request_id(request))
    finally:
        safe.close()


def _wire(event: Event | Problem, request: str) -> str:
    match event:
        case Searched(query=query):
            return _event("searched", {"searched_for": query})
        case Delta(text=text):
            return _event("delta", {"text": text})
        case Citation():
            return _event("citation", event.as_dict())
        case Answer():
            return _event("done", event.as_dict())
        case Problem():
            return _event("error", event.as_dict(request))


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(',', ':'))}\n\n"
