"""All faces as one application behind the shield. Knows which there are, not what they do."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import ASGIApp

from web.access import Access
from web.admission import Admission
from web.api import create_api
from web.door import Door
from web.gate import Gate
from web.keys import NO_KEYS, Keys
from web.mcp_door import McpDoor
from web.metrics import CONTENT_TYPE, Metrics
from web.openai import add_openai
from web.rate import RateLimit
from web.shield import Shield


def create_front(
    gate: Gate,
    door: Door,
    hosts: Collection[str] = (),
    metrics: Metrics | None = None,
    keys: Keys = NO_KEYS,
    rate: RateLimit | None = None,
) -> ASGIApp:
    """Return what a server serves. `hosts` are further names, besides loopback's, under which browsers may reach it;
    `keys` says who may come in, `rate` how often a client may ask."""
    metrics = metrics or Metrics(gate)
    mcp = McpDoor(gate)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        kept = [asyncio.create_task(one.keep()) for one in (door, mcp)]
        yield
        for task in kept:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await run_in_threadpool(gate.close)

    api = create_api(gate, lifespan)
    add_openai(api, gate)
    _add_metrics(api, metrics)
    api.router.routes.append(Route("/mcp", mcp, methods=["POST"], include_in_schema=False))
    api.router.default = door  # not a mount, which would hide a wrong method behind a 404
    return Access(Shield(Admission(api, gate.workers), hosts, keys, rate), metrics)


def _add_metrics(api: FastAPI, metrics: Metrics) -> None:
    @api.get("/metrics", include_in_schema=False)
    def measured() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)
