"""MCP over HTTP as an application to be routed to. Each request stands alone: no session is kept, so none can pile up.

The shield in front has checked Host, Origin and size. The protocol's package is imported when somebody first calls.
"""

import asyncio
import json
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from web.gate import Gate
from web.problems import not_json

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class McpDoor:
    """Answers MCP's requests. `keep` runs beside it for as long as the server does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._wanted = asyncio.Event()
        self._ready: asyncio.Future[StreamableHTTPSessionManager] | None = None

    async def keep(self) -> None:
        """Build the server when it is first wanted, and keep it running until cancelled."""
        self._ready = asyncio.get_running_loop().create_future()
        await self._wanted.wait()
        try:
            manager = await run_in_threadpool(_build, self._gate)
        except Exception as error:  # noqa: BLE001 - those who wait for it fail with it, and the shield answers them
            self._ready.set_exception(error)
            return
        async with manager.run():
            self._ready.set_result(manager)
            await asyncio.Event().wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._ready is not None, "keep() was not started"  # noqa: S101 - a fault of whoever wired it
        if Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise not_json()  # in the shape of every error; the protocol's package has one of its own
        if _asks(scope["state"]["body"]):
            self._gate.workers.check_room()  # where the tool could only say it inside an answer of status 200
        self._wanted.set()
        manager = await asyncio.shield(self._ready)
        await manager.handle_request(scope, receive, send)


def _asks(body: bytes) -> bool:
    try:
        called = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(called, dict) and called.get("method") == "tools/call"


def _build(gate: Gate) -> "StreamableHTTPSessionManager":
    from mcp.server.transport_security import TransportSecuritySettings

    from web.mcp_tools import create_server

    server = create_server(gate.services, gate.workers, "")
    open_here = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # the shield has looked, for every face
    server.streamable_http_app(json_response=True, stateless_http=True, transport_security=open_here)
    return server.session_manager
