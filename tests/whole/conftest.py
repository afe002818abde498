"""The product as its users start it: `python app.py` with the default articles, in a process without a network."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import browser  # noqa: F401 - a fixture, found by its name

ROOT = Path(__file__).parent.parent.parent
READY_SECONDS = 180  # a busy machine imports torch slowly


@dataclass(frozen=True)
class Running:
    """A served library: its address, its data folder, and the environment that it was started with."""

    url: str
    environment: Mapping[str, str]
    attempts: Path  # the connections that it tried to open to other machines

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command line of the project on the same library."""
        command = [sys.executable, *arguments]
        environment = dict(self.environment)
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=READY_SECONDS, check=False
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("whole")
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    environment = inherited | {
        "PYTHONPATH": str(Path(__file__).parent / "offline"),
        "FOOTNOTE_ATTEMPTS": str(folder / "attempts.txt"),
        "RAG_DATA": str(folder / "data"),
        "RAG_PORT": str(port),
    }
    said = (folder / "said.txt").open("w")
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=said, stderr=said)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", server, folder / "said.txt")
        yield Running(f"http://127.0.0.1:{port}", environment, folder / "attempts.txt")
    finally:
        server.terminate()
        server.wait(30)
        said.close()


def wait_until_ready(url: str, server: "subprocess.Popen[bytes]", said: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, f"the server stopped: {said.read_text()}"
        try:
            if httpx.get(f"{url}/readyz", trust_env=False, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    pytest.fail(f"not ready after {READY_SECONDS} s: {said.read_text()}")
