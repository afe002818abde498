"""All faces as one application behind the shield: REST, the docs, the page. Knows which there are, not what they do."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.types import ASGIApp

from web.api import create_api
from web.door import Door
from web.gate import Gate
from web.shield import Shield


def create_front(gate: Gate, door: Door, hosts: Collection[str] = ()) -> ASGIApp:
    """Return what a server serves. `hosts` are further names, besides loopback's, under which browsers may reach it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        page = asyncio.create_task(door.keep())
        yield
        page.cancel()
        with suppress(asyncio.CancelledError):
            await page

    api = create_api(gate, lifespan)
    api.mount("/", door)
    return Shield(api, hosts)
