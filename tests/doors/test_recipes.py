"""The recipes of docs/integrations.md, run as they are printed, against a server that runs as people run it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import StdioServerParameters

from index.adding import add_files
from index.embedder import Embedder
from index.search import Search
from tests.doors.callers import mcp_started

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HERE = "http://127.0.0.1:7860"
QUESTION = "Who led the militia coalition that advanced in Syria?"
CODE = [(kind, code) for kind, code in BLOCKS if kind in {"python", "sh"}]


def test_each_kind_of_recipe_is_there_and_is_what_it_says() -> None:
    assert [kind for kind, _ in BLOCKS] == [
        "sh",
        "sh",
        "python",
        "python",
        "python",
        "python",
        "ini",
        "json",
        "python",
        "python",
    ]
    for kind, code in BLOCKS:
        if kind == "python":
            compile(code, "docs/integrations.md", "exec")
    server = of_a_desktop_client()
    assert set(server) == {"command", "args", "cwd", "env"}
    assert server["args"] == ["-m", "web.mcp"]


def of_a_desktop_client() -> dict[str, Any]:
    (settings,) = [json.loads(code) for kind, code in BLOCKS if kind == "json"]
    (server,) = settings["mcpServers"].values()
    return dict(server)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library of the default articles."""
    folder = tmp_path_factory.mktemp("library") / "data"
    with Search.open(folder, Embedder(), create=True) as search:
        list(add_files(search.library, search.embedder, [ROOT / "articles"]))
    return folder


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("client", ["knows cwd", "does not"])
def test_a_desktop_clients_configuration_starts_a_server_that_answers(data: Path, tmp_path: Path, client: str) -> None:
    server = of_a_desktop_client()
    if not (ROOT / server["command"]).exists():
        pytest.skip(f"there is no {server['command']} here; `make env` makes it")
    known = {"cwd": str(ROOT), "env": {**server["env"], "RAG_DATA": str(data)}}
    if client == "does not":  # what the text beside it says then
        full = {"command": str(ROOT / server["command"]), "cwd": str(tmp_path)}
        known = {**known, **full, "env": {**known["env"], "PYTHONPATH": str(ROOT)}}
    (seen,) = mcp_started(StdioServerParameters(**{**server, **known}))([(QUESTION, [])])
    assert "Hayat Tahrir al-Sham" in seen.text
    assert seen.citations


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "code"), CODE, ids=range(len(CODE)))
def test_a_recipe_gives_the_answer_with_its_citation(real_url: str, environment: dict[str, str], kind: str, code: str) -> None:
    code = code.replace(HERE, real_url).replace('Path("data")', f"Path({environment['RAG_DATA']!r})")
    command = ["bash", "-euc", code] if kind == "sh" else [sys.executable, "-c", code]
    local = {"NO_PROXY": "127.0.0.1", "GRADIO_ANALYTICS_ENABLED": "False"}
    done = subprocess.run(
        command, check=False, cwd=ROOT, env={**os.environ, **environment, **local}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Hayat Tahrir al-Sham" in done.stdout
