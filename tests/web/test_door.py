"""What stands at "/": the waiting page, then Gradio's, and none of Gradio's routes that the page does not need."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.fakes_web import FakeAnswerer, FakeLibrary
from tests.libraries import add, news, opened
from tests.web.conftest import clients_of, services, wait_for
from tests.web.test_api import QUESTION, error_of
from web.door import Door
from web.gate import Gate, Services
from web.viewer import library_line

CLOSED = [
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=http://127.0.0.1:1/",
    "/gradio_api/file/etc/passwd",
    "/gradio_api/proxy=http://127.0.0.1:1/",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
    "/gradio_api/component_server",
    "/gradio_api/process_recording",
    "/gradio_api/vibe-edit",
    "/gradio_api/run/predict",
    "/gradio_api/call/ask",
    "/gradio_api/runs",
    "/gradio_api/stream/x",
    "/gradio_api/dev/reload",
    "/gradio_api/openapi.json",
    "/gradio_api/token",
    "/gradio_api//file=/etc/passwd",
    "/gradio_api/queue/join/../../file=/etc/passwd",
    "/custom_component/x/client/component/index.js",
    "/svelte/x.js",
    "/login",
    "/logout",
    "/monitoring",
    "/manifest.json",
    "/pwa_icon",
]


def test_while_loading_the_page_waits_and_everything_says_what_for() -> None:
    gate = Gate()
    with clients_of(gate) as client:
        gate.loading("The language models are being loaded.")
        assert "waiting-for" in client.get("/").text
        assert client.get("/healthz").json() == {"status": "ok"}
        for response in (
            client.get("/readyz"),
            client.post("/v1/ask", json={"question": QUESTION}),
            client.get("/v1/articles"),
        ):
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
            assert error_of(response)["message"] == "The language models are being loaded."
        gate.open(services())
        assert client.get("/readyz").json()["library"]["articles"] == 3
        assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200


def test_a_load_that_failed_says_why_and_what_to_do() -> None:
    gate = Gate()
    with clients_of(gate) as client:
        gate.fail("the library in data is damaged", "restore a copy")
        error = error_of(client.get("/readyz"))
        assert error["code"] == "failed"
        assert (error["message"], error["hint"]) == ("the library in data is damaged", "restore a copy")


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_routes_of_gradio_that_the_page_does_not_need_are_closed(page_client: httpx.Client, method: str, path: str) -> None:
    response = page_client.request(method, path)
    assert response.status_code in {404, 405}
    error_of(response)


def test_the_page_is_ours_and_names_no_other_host(page_client: httpx.Client) -> None:
    response = page_client.get("/")
    page = response.text
    nonce = re.search(r"'nonce-([^']+)'", response.headers["content-security-policy"])
    assert nonce
    assert page.count("<script") == page.count(f'<script nonce="{nonce[1]}"') > 3
    assert '<html\n\tlang="en"' in page
    assert not re.search(r'"(og|twitter):|rel="manifest"', page)
    assert "3 articles · 2 outlets · newest 2024-03-05 · changed 2024-03-06" in page
    elsewhere = set(re.findall(r'(?:src|href|content|action)="(?:https?:)?//([^/"]+)', page))
    assert not elsewhere


def test_the_page_offers_no_endpoint_but_ask(page_client: httpx.Client) -> None:
    described = page_client.get("/gradio_api/info").json()
    assert set(described["named_endpoints"]) <= {"/ask"}
    assert not described["unnamed_endpoints"]


def test_one_line_says_what_the_library_holds() -> None:
    empty = FakeLibrary()
    assert library_line(empty.state(), set()) == "The library is empty"
    assert (
        library_line(services().library.state(), {"A", None})
        == "3 articles · 1 outlet · newest 2024-03-05 · changed 2024-03-06"
    )


def test_a_page_of_an_empty_library_is_served_too() -> None:
    empty = FakeLibrary()
    gate = Gate()
    gate.open(Services(FakeAnswerer(empty), empty, empty))
    with clients_of(gate, Door(gate)) as client:
        wait_for(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/v1/ask", json={"question": QUESTION}).json()["abstained"]


def test_the_page_says_how_much_there_is_and_lists_none_of_it_however_much_that_is(tmp_path: Path) -> None:
    built = FastAPI()
    built.add_api_route("/", lambda: HTMLResponse("<html><head></head><body><gradio-app></gradio-app></body></html>"))
    gate = Gate()
    door = Door(gate)
    door.open(built)
    with opened(tmp_path / "data") as search, clients_of(gate, door) as client:
        add(search, news(2))
        gate.open(Services(FakeAnswerer(FakeLibrary()), search.library, search))
        wait_for(lambda: "2 articles · 2 outlets" in client.get("/").text, 10)
        small = client.get("/").text
        add(search, news(400))
        large = client.get("/").text
    assert "400 articles · 2 outlets" in large
    assert abs(len(large) - len(small)) < 100
    assert not re.search(r"[Ss]tory\d", large)
