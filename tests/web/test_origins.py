"""No route that may change something can be used under a foreign name or from another site: every route the application has."""

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import PageServer
from tests.web.test_api import QUESTION

READING = {"GET", "HEAD", "OPTIONS"}
FOREIGN_HOSTS = [
    "evil.test",
    "evil.test:80",
    "127.0.0.1.evil.test",
    "localhost.",
    "127.0.0.2",
    "[::2]",
    "0.0.0.0",  # noqa: S104 - a name in a header
    "user@localhost",
]
FOREIGN_ORIGINS = ["http://evil.test", "https://evil.test:443", "null", "http://localhost:1", "file://", "http://[::1]", ""]
BODIES: list[dict[str, Any]] = [
    {"json": {"question": QUESTION, "data": [QUESTION, []], "fn_index": 0, "session_hash": "x"}},
    {"data": {"question": QUESTION}},
    {"files": {"files": ("a.txt", b"stored?")}},
    {"content": b"question=stored", "headers": {"content-type": "text/plain"}},
]


def changing(app: Any, door: Any) -> Iterator[tuple[str, str]]:
    """Yield method and address of every route below an application that is not for reading, Gradio's among them."""
    while hasattr(app, "_app"):  # what stands in front
        app = app._app
    for route in [*getattr(app, "routes", ()), *(door._page.routes if door else ())]:
        if hasattr(route, "methods"):
            address = route.path_format if hasattr(route, "path_format") else route.path
            yield from ((method, address.replace("{", "").replace("}", "")) for method in (route.methods or set()) - READING)
        elif hasattr(route, "original_router"):  # as FastAPI keeps routers that were included
            yield from changing(route.original_router, None)
        elif hasattr(route, "app"):
            yield from ((method, f"{route.path}{path}") for method, path in changing(route.app, None))


def combinations(own_host: str) -> Iterator[dict[str, str]]:
    """Yield the headers of a browser that was led here: a foreign name, a foreign origin, or both."""
    own = [{"host": own_host, "origin": f"http://{own_host}"}, {"host": own_host}]
    for host, origin in product([own_host, *FOREIGN_HOSTS], [f"http://{own_host}", *FOREIGN_ORIGINS]):
        if {"host": host, "origin": origin} not in own:
            yield {"host": host, "origin": origin}
    for site in ("cross-site", "same-site"):
        yield {"host": own_host, "sec-fetch-site": site}


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.timeout(600)
def test_no_route_that_changes_something_takes_anything_from_elsewhere(page_server: PageServer, tmp_path: Path) -> None:
    routes = sorted(set(changing(page_server.front, page_server.door)))
    assert {("POST", "/v1/ask"), ("POST", "/mcp"), ("POST", "/gradio_api/queue/join"), ("POST", "/gradio_api/upload")} <= set(
        routes
    )
    own = httpx.URL(page_server.url)
    headers = list(combinations(f"{own.host}:{own.port}"))
    assert len(headers) >= 60
    asked, stored = page_server.asked(), files_below(page_server.data)
    with httpx.Client(base_url=page_server.url, trust_env=False, timeout=60) as client:
        for number, ((method, path), led) in enumerate(product(routes, headers)):
            body = dict(BODIES[number % len(BODIES)])
            response = client.request(method, path, **(body | {"headers": {**body.get("headers", {}), **led}}))
            assert response.status_code in {403, 421}, (method, path, led)
            assert "_not_allowed" in response.text
        assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200
    assert page_server.asked() == asked + 1
    assert files_below(page_server.data) == stored
    assert "GRADIO_TEMP_DIR" not in os.environ or not files_below(Path(os.environ["GRADIO_TEMP_DIR"]))
