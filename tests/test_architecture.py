"""The rooms and the arrows between them, as docs/decisions.md draws them: a room knows only what stands below it."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BELOW = {
    "app": {"settings", "web", "rag", "index"},
    "web": {"rag", "index"},
    "rag": {"index"},
    "index": set(),
    "settings": set(),
}
COMMAND_LINES = {"index.__main__", "rag.__main__", "web.mcp", "app"}  # these read the settings; rooms take values
HEAVY = {"torch", "transformers", "sentence_transformers", "gradio", "faiss"}
LONG_FILE = 200


def modules() -> Iterator[tuple[str, Path]]:
    for room in BELOW:
        paths = [ROOT / f"{room}.py"] if (ROOT / f"{room}.py").is_file() else sorted((ROOT / room).rglob("*.py"))
        for path in paths:
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def imports(path: Path, *, only_at_import: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if only_at_import else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_a_room_knows_only_the_rooms_below_it() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, path in modules()
        for imported in imports(path)
        if (there := imported.split(".")[0]) in BELOW
        and there != (here := name.split(".")[0])
        and there not in BELOW[here]
        and not (there == "settings" and name in COMMAND_LINES)
    ]
    assert not wrong


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    names = {name for name, _ in modules()}
    graph = {name: {there for there in imports(path) if there in names and there != name} for name, path in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    wrong = [
        f"{name} imports {imported} when it is imported"
        for name, path in modules()
        if not name.startswith("web.page")
        for imported in imports(path, only_at_import=True)
        if imported.split(".")[0] in HEAVY
    ]
    assert not wrong


def test_files_stay_short_enough_to_read() -> None:
    lengths = {name: path.read_text(encoding="utf-8").count("\n") for name, path in modules()}
    for name, length in sorted(lengths.items(), key=lambda item: -item[1]):
        if length > LONG_FILE:
            print(f"{name} has {length} lines: look whether it is two things")
    assert max(lengths.values()) <= 2 * LONG_FILE
