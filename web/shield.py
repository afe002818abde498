"""The one middleware stack, in front of every route of every face: Host and Origin, body limits, headers, request ids,
and the last word on errors. Plain ASGI, so that a stream stays a stream. Knows no routes."""

import asyncio
import logging
import re
import secrets
from collections.abc import Collection

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.incoming import Incoming, incoming
from web.keys import NO_KEYS, Keys
from web.problems import RETRY_SECONDS, Problem, of_crash, response
from web.rate import RateLimit, household

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_GIVEN_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")
_LOG = logging.getLogger("footnote.web")

# Scripts run only from this server, or with this response's nonce. Styles are inline in Gradio's page.
_CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


class Shield:
    """Wraps the whole application. `hosts` are the names, besides loopback's, under which browsers may reach it; `keys` says
    who may come in."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = (), keys: Keys = NO_KEYS, rate: RateLimit | None = None) -> None:
        self._app, self._keys, self._rate = app, keys, rate or RateLimit()
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:  # no face uses websockets
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request.state.request_id = given.decode() if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        request.state.nonce = secrets.token_urlsafe(16)
        outgoing = _Outgoing(request, send)
        try:
            check_host(request, self._hosts)
            self._check_key(request)
            self._check_rate(request)
            check_origin(request)
            await self._answer(request, await incoming(request, receive), outgoing)
            await outgoing.release()
        except ClientDisconnect:
            _LOG.debug("request %s: the client went away", request.state.request_id)
        except Problem as problem:
            await outgoing.instead(problem)
        except Exception:  # noqa: BLE001 - the one place that answers for every face
            _LOG.exception("request %s failed: %s %s", request.state.request_id, request.method, request.url.path)
            await outgoing.instead(of_crash())
        except asyncio.CancelledError:  # the server stops, and its patience is over
            await outgoing.instead(_stopping())

    def _check_key(self, request: Request) -> None:
        try:
            self._keys.check(request)
        except Problem:
            self._rate.check(_household_of(request))  # who guesses keys is counted, too
            raise

    def _check_rate(self, request: Request) -> None:
        path = request.scope["path"]
        if request.method not in _READING or path == "/" or path.startswith("/v1/"):  # not the many files of a page
            self._rate.check(request.state.client or _household_of(request))

    async def _answer(self, request: Request, brought: Incoming, outgoing: "_Outgoing") -> None:
        """Let the application answer. When the client goes away it is told so, and stopped where it has sent nothing yet."""
        working = asyncio.current_task()
        assert working  # noqa: S101 - for the type checker: a coroutine that runs is in a task

        async def watch() -> None:
            await brought.until_gone()
            if not outgoing.started:
                working.cancel()

        watching = asyncio.create_task(watch())
        try:
            await self._app(request.scope, brought.receive, outgoing)
        except asyncio.CancelledError:
            if not brought.gone.is_set():
                raise
            working.uncancel()
            raise ClientDisconnect from None
        finally:
            watching.cancel()


def check_host(request: Request, allowed: Collection[str]) -> None:
    """Raise Problem unless the one Host header names this server: a foreign name is how another site would reach it."""
    names = request.headers.getlist("host")
    if len(names) != 1 or _without_port(names[0]) not in allowed:
        hint = "Use the address that the server printed, or allow the name with RAG_HOSTS."
        raise Problem(421, "host_not_allowed", "This server is not known by that name.", hint)


def check_origin(request: Request) -> None:
    """Raise Problem when a browser says that another site sent a request that may change something."""
    if request.method in _READING:
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
    same = origin is None or origin.partition("://")[2].lower() == request.headers["host"].lower()
    if not same or site not in {"same-origin", "none"}:
        raise Problem(403, "origin_not_allowed", "Another site may not send this.", "Open this server's own page.")


def _household_of(request: Request) -> str:
    return household(request.client.host if request.client else "")


def _without_port(host: str) -> str:
    return re.sub(r":\d{1,5}\Z", "", host.lower())


def _stopping() -> Problem:
    return Problem(503, "stopping", "This server is being stopped.", "Try again soon.", {"Retry-After": RETRY_SECONDS})


class _Outgoing:
    """Adds the headers; holds a bare 500 back until it is known whether a crash, which gets the error shape, is behind it."""

    def __init__(self, request: Request, send: Send) -> None:
        self._request, self._send = request, send
        self.started = False  # whether anything has been sent
        self._held: list[Message] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *self._headers(message)]}
            if message["status"] == 500:
                self._held.append(message)
                return
        if self._held:
            self._held.append(message)
            return
        self.started = True
        await self._send(message)

    async def release(self) -> None:
        """Send what was held back."""
        held, self._held = self._held, []
        self.started = self.started or bool(held)
        for message in held:
            await self._send(message)

    async def instead(self, problem: Problem) -> None:
        """Send the problem, unless an answer has begun: then the connection ends unfinished, as it should."""
        if self.started:
            return
        self._held = []
        await response(problem, self._request)(self._request.scope, self._request.receive, self.__call__)
        await self.release()

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        state = self._request.state
        own = [
            *_HEADERS,
            (b"x-request-id", state.request_id.encode()),
            (b"content-security-policy", _CONTENT_POLICY.format(nonce=state.nonce).encode()),
        ]
        there = {name.lower() for name, _ in message.get("headers", ())}
        if not there & {b"cache-control", b"etag"}:  # files may be kept and checked again; what people ask may not
            own.append((b"cache-control", b"no-store"))
        return own
