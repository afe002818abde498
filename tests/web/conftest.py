"""A real server on a free loopback port, and Chromium in front of it."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from tests.fakes_web import BRIDGE, HOSTILE, MARKET, FakeAnswerer, FakeLibrary
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services

EXAMPLES = ("How much would the repair of the bridge cost?", "What do traders sell in the square?", "Who won the match?")


def services(answerer: Any = None) -> Services:
    library = FakeLibrary(BRIDGE, MARKET, HOSTILE)
    return Services(answerer or FakeAnswerer(library), library, library)


@contextmanager
def serving(app: ASGIApp, **options: Any) -> Iterator[str]:
    """Serve on a free port; give the base URL; stop."""
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # a socket of unknown protocol would be slow: asyncio leaves Nagle on
    listening.bind(("127.0.0.1", 0))
    listening.listen(1024)  # so that who connects before the server has started waits for it
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=2, **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def open_page(gate: Gate, door: Door, url: str, examples: Callable[[], Sequence[str]] = list) -> None:
    """Build the page of a server, and wait until it is served."""
    from web.build import build_page
    from web.feedback import FeedbackLog

    with ThreadPoolExecutor(1) as thread:  # an event loop of its own
        door.open(thread.submit(build_page, gate, examples, FeedbackLog(None)).result())
    wait_for(lambda: httpx.get(f"{url}/config", trust_env=False).status_code == 200, 60)


@contextmanager
def clients_of(gate: Gate, door: Door | None = None, **options: Any) -> Iterator[httpx.Client]:
    with (
        serving(create_front(gate, door or Door(gate), **options)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=20) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """A client of a server that is ready."""
    gate = Gate()
    gate.open(services())
    with clients_of(gate) as ready:
        yield ready


@dataclass(frozen=True)
class PageServer:
    """A server whose page is built, and what is behind it; `data` is the folder that it writes to."""

    url: str
    front: ASGIApp
    door: Door
    data: Path
    asked: Callable[[], int]


@pytest.fixture(scope="session")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    from web.build import build_page
    from web.feedback import FeedbackLog

    gate = Gate()
    library = FakeLibrary(BRIDGE, MARKET, HOSTILE)
    answerer = FakeAnswerer(library)
    gate.open(Services(answerer, library, library))
    door = Door(gate)
    data = tmp_path_factory.mktemp("data")
    feedback = FeedbackLog(data / "feedback.jsonl")
    with ThreadPoolExecutor(1) as thread:
        door.open(thread.submit(build_page, gate, lambda: EXAMPLES, feedback).result())
    front = create_front(gate, door)
    with serving(front) as url:
        wait_for(lambda: httpx.get(f"{url}/config", trust_env=False).status_code == 200)
        yield PageServer(url, front, door, data, lambda: answerer.asked)


@pytest.fixture(scope="session")
def page_url(page_server: PageServer) -> str:
    return page_server.url


@pytest.fixture(scope="session")
def page_client(page_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page_url, trust_env=False, timeout=20) as client:
        yield client


def wait_for(condition: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


_LEFT = ("AbortError", "Connection errored out")  # what Gradio's scripts say of a stream when its page is left or loaded again


def note_breaks(page: Any, complaints: list[str]) -> None:
    """Note what breaks in a page's scripts. Ours abort nothing; Gradio's do not catch the end of a stream when it is left."""

    def broke(error: Any) -> None:
        if error.name != "AbortError" or "/page/" in (error.stack or ""):
            complaints.append(f"{error.name}: {error.message} {error.stack}")

    page.on("pageerror", broke)


def note_errors(page: Any, complaints: list[str]) -> None:
    """Note what is written to a page's console as an error, not Gradio's words on a stream that was left."""

    def wrote(message: Any) -> None:
        is_of_a_left_stream = "/assets/" in message.location["url"] and any(words in message.text for words in _LEFT)
        if message.type == "error" and not is_of_a_left_stream:
            complaints.append(f"{message.text} {message.location['url']}")

    page.on("console", wrote)


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or which("chromium") or which("chromium-browser") or which("google-chrome")


@pytest.fixture(scope="module")  # while it is open an event loop runs in this thread, which asynchronous tests would mind
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium, and CI must not skip these: install chromium")
    if path is None or not Path(path).exists():
        pytest.skip("no Chromium found; install it, or name it in CHROMIUM")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=quiet)
        yield running
        running.close()
