"""A server with every door open: over the small library of tests/fakes_web.py, or, for the long tests, the real one."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.model import Limits
from tests.doors.callers import AskAll, Seen, doors, gradio
from tests.fakes_web import BRIDGE, HOSTILE, MARKET, FakeAnswerer, FakeLibrary
from tests.rag.generating import QUESTION, Scene, scene
from tests.web.conftest import browser as browser
from tests.web.conftest import open_page, serving, wait_for
from tests.web.sink import Sink, sinking
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def door_url() -> Iterator[str]:
    gate = Gate()
    library = FakeLibrary(BRIDGE, MARKET, HOSTILE)
    gate.open(Services(FakeAnswerer(library), library, library))
    with serving(create_front(gate, Door(gate))) as url:
        yield url


@pytest.fixture(scope="session")
def closed_url() -> Iterator[str]:
    """A server that is still loading."""
    gate = Gate()
    with serving(create_front(gate, Door(gate))) as url:
        yield url


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    data = tmp_path_factory.mktemp("library") / "data"
    return {**own, "RAG_DATA": str(data), "RAG_PORT": "0", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def real_url(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python app.py`, once its models and its page are there."""
    log = tmp_path_factory.mktemp("log") / "stderr"
    with log.open("wb") as stderr:
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stderr=stderr)
    try:
        wait_for(lambda: re.search(r"http://\S+?:\d+", log.read_text()), seconds=60)
        (url,) = re.findall(r"Footnote is at (http://\S+?:\d+)", log.read_text())
        for path in ("/readyz", "/config"):
            wait_for(lambda path=path: _is_there(url + path), seconds=300)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _is_there(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False, timeout=60).status_code == 200
    except httpx.TransportError:  # a process that is importing answers late, or not at all
        return False


class Stage:
    """A server whose answers a double writes, its page, and its doors as callers use them."""

    def __init__(self, scene: Scene, sink: Sink, gate: Gate, url: str) -> None:
        self.scene, self.sink, self.gate, self.url = scene, sink, gate, url
        self.doors: dict[str, AskAll] = {}

    def write(self, manners: str, limits: Limits | None = None) -> None:
        """Let the double with these manners write from now on."""
        search = self.scene.search
        self.gate.open(Services(self.scene.answerer(manners, limits), search.library, search))

    def asked(self) -> Iterator[tuple[str, Seen]]:
        """Ask the question through every door."""
        for door, ask in self.doors.items():
            (seen,) = ask([(QUESTION, [])])
            yield door, seen


@pytest.fixture(scope="module")
def stage_of_the_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    gate = Gate()
    door = Door(gate)
    with (
        pytest.MonkeyPatch.context() as patch,
        sinking() as sink,
        scene(tmp_path_factory.mktemp("library"), patch, sink=sink.address.removeprefix("http://")) as made,
        serving(create_front(gate, door)) as url,
    ):
        gate.open(Services(made.answerer("well"), made.search.library, made.search))
        open_page(gate, door, url)
        yield Stage(made, sink, gate, url)


@pytest.fixture(scope="module")
def stage(stage_of_the_page: Stage) -> Iterator[Stage]:
    made = stage_of_the_page
    with doors(made.url) as opened, gradio(made.url) as through_the_page:
        made.doors = {**opened, "gradio_client": through_the_page}
        yield made
