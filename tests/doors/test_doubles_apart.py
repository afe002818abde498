"""The doors that are processes of their own while a language model writes badly: MCP over stdio, and the command line.

They run as people start them, with the trained reader, over a library in a folder.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.adding import add_articles
from index.embedder import Embedder
from index.search import Search
from tests.doors.callers import History, Seen, command_line, mcp_stdio
from tests.doors.test_doubles import FAILS, assert_safe, assert_useful
from tests.doubles.model_server import ModelServer
from tests.rag.generating import QUESTION, articles
from tests.web.sink import Sink, sinking

ROOT = Path(__file__).parents[2]
WRITE = ("well", "obedient", "half", "too-long", "endless")
QUICK = ("obedient",)  # through the command line, which starts anew for each


@dataclass(frozen=True)
class Apart:
    """What a process needs to find the library and the double, whose manners can be changed while it runs."""

    double: ModelServer
    sink: Sink
    environment: Mapping[str, str]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    data = tmp_path_factory.mktemp("library") / "data"
    with Search.open(data, Embedder(), create=True) as search:
        list(add_articles(search.library, search.embedder, articles()))
    with sinking() as sink, closing(ModelServer(sink=sink.address.removeprefix("http://"))) as double:
        own = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
        model = {"RAG_LLM": "openai:any", "RAG_LLM_SECONDS": "6", "OPENAI_BASE_URL": double.url, "NO_PROXY": "127.0.0.1"}
        secret = {"OPENAI_API_KEY": "sk-secret-of-the-test"}
        yield Apart(double, sink, {**own, **model, **secret, "RAG_DATA": str(data), "PYTHONPATH": str(ROOT)})


@pytest.fixture(scope="module")
def over_stdio(apart: Apart) -> Mapping[str, Seen]:
    """What one process answers while the model behind it changes its manners."""
    manners = [*WRITE, *FAILS]

    def asked() -> Iterator[tuple[str, History]]:
        for apart.double.manners in manners:
            yield QUESTION, []

    return dict(zip(manners, mcp_stdio(apart.environment, str(ROOT))(asked()), strict=True))


def check(door: str, manners: str, seen: Seen, sink: Sink) -> None:
    if manners in FAILS:
        assert seen.text.startswith(f"The language model {FAILS[manners]}; these are the articles' own words:\n"), seen.text
    assert seen.citations
    assert_safe(door, seen, sink)
    if manners != "obedient":  # which writes what the articles tell it to, instead of an answer
        assert_useful(door, seen)


@pytest.mark.parametrize("manners", [*WRITE, *FAILS])
def test_over_stdio_the_answer_is_safe_and_useful(apart: Apart, over_stdio: Mapping[str, Seen], manners: str) -> None:
    check("MCP over stdio", manners, over_stdio[manners], apart.sink)


def by_command_line(apart: Apart, manners: str) -> None:
    apart.double.manners = manners
    apart.double.requests.clear()
    check("command line", manners, command_line(apart.environment, str(ROOT))(QUESTION, []), apart.sink)
    assert apart.double.requests, "the model was not asked"


@pytest.mark.parametrize("manners", QUICK)
def test_on_the_command_line_the_answer_is_safe_and_useful(apart: Apart, manners: str) -> None:
    by_command_line(apart, manners)


@pytest.mark.slow
@pytest.mark.parametrize("manners", [one for one in (*WRITE, *FAILS) if one not in QUICK])
def test_on_the_command_line_the_answer_is_safe_and_useful_with_all_others(apart: Apart, manners: str) -> None:
    by_command_line(apart, manners)
