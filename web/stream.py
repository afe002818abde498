"""The events of an answer as server-sent events. Knows how they are written on the wire, not how they come about."""

import asyncio
import json
import logging
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing, suppress

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from index.errors import LibraryError
from rag.types import Answer, Citation, Delta, Event, Searched
from web.problems import Problem, of_crash, of_library, request_id

_LOG = logging.getLogger("footnote.web")
_GOES_ON = Delta("")
_AHEAD = 64  # events that may wait for a slow client before the work that makes them waits too

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


async def arriving(events: Iterator[Event], request: str) -> AsyncGenerator[list[Event | Problem]]:
    """Give the events on, together those that came together; when nobody takes them any more, they are closed."""
    belt = _Belt(guarded(events, request))
    working = asyncio.ensure_future(run_in_threadpool(belt.fill))
    try:
        while batch := await belt.take():
            yield batch
        await working
    finally:
        belt.stop()


class _Belt:
    """Carries events from the thread that makes them to the event loop: changing threads for each would take longest of all."""

    def __init__(self, events: Generator[Event | Problem]) -> None:
        self._events, self._loop = events, asyncio.get_running_loop()
        self._arrived: deque[Event | Problem] = deque()
        self._news = asyncio.Event()
        self._room = threading.Semaphore(_AHEAD)
        self._over = self._unwanted = False

    def fill(self) -> None:
        """Put the events on, in a thread; wait when too many are on it, end when it is stopped."""
        try:
            with closing(self._events):
                while not self._unwanted and (event := next(self._events, None)):
                    if event != _GOES_ON:
                        self._arrived.append(event)
                        self._tell()
                        self._room.acquire()
        finally:
            self._over = True
            self._tell()

    async def take(self) -> list[Event | Problem]:
        """Return what has come, at least one event; nothing when there will be no more."""
        taken: list[Event | Problem] = []
        while not taken:
            over = self._over  # looked at first: what is put on before the end is there then
            while self._arrived:
                taken.append(self._arrived.popleft())
            if not taken:
                if over:
                    return []
                await self._news.wait()
            self._news.clear()
        self._room.release(len(taken))
        return taken

    def stop(self) -> None:
        """Let the thread close the events and end, at the latest when it has its next one."""
        self._unwanted = True
        self._room.release()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, so nobody is left to be told
            self._loop.call_soon_threadsafe(self._news.set)


async def _sent(events: Iterator[Event], request: Request, write: Write) -> AsyncIterator[str]:
    async with aclosing(arriving(events, request_id(request))) as arrived:
        async for batch in arrived:
            yield "".join(map(write, batch))


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
