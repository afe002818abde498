"""Every route that the OpenAPI description lists, called with what schemathesis makes of it: all is as described.

The server is real, with the real answerer over a small library; only the embedder is a fake. `schemathesis.toml` has the rest.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.fetch import Web
from tests.rag.generating import answering, articles, library
from tests.web.conftest import serving
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services
from web.jobs import Desk

CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with library(tmp_path_factory.mktemp("library"), articles()) as search:
        gate = Gate()
        desk = Desk(search, Web())
        desk.start()
        gate.open(Services(answering(search), search.library, search, desk))
        with serving(create_front(gate, Door(gate))) as served:
            yield served


def cases(url: str, folder: Path, most: int, phases: str) -> int:
    """Run schemathesis with at most so many random calls of a route, and return how many it made; all must have passed."""
    report = folder / "report.json"
    options = ["--max-examples", str(most), "--phases", phases, "--report", "json", "--report-json-path", str(report)]
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", f"{url}/openapi.json", *options]
    local = {**os.environ, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, check=False, cwd=folder, env=local, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["operations"]["tested"] == told["operations"]["total"] >= 10
    assert not told["test_cases"]["with_failures"]
    return int(told["test_cases"]["generated"])


def test_every_route_does_what_its_description_says(url: str, tmp_path: Path) -> None:
    assert cases(url, tmp_path, most=5, phases="coverage,fuzzing") >= 300


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_route_does_what_its_description_says_in_twenty_thousand_calls(url: str, tmp_path: Path) -> None:
    assert cases(url, tmp_path, most=2_500, phases="coverage,fuzzing,stateful") >= 20_000
