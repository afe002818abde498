"""The API's description, also as a page that loads nothing from elsewhere: Swagger UI from the installed package."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

ASSETS = Path(__file__).parent / "assets"
_SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css")


class Described(FastAPI):
    """An application whose description says how a key is sent, to a server that asks for one."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        described["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"key": []}, {}]
        return described


def add_docs(api: FastAPI) -> None:
    """Add /docs, and /page with the style and scripts of every page of this server."""
    swagger = Path(str(files("fastapi_offline"))) / "static"
    page = (ASSETS / "docs.html").read_text(encoding="utf-8")

    @api.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(page)

    for name in _SWAGGER:
        api.add_api_route(f"/page/{name}", _file(swagger / name), include_in_schema=False)
    api.mount("/page", StaticFiles(directory=ASSETS), name="page")


def _file(path: Path) -> Callable[[], Awaitable[Response]]:
    async def send() -> Response:
        return FileResponse(path)

    return send
