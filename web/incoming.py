"""What a request brings: its body, bounded in size and time, and the news that its client has gone."""

import asyncio

from starlette.requests import Request
from starlette.types import Message, Receive

from web.limits import BODY_BYTES, BODY_SECONDS, SENT_BYTES, SENT_SECONDS
from web.problems import Problem

_SENDS_ARTICLES = ("POST", "/v1/articles")


class Incoming:
    """What the application receives: the whole `body`, or without one (None) its parts as they arrive; then nothing, until the
    client is gone."""

    def __init__(self, receive: Receive, body: bytes | None) -> None:
        self.gone = asyncio.Event()
        self._receive, self._over = receive, asyncio.Event()
        self._left: list[Message] = []
        if body is not None:
            self._left.append({"type": "http.request", "body": body, "more_body": False})
            self._over.set()

    async def receive(self) -> Message:
        """Return the next message, as ASGI has it."""
        if self._left:
            return self._left.pop()
        if not self._over.is_set():
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone.set()
            if not message.get("more_body", False):
                self._over.set()
            return message
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def until_gone(self) -> None:
        """Wait until the client has gone; it is looked for once the body is there."""
        await self._over.wait()
        while not self.gone.is_set():
            if (await self._receive())["type"] == "http.disconnect":
                self.gone.set()


async def incoming(request: Request, receive: Receive) -> Incoming:
    """Return what the request brings. The body is received now, and noted on the request as `body`; that of articles, which may
    be large, when the application asks for it. Raises Problem when it is too big or too slow, then or now."""
    is_large = (request.method, request.scope["path"]) == _SENDS_ARTICLES
    most = SENT_BYTES if is_large else BODY_BYTES
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit():
        raise Problem(400, "bad_request", "The Content-Length header is not a number.", "Leave it to the HTTP client.")
    if int(declared) > most:
        raise _too_big(most)
    if is_large:
        return Incoming(_bounded(receive, most, SENT_SECONDS), None)
    reading = Request(request.scope, _bounded(receive, most, BODY_SECONDS))
    request.state.body = b"".join([chunk async for chunk in reading.stream()])
    return Incoming(receive, request.state.body)


def _too_big(most: int) -> Problem:
    return Problem(413, "body_too_big", f"The body is over the limit of {most:,} bytes.", "Send less at a time.")


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """Return the same, but raising Problem when the body becomes too long, or it or its next part takes too long to arrive."""
    time = asyncio.get_running_loop().time
    left, end, is_over = most, time() + seconds, False

    async def bounded() -> Message:
        nonlocal left, is_over
        if is_over:  # what comes now says only that the client has gone
            return await receive()
        try:
            async with asyncio.timeout_at(min(end, time() + BODY_SECONDS)):
                message = await receive()
        except TimeoutError:
            hint = "Send it again, in one piece."
            raise Problem(408, "body_too_slow", "The body did not arrive in time.", hint, {"Connection": "close"}) from None
        left -= len(message.get("body", b""))
        is_over = not message.get("more_body", False)
        if left < 0:
            raise _too_big(most)
        return message

    return bounded
