"""What stands at "/": a doorstep that says what is being waited for, and Gradio's page once it is built.

Only what the page needs of Gradio's routes is let through: none that reads files, takes uploads or fetches from elsewhere.
"""

import asyncio
import re
from concurrent.futures import Future

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import LibraryError
from web.docs import ASSETS
from web.gate import Gate
from web.keys import Role
from web.problems import of_status
from web.viewer import dressed, library_line

_NEEDED = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/(?:assets|static)/[^\0]+"
    r"|/gradio_api/(?:queue/(?:join|data)|heartbeat/\w+|cancel|reset|info|startup-events|app_id)/?"
)
_JOIN, _EVENTS = "/gradio_api/queue/join", "/gradio_api/queue/data"


class Door:
    """Serves "/" and everything below it that no other route answers."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._built: Future[FastAPI] = Future()
        self._page: FastAPI | None = None
        self._doorstep = (ASSETS / "doorstep.html").read_text(encoding="utf-8")

    def open(self, page: FastAPI) -> None:
        """Let people in to the page; may be called from any thread."""
        self._built.set_result(page)

    async def keep(self) -> None:
        """Wait for the page, then keep it running until cancelled."""
        page = await asyncio.wrap_future(self._built)
        async with page.router.lifespan_context(page):
            self._page = page
            await asyncio.Event().wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, page = scope["path"], self._page
        if not _NEEDED.fullmatch(path) or (page is None and path != "/"):
            raise of_status(404)
        if page is not None and path.startswith(_JOIN) and page.state.asks(scope["state"]["body"]):
            self._gate.workers.check_room()  # where the event could only say it inside its stream
        if page is None:
            await HTMLResponse(self._doorstep)(scope, receive, send)
        elif path == "/":
            await self._front(page, scope, receive, send)
        elif path.startswith(_EVENTS):
            await _events(page, scope, receive, send)
        else:
            await page(scope, receive, send)

    async def _front(self, page: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        status, body = await _collected(page, {**scope, "headers": plain}, receive)
        if status != 200:
            raise of_status(status)
        state = Request(scope).state
        html = dressed(body.decode("utf-8"), state.nonce, await run_in_threadpool(self._holdings), self._may(state.role))
        await HTMLResponse(html)(scope, receive, send)

    def _may(self, role: Role) -> str:
        desk = self._gate.services().desk
        if desk is None or role != "editor":
            return ""
        return "change fetch" if desk.web.allow_urls else "change"

    def _holdings(self) -> str:
        try:
            library = self._gate.services().library
            return library_line(library.state(), {name for name, _ in library.sources()})
        except LibraryError:
            return "The library cannot be read now"  # a page that says so is better than none


async def _events(page: FastAPI, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a session the events that it began. When it leaves before their end, what works for it stops: by itself, Gradio
    asks whether anybody is there only when there is something to show."""
    is_there, is_over = True, False

    async def noticing() -> Message:
        nonlocal is_there
        message = await receive()
        is_there = message["type"] != "http.disconnect"
        return message

    async def watched(message: Message) -> None:
        nonlocal is_over
        await send(message)
        is_over = message["type"] == "http.response.body" and not message.get("more_body", False)

    try:
        await page(scope, noticing, watched)
    finally:
        if not (is_over and is_there):
            await page.state.leave(Request(scope).query_params.get("session_hash", ""))


async def _collected(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, bytes]:
    status, body = 500, bytearray()

    async def collect(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, collect)
    return status, bytes(body)
