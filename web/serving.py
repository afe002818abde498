"""uvicorn as it serves us: it stops in peace and in bounded time, and closes a connection that does not send the head of its
request, or does not take what it asked for. The time for a body is the shield's (`web/limits.py`)."""

import asyncio
import signal
import socket
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

GRACE_SECONDS = 6  # after being told to stop; what is not answered then is told to try again
KEEP_ALIVE_SECONDS = 20  # longer than the usual clients keep theirs (5 to 15), so that none asks where we just hung up
_TAKEN = 64 * 1024  # bytes that a reader must at least take in that time to be called slow, not stuck


class Impatient(H11Protocol):
    """`head_seconds` is the time from connecting, or from the first byte of a further request, to the end of its head;
    `taking_seconds` how long a client may leave an answer untaken."""

    head_seconds = 15.0
    taking_seconds = 20.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._late: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's signature
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # so that it is said when anything at all is left untaken
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._expect_head()

    def _expect_head(self) -> None:
        has_answered = self.cycle is not None and self.cycle.response_complete
        if self.conn.their_state is h11.IDLE or has_answered:  # the rest of an answered request's body counts, too
            self._late = self._late or self.loop.call_later(self.head_seconds, self.transport.abort)
        elif self._late:
            self._late.cancel()
            self._late = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_taking()

    def _watch_taking(self, left: int | None = None) -> None:
        now_left = self.transport.get_write_buffer_size()
        if left is not None and left - now_left < _TAKEN:
            self.transport.abort()
        else:
            self._stuck = self.loop.call_later(self.taking_seconds, self._watch_taking, now_left)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stuck:
            self._stuck.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for timer in (self._late, self._stuck):
            if timer:
                timer.cancel()


def create_server(front: ASGIApp, grace_seconds: int = GRACE_SECONDS) -> uvicorn.Server:
    """Return a server that, told to stop, lets what is under way end for `grace_seconds`."""
    config = uvicorn.Config(
        front,
        http=Impatient,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        server_header=False,
        timeout_graceful_shutdown=grace_seconds,
    )
    return uvicorn.Server(config)


def run(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve until told to stop by SIGTERM or SIGINT. Raises KeyboardInterrupt after the latter."""
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn takes it over, and raises it again when it has stopped in peace
    server.run(sockets=[listening])
