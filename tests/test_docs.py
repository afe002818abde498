"""What the documentation says is checked here, or not said."""

import json
import re
from pathlib import Path

import pytest

from index.__main__ import _parser as index_parser
from rag.__main__ import _parser as rag_parser
from settings import KNOWN, Settings

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


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z]+)\b(?! )", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"there is no make {target}"


def test_examples_in_json_are_json() -> None:
    for document in DOCS:
        for block in re.findall(r"```json\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
            json.loads(block)
