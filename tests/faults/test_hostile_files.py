"""Files made to harm: each ends in articles or in a clear refusal, in bounded time, and costs this process next to nothing."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from index.article import Article
from index.errors import UnusableContent
from index.readers import read, read_bytes
from tests.faults.hostile import bombs, broken, names
from tests.index.documents import STORY, zipped

MB = 1024 * 1024
ALLOWED_GROWTH = 50 * MB
SLOWEST = 150.0  # seconds; a file has 60, and a child some to start on a busy machine
SOME = {"nested.zip", "lying-size.zip", "flate.pdf", "deep-div.html", "laughs.rss"}


class Peak:
    """Samples how far this process grows beyond what it has now and what it is given to read."""

    def __init__(self) -> None:
        self._process, self._over = psutil.Process(), threading.Event()
        self._before = self.highest = self._process.memory_info().rss

    def __enter__(self) -> "Peak":
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def _sample(self) -> None:
        while not self._over.wait(0.01):
            self.highest = max(self.highest, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def growth(self) -> int:
        return self.highest - self._before


def outcome(data: bytes, name: str) -> tuple[int, str]:
    """Read a file; return how many articles it gave and the reason it stopped, if it was refused."""
    count, reason = 0, ""
    try:
        for article in read_bytes(data, name, origin="upload:hostile"):
            check(article)
            count += 1
    except UnusableContent as error:
        reason = str(error)
        assert reason
        assert reason.isprintable()
    return count, reason


def check(article: Article) -> None:
    """An article that came out is whole: its text and its facts can be stored and shown."""
    for words in (article.text, article.title, article.origin, *article.metadata.values()):
        words.encode("utf-8")
        assert "\0" not in words
        assert "\u202e" not in words
    assert article.title
    assert "\n" not in article.title


def assert_bounded(name: str, data: bytes) -> None:
    begun = time.monotonic()
    with Peak() as peak:
        count, reason = outcome(data, name)
    assert count or reason
    assert peak.growth < ALLOWED_GROWTH, f"{name}: {peak.growth / MB:.0f} MB"
    assert time.monotonic() - begun < SLOWEST, name


def test_some_bombs_are_defused() -> None:
    chosen = [(name, make) for name, make in bombs() if name in SOME]
    assert len(chosen) == len(SOME)
    for name, make in chosen:
        assert_bounded(name, make())


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_all_bombs_are_defused() -> None:
    count = 0
    for name, make in bombs():
        assert_bounded(name, make())
        count += 1
    assert count >= 60


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))])
def test_broken_files_give_articles_or_a_reason(seed: int) -> None:
    for name, data in broken(seed, 50):
        count, reason = outcome(data, name)
        assert count or reason, name


def test_a_sound_file_is_read_after_all_of_them() -> None:
    assert outcome(STORY.encode(), "a.md") == (1, "")


@pytest.fixture
def empty_folder(tmp_path: Path) -> Iterator[Path]:
    """Stand in an empty folder, so that whatever were written under a relative name would be found."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def test_200_hostile_names_are_words_and_never_paths(empty_folder: Path) -> None:
    assert len(set(names())) >= 200
    for number, name in enumerate(names()):
        for suffix in (".txt", ".html") if number % 5 == 0 else (".txt",):
            (article,) = read_bytes(
                b"<!doctype html><p>Words." if suffix == ".html" else b"Words.", name + suffix, origin=f"upload:{name}"
            )
            check(article)
            shown = article.metadata["file"]
            assert shown.replace("\u200c", "").replace("\u200d", "").isprintable()
            assert len(shown) <= 200
            assert not {"/", "\\", "\0", "\n"} & set(shown)
    assert not list(empty_folder.rglob("*"))


def test_hostile_names_inside_an_archive_are_words_and_never_paths(empty_folder: Path) -> None:
    members = {f"{number}{name.encode('utf-8', 'replace').decode()}.txt": STORY.encode() for number, name in enumerate(names())}
    found = list(read_bytes(zipped(members), "a.zip", origin="upload:a"))
    for article in found:
        check(article)
    assert len({article.id for article in found}) == len(found) > 100
    assert not list(empty_folder.rglob("*"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_hostile_names_on_disk_are_read_in_place(tmp_path: Path) -> None:
    made = 0
    for name in set(names()):
        raw = name.encode("utf-8", "surrogatepass")
        if b"/" in raw or b"\0" in raw or not raw or len(raw) > 200:
            continue
        (path := Path(os.fsdecode(bytes(tmp_path) + b"/" + raw + b".txt"))).write_bytes(b"Words.")
        (article,) = read(path)
        check(article)
        made += 1
    assert made > 100
    assert len(list(tmp_path.iterdir())) == made
