"""Every persisted file damaged in every way: noticed before the first answer and named, or harmless: the same answers."""

import json
import random
import shutil
from pathlib import Path

import pytest

from index.errors import LibraryDamaged, LibraryError
from index.library import FILE, Library
from index.rebuilding import rebuild
from index.seal import SEAL
from index.vectors import FILE as VECTORS
from index.writer import HOLDER, LOCK
from tests.faults.operations import EMBEDDER, START, TALLY, Step, changed
from tests.libraries import article, opened

QUERIES = ("The word3 council met", "bridges and trains", "counted again by clerk 4")
PAGE = 4096


@pytest.fixture(scope="module")
def whole(memory) -> Path:
    """A sealed library with everything in it: versions, removed rows, a saved cache."""
    folder = memory / "whole" / "data"
    Step(tuple(START)).do(folder)
    Step((changed(START[0]), article("astral", "A 🦀 in the 𝒜stral harbour. It is old.", id="astral", section="sea"))).do(
        folder
    )
    Step(removed=(START[4].id,)).do(folder)
    return folder


@pytest.fixture(scope="module")
def crashed(memory, whole) -> Path:
    """The same after a crash: changes in the log only, the seal behind."""
    folder = memory / "crashed" / "data"
    with opened(whole):  # somebody has it open, so that closing does not fold the log in
        other = memory / "busy" / "data"
        shutil.copytree(whole, other)
        with opened(other) as search:
            search.library._keeper.seal = lambda: None
            search.library.remove([START[3].id])
            shutil.copytree(other, folder)
    assert (folder / f"{FILE}-wal").stat().st_size
    return folder


def answers(folder: Path) -> list[list[tuple[str, str, float]]]:
    """What a server would find that starts now."""
    with opened(folder) as search:
        return [[(hit.passage.id, hit.passage.text, hit.score) for hit in search.search(query, 10)] for query in QUERIES]


def hurt(path: Path, how: str, chance: random.Random) -> None:
    content = path.read_bytes()
    place = chance.randrange(max(len(content), 1))
    page = place // PAGE * PAGE
    if how == "delete":
        path.unlink()
        return
    path.write_bytes(
        {
            "empty": b"",
            "half": content[: len(content) // 2],
            "cut": content[:place],
            "bit": content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
            if content
            else b"\1",
            "zeroed page": content[:page] + bytes(min(PAGE, len(content) - page)) + content[page + PAGE :],
            "garbage page": content[:page] + chance.randbytes(min(PAGE, len(content) - page)) + content[page + PAGE :],
            "appended": content + chance.randbytes(chance.choice((1, 100, PAGE))),
            "foreign": b"\x89PNG\r\n\x1a\n" + chance.randbytes(5000),
        }[how]
    )


ONCE = ("delete", "empty", "half", "appended", "foreign")
OFTEN = ("cut", "bit", "zeroed page", "garbage page")


def try_one(source: Path, folder: Path, name: str, how: str, chance: random.Random, expected: object) -> bool:
    """Damage a copy and start on it: True when it was refused, False when it answers as before; nothing else may happen."""
    shutil.copytree(source, folder)
    hurt(folder / name, how, chance)
    before = (folder / name).read_bytes() if (folder / name).exists() else None
    TALLY["damaged stores"] += 1
    refusal = None
    try:
        found = answers(folder)
    except LibraryError as error:
        refusal = error
    if refusal:
        assert FILE in str(refusal) or "format" in str(refusal)
        assert refusal.hint
        assert before is None or (folder / name).read_bytes() == before, "what is damaged is kept as it is"
        return True
    assert found == expected, f"{how} of {name} changed the answers"
    return False


@pytest.mark.parametrize("times", [3, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", [FILE, SEAL, VECTORS, LOCK])
def test_no_damage_to_a_sealed_library_changes_an_answer(place, whole, name, times):
    chance = random.Random(f"{name}{times}")  # noqa: S311 - a test that can be repeated
    expected = answers(whole)
    for number, how in enumerate((*ONCE, *OFTEN * times)):
        refused = try_one(whole, place / f"{number}" / "data", name, how, chance, expected)
        if name == FILE:
            assert refused, f"{how} was not noticed"
        shutil.rmtree(place / f"{number}")


@pytest.mark.parametrize("times", [3, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", [FILE, f"{FILE}-wal", f"{FILE}-shm", SEAL])
def test_no_damage_after_a_crash_changes_an_answer(place, crashed, name, times):
    chance = random.Random(f"{name}{times}")  # noqa: S311 - a test that can be repeated
    copy = place / "expected" / "data"
    shutil.copytree(crashed, copy)
    expected = answers(copy)
    for number, how in enumerate((*ONCE, *OFTEN * times)):
        try_one(crashed, place / f"{number}" / "data", name, how, chance, expected)
        shutil.rmtree(place / f"{number}")


def test_a_lost_log_is_noticed_because_acknowledged_changes_are_missing(place, crashed):
    folder = place / "data"
    shutil.copytree(crashed, folder)
    (folder / f"{FILE}-wal").unlink()
    with pytest.raises(LibraryDamaged, match="changes are missing"):
        Library.open(folder)


def test_rebuilding_after_damage_gives_the_same_top_ten_for_what_was_saved(place, whole):
    folder = place / "data"
    shutil.copytree(whole, folder)
    content = (folder / FILE).read_bytes()
    where = content.rindex(b"\x00\x00", 0, content.index(b"INSERT") if b"INSERT" in content else len(content))
    (folder / FILE).write_bytes(content[:where] + b"\x01" + content[where + 1 :])
    with pytest.raises(LibraryDamaged):
        Library.open(folder)
    done = rebuild(folder, EMBEDDER, lambda _: None)
    assert done.lost == ()
    before = [[hit[:2] for hit in hits] for hits in answers(whole)]
    assert [[hit[:2] for hit in hits] for hits in answers(folder)] == before
    assert done.kept
    assert done.kept.exists()


def test_damage_to_one_article_costs_only_that_article(place, whole):
    folder = place / "data"
    shutil.copytree(whole, folder)
    content = bytearray((folder / FILE).read_bytes())
    for where in range(len(content)):  # wherever its own word stands
        if content.startswith(b"word2 council", where):
            content[where + 4] ^= 1
    (folder / FILE).write_bytes(content)
    done = rebuild(folder, EMBEDDER, lambda _: None)
    assert done.lost == ("story2",)
    assert done.articles == 5
    with opened(folder) as search:
        assert "word2" not in json.dumps([hit.passage.text for hit in search.search("word2", 100)])
        assert search.library.versions_of("story0")


def test_nothing_readable_is_refused_and_kept(place, whole):
    folder = place / "data"
    shutil.copytree(whole, folder)
    (folder / FILE).write_bytes(b"nothing of a library" * 500)
    with pytest.raises(LibraryDamaged) as caught:
        rebuild(folder, EMBEDDER, lambda _: None)
    assert "restore a copy" in caught.value.hint
    assert "rebuild" not in caught.value.hint
    assert (folder / FILE).read_bytes().startswith(b"nothing")
    assert HOLDER not in {path.name for path in folder.iterdir()}
