"""What the documentation says is checked here, or not said."""

import json
import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from index.__main__ import _parser as index_parser
from rag.__main__ import _parser as rag_parser
from rag.types import Mode
from settings import KNOWN, Settings
from tests.fakes_web import FakeAnswerer, FakeLibrary
from web.gate import Gate, Services
from web.limits import HISTORY_MESSAGES, MESSAGE_CHARACTERS, MOST_HITS, SENT_BYTES
from web.metrics import Metrics

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]


def settings_table() -> str:
    """The table of settings as the README must show it."""
    defaults = Settings()
    rows = ["| setting | default | what | allowed |", "|---|---|---|---|"]
    for name, about in KNOWN.items():
        value = getattr(defaults, name.removeprefix("RAG_").lower())
        shown = {None: "", False: "no", True: "yes", (): ""}.get(value, value if value == () else str(value))
        rows.append(f"| `{name}` | {f'`{shown}`' if shown else ''} | {about.help} | {about.allowed} |")
    return "\n".join(rows)


def test_the_readme_lists_every_setting_as_the_program_knows_it() -> None:
    assert settings_table() in README


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_links_lead_to_files_that_exist(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_commands_of_the_program_are_ones_it_has(document: Path) -> None:
    known = {"index": index_parser().format_help(), "rag": rag_parser().format_help()}
    for room, command in re.findall(r"python -m (index|rag) (\w+)", document.read_text(encoding="utf-8")):
        assert re.search(rf"\b{command}\b", known[room]), f"{document.name} speaks of python -m {room} {command}"


def test_what_an_operator_is_told_to_watch_is_there() -> None:
    hosting = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    gate, library = Gate(), FakeLibrary()
    gate.open(Services(FakeAnswerer(library), library, library))
    names = set(re.findall(r"`(footnote_\w+)`", hosting))
    measured = Metrics(gate).text().decode()
    assert len(names) >= 8
    assert not [name for name in names if f"# TYPE {name} " not in measured]


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z]+)\b(?! )", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"there is no make {target}"


def test_the_tour_of_the_code_leads_to_files_that_exist() -> None:
    tour = README[README.index("\n## A tour of the code") : README.index("\n## Licence")]
    named = re.findall(r"`([\w/]+(?:/|\.py|\.js))`", tour)
    assert len(named) >= 50
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_environment_is_activated_before_the_first_command_that_needs_it() -> None:
    assert README.index("\nsource .venv/bin/activate") < README.index("\npython -m ")


def test_the_proxy_of_the_guide_lets_as_much_through_as_may_be_sent() -> None:
    hosting = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    (nginx,) = re.findall(r"```nginx\n(.*?)```", hosting, re.DOTALL)
    assert f"client_max_body_size {SENT_BYTES // 1024**2}m;" in nginx


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_who_is_told_to_listen_beyond_loopback_is_told_what_it_takes(document: Path) -> None:
    for paragraph in document.read_text(encoding="utf-8").split("\n\n"):
        if re.search(r"beyond loopback[^.]*RAG_HOST\b|RAG_HOST=0", paragraph):
            assert re.search("RAG_API_KEYS|RAG_OPEN", paragraph), paragraph


def test_the_fields_of_a_question_and_its_answer_have_the_limits_and_values_that_are_told() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert f"at most {HISTORY_MESSAGES}, each of at most {MESSAGE_CHARACTERS:,} characters" in told["history"]
    assert set(re.findall(r"`(\w+)`", told["mode"])) == set(get_args(Mode))


def test_examples_in_json_are_json() -> None:
    for document in DOCS:
        for block in re.findall(r"```json\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
            json.loads(block)


def test_running_installs_only_what_it_needs_and_testing_what_tests_need() -> None:
    told = {
        target: subprocess.run(["make", "-nB", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for target in ("run", "test", "check", "env")
    }
    assert [target for target, commands in told.items() if "requirements-dev.txt" not in commands] == ["run", "env"]
    assert all("-c constraints.txt -r requirements.txt" in commands for commands in told.values())


def test_the_bounds_of_k_are_told() -> None:
    assert f"| `k` | how many passages to consider at least, 1 to {MOST_HITS} | 8 |" in (ROOT / "docs" / "api.md").read_text(
        "utf-8"
    )
