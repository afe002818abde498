"""Following a folder: the command itself, with real files and the word-count embedder, told to stop by a real signal."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from index import __main__ as cli
from index.errors import LibraryLocked
from index.library import Library
from index.search import Search
from index.watching import follow
from tests.fakes import WordCountEmbedder
from tests.libraries import another_writer
from tests.web.conftest import wait_for

SECONDS = 120


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    kept = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield
    for name, handler in kept.items():
        signal.signal(name, handler)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    (made / "bridge.txt").write_text("The bridge is old. Nobody knows the bridge better.", encoding="utf-8")
    return made


@pytest.fixture
def watched(tmp_path, folder, capsys, monkeypatch):
    """Watch the folder while `happenings` go on in a thread, then stop it: (status, lines on stdout, summary)."""
    monkeypatch.chdir(tmp_path)

    def watched(happenings: Callable[[], None], *options: str, told: int = signal.SIGTERM) -> tuple[int, list[str], str]:
        failed: list[BaseException] = []

        def happen() -> None:
            try:
                wait_for(lambda: articles(tmp_path), SECONDS)
                happenings()
            except BaseException as error:  # noqa: BLE001 - raised again below, in the thread of the test
                failed.append(error)
            finally:
                os.kill(os.getpid(), told)

        thread = threading.Thread(target=happen)
        thread.start()
        status = cli.main(["watch", str(folder), *options], WordCountEmbedder())
        thread.join()
        if failed:
            raise failed[0]
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()[-1]

    return watched


def articles(tmp_path: Path) -> dict[str, str]:
    """The texts of the library by file name."""
    if not (tmp_path / "data" / "library.sqlite3").exists():
        return {}
    with Library.open(tmp_path / "data", check=False) as library, library.reading() as state:
        found = [state.get(one.id) for one in state.articles()]
    return {one.metadata["file"]: one.text for one in found}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_what_is_there_is_added_and_new_and_changed_files_follow(watched, folder, tmp_path, told) -> None:
    def happenings() -> None:
        (folder / "tram.txt").write_text("The tram is slow.", encoding="utf-8")
        (folder / "bridge.txt").write_text("The bridge is new.", encoding="utf-8")
        (folder / "picture.jpg").write_bytes(b"no article")
        wait_for(lambda: articles(tmp_path) == {"tram.txt": "The tram is slow.", "bridge.txt": "The bridge is new."}, SECONDS)

    status, lines, summary = watched(happenings, told=told)
    assert status == 0
    assert lines[0] == f"added: {(folder / 'bridge.txt').as_uri()}"
    assert sorted(line.partition(":")[0] for line in lines[1:]) == ["added", "updated"]
    assert summary == "2 added, 1 updated, 0 unchanged, 0 refused, 0 removed"


def test_a_file_that_is_written_slowly_is_there_whole_in_the_end(watched, folder, tmp_path) -> None:
    whole = "".join(f"Sentence number {n} of a long report. " for n in range(40)).strip()

    def happenings() -> None:
        with (folder / "report.txt").open("w", encoding="utf-8") as stream:
            for n in range(0, len(whole), 100):
                stream.write(whole[n : n + 100])
                stream.flush()
                wait_for(lambda: True)
        wait_for(lambda: articles(tmp_path).get("report.txt") == whole, SECONDS)

    assert watched(happenings)[0] == 0


def test_a_deleted_file_keeps_its_article_unless_told_otherwise(watched, folder, tmp_path) -> None:
    def happenings() -> None:
        (folder / "bridge.txt").unlink()
        (folder / "tram.txt").write_text("The tram is slow.", encoding="utf-8")
        wait_for(lambda: "tram.txt" in articles(tmp_path), SECONDS)

    watched(happenings)
    assert set(articles(tmp_path)) == {"bridge.txt", "tram.txt"}


def test_with_remove_articles_go_with_their_files_also_those_deleted_before(watched, folder, tmp_path) -> None:
    (folder / "rows.jsonl").write_text('{"text": "One row."}\n{"text": "Another row."}\n', encoding="utf-8")
    cli.main(["add", str(folder)], WordCountEmbedder())
    (folder / "rows.jsonl").unlink()

    def happenings() -> None:
        wait_for(lambda: set(articles(tmp_path)) == {"bridge.txt"}, SECONDS)
        (folder / "copy.txt").write_bytes((folder / "bridge.txt").read_bytes())
        (folder / "bridge.txt").unlink()
        wait_for(lambda: set(articles(tmp_path)) == {"copy.txt"}, SECONDS)

    _, lines, summary = watched(happenings, "--remove")
    assert summary.endswith("3 removed")
    assert len([line for line in lines if line.startswith("removed: ")]) == 3


def test_while_nothing_happens_others_may_write_and_what_waits_for_them_is_added_after(watched, folder, tmp_path) -> None:
    def happenings() -> None:
        with Library.open(tmp_path / "data") as library:
            wait_for(lambda: locked(library), SECONDS)

    def locked(library: Library) -> bool:
        try:
            writing = library.writing()
            writing.__enter__()
        except LibraryLocked:  # still storing the first article
            return False
        with ExitStack() as held:
            held.push(writing.__exit__)
            (folder / "tram.txt").write_text("The tram is slow.", encoding="utf-8")
        wait_for(lambda: "tram.txt" in articles(tmp_path), SECONDS)
        return True

    assert watched(happenings)[0] == 0


def test_a_process_that_takes_the_library_while_a_large_folder_is_added_is_waited_for(watched, folder, tmp_path) -> None:
    for n in range(60):
        text = " ".join(f"Report {n} has a sentence {k} of its own." for k in range(n, n + 300))
        (folder / f"report{n}.txt").write_text(text, encoding="utf-8")

    def happenings() -> None:
        with another_writer(tmp_path / "data") as other:
            other()
            assert len(articles(tmp_path)) < 61
            time.sleep(3)  # long enough that the next portion is ready and has to wait
            other()
        wait_for(lambda: len(articles(tmp_path)) == 61, SECONDS)

    _, lines, summary = watched(happenings)
    assert summary == "61 added, 0 updated, 0 unchanged, 0 refused, 0 removed"
    assert len(lines) == 61


def test_who_is_in_the_way_is_named_once(folder, tmp_path) -> None:
    (folder / "notes").mkdir()  # an empty folder may be a drive that is away
    said, stopped = [], threading.Event()
    with Search.open(tmp_path / "data", WordCountEmbedder(), create=True) as search:
        following = follow(search, folder, stopped, remove=True, waiting=said.append)
        next(following)

        def happen() -> None:
            with Library.open(tmp_path / "data") as library:
                wait_for(lambda: held(library), SECONDS)
            wait_for(lambda: not articles(tmp_path), SECONDS)
            stopped.set()

        def held(library: Library) -> bool:
            try:
                writing = library.writing()
                writing.__enter__()
            except LibraryLocked:
                return False
            with ExitStack() as holding:
                holding.push(writing.__exit__)
                (folder / "bridge.txt").unlink()
                time.sleep(3)  # several looks long
            return True

        thread = threading.Thread(target=happen)
        thread.start()
        gone = list(following)
        thread.join()
    assert len(gone) == 1
    assert [type(one) for one in said] == [LibraryLocked]


def test_what_is_no_folder_is_wrong_usage(tmp_path, capsys) -> None:
    assert cli.main(["watch", str(tmp_path / "nowhere"), "--data", str(tmp_path / "data")], WordCountEmbedder()) == 2
    assert "not a folder" in capsys.readouterr().err


def test_a_library_that_is_read_only_is_not_fed(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("RAG_READ_ONLY", "yes")
    assert cli.main(["watch", str(tmp_path)], WordCountEmbedder()) == 1
    assert "RAG_READ_ONLY" in capsys.readouterr().err


def test_a_name_that_is_not_utf8_is_followed_like_others_and_never_taken_for_gone(watched, folder, tmp_path) -> None:
    odd = folder / os.fsdecode(b"caf\xe9.txt")

    def happenings() -> None:
        odd.write_text("The cafe is closed.", encoding="utf-8")
        wait_for(lambda: "The cafe is closed." in articles(tmp_path).values(), SECONDS)
        (folder / "tram.txt").write_text("The tram is slow.", encoding="utf-8")
        wait_for(lambda: len(articles(tmp_path)) == 3, SECONDS)
        (folder / "tram.txt").unlink()
        wait_for(lambda: len(articles(tmp_path)) == 2, SECONDS)

    status, _, summary = watched(happenings, "--remove")
    assert status == 0
    assert summary.endswith("1 removed")
    assert "The cafe is closed." in articles(tmp_path).values()


def test_a_folder_that_is_away_for_a_while_loses_no_articles(watched, folder, tmp_path) -> None:
    def happenings() -> None:
        (folder / "tram.txt").write_text("The tram is slow.", encoding="utf-8")
        wait_for(lambda: len(articles(tmp_path)) == 2, SECONDS)
        folder.rename(tmp_path / "away")
        time.sleep(2)  # several looks
        (tmp_path / "away").rename(folder)
        time.sleep(1)

    assert watched(happenings, "--remove")[2].endswith("0 removed")


def test_a_file_of_which_nobody_can_say_whether_it_is_there_loses_no_article(watched, folder, tmp_path) -> None:
    def happenings() -> None:
        (folder / "bridge.txt").unlink()
        (folder / "bridge.txt").symlink_to("x" * 300)  # no path: as in a folder that is closed, but for root, too
        (folder / "tram.txt").write_text("The tram is slow.", encoding="utf-8")
        wait_for(lambda: "tram.txt" in articles(tmp_path), SECONDS)

    status, _, summary = watched(happenings, "--remove")
    assert status == 0
    assert summary.endswith("0 removed")
    assert set(articles(tmp_path)) == {"bridge.txt", "tram.txt"}


def test_a_drive_that_leaves_its_mount_point_empty_loses_no_articles(watched, folder, tmp_path) -> None:
    def happenings() -> None:
        (folder / "bridge.txt").rename(tmp_path / "bridge.txt")
        time.sleep(2)  # several looks
        assert len(articles(tmp_path)) == 1
        (folder / "tram.txt").write_text("The tram is slow.", encoding="utf-8")
        wait_for(lambda: set(articles(tmp_path)) == {"tram.txt"}, SECONDS)  # now the folder is there, and the file is not

    assert watched(happenings, "--remove")[2].endswith("1 removed")
