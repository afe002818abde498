"""A library that an older Footnote wrote is brought up to date when it is opened, or refused where it cannot be."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index import __main__ as cli
from index.checksums import checksum
from index.database import FORMAT
from index.errors import FingerprintMismatch, LibraryDamaged, LibraryReadOnly
from index.library import FILE, Library
from index.rebuilding import rebuild
from index.rows import ARTICLE_COLUMNS
from index.seal import SEAL
from index.search import Search
from tests.fakes import WordCountEmbedder
from tests.libraries import add, article, news, opened

STATE = "SELECT library, fingerprint, generation, next_passage, changed FROM state"
VERSIONS_1 = """CREATE TABLE versions (article INTEGER NOT NULL REFERENCES articles, content_hash TEXT NOT NULL,
  replaced_at TEXT NOT NULL)"""


def grown(folder: Path) -> None:
    with opened(folder) as search:
        add(search, [*news(3), article("copy", news(1)[0].text, id="copy", source="Elsewhere")])
        add(search, [article("story1", f"{news(2)[1].text} It was changed.", id="story1")])


def aged(folder: Path, version: int, *, sealed: bool) -> None:
    """Make the library what an older Footnote would have left."""
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("DROP TABLE signatures")
        connection.execute("DROP TABLE buckets")
        if version == 1:
            rows = connection.execute("SELECT article, content_hash, replaced_at FROM versions").fetchall()
            connection.execute("DROP TABLE versions")
            connection.execute(VERSIONS_1)
            connection.execute("CREATE INDEX versions_by_article ON versions (article)")
            connection.executemany("INSERT INTO versions VALUES (?, ?, ?)", rows)
            for number, *columns in connection.execute(f"SELECT number, {ARTICLE_COLUMNS} FROM articles").fetchall():  # noqa: S608
                replaced = sorted([content_hash, at] for article, content_hash, at in rows if article == number)
                stored = checksum([columns, replaced])
                connection.execute("UPDATE articles SET checksum = ? WHERE number = ?", (stored, number))
        library, fingerprint, *rest = connection.execute(STATE).fetchone()
        columns = [library, f"{fingerprint} format={version}", *rest]  # as it was written then
        connection.execute("UPDATE state SET fingerprint = ?, checksum = ?", (columns[1], checksum(columns)))
        connection.execute(f"PRAGMA user_version={version}")
    (folder / SEAL).unlink()
    if sealed:
        with closing(sqlite3.connect(folder / FILE)) as connection:
            (generation,) = connection.execute("SELECT generation FROM state").fetchone()
            seal = {"generation": generation, "digest": hashlib.sha256(connection.serialize()).hexdigest()}
        (folder / SEAL).write_text(json.dumps({"seal": seal, "checksum": checksum([seal])}))


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("version", [1, 2])
def test_an_older_library_is_brought_up_to_date_and_loses_nothing(tmp_path: Path, version: int, sealed: bool) -> None:
    folder = tmp_path / "data"
    grown(folder)
    with opened(folder) as search:
        before = [(hit.passage.id, hit.score, [copy.id for copy in hit.also_in]) for hit in search.search("word0 council", 20)]
    assert before[0][2] == ["copy"]
    aged(folder, version, sealed=sealed)
    for _ in range(2):
        with opened(folder) as search:
            search.library.verify()
            hits = search.search("word0 council", 20)
            assert [(hit.passage.id, hit.score, [copy.id for copy in hit.also_in]) for hit in hits] == before
            assert len(search.library.versions_of("story1")) == 1
    with closing(sqlite3.connect(folder / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)


def test_a_damaged_older_library_is_refused_and_what_can_be_read_is_saved(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    grown(folder)
    aged(folder, 1, sealed=False)
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE articles SET title = 'Other' WHERE id = 'story1'")
    with pytest.raises(LibraryDamaged, match="story1"):
        Library.open(folder)
    done = rebuild(folder, WordCountEmbedder(), lambda _: None)
    assert (done.articles, done.lost) == (3, ("story1",))


def test_a_library_of_a_newer_footnote_is_refused(tmp_path: Path) -> None:
    grown(tmp_path / "data")
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as connection, connection:
        connection.execute(f"PRAGMA user_version={FORMAT + 1}")
    with pytest.raises(FingerprintMismatch, match=f"format {FORMAT + 1}"):
        Library.open(tmp_path / "data")


def files(folder: Path) -> dict[str, bytes]:
    """What is in the folder, but for SQLite's own notes of who reads."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(("-shm", "-wal"))}


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_library_that_may_only_be_read_is_refused_and_stays_as_it_is(tmp_path: Path, version: int) -> None:
    folder = tmp_path / "data"
    grown(folder)
    aged(folder, version, sealed=True)
    before = files(folder)
    with pytest.raises(FingerprintMismatch, match=f"format {version}.*RAG_READ_ONLY") as refused:
        Library.open(folder, read_only=True)
    assert "RAG_READ_ONLY=no python -m index list" in refused.value.hint
    assert files(folder) == before


def test_the_command_that_the_refusal_names_brings_the_library_up_to_date(tmp_path: Path, monkeypatch, capsys) -> None:
    folder = tmp_path / "data"
    grown(folder)
    aged(folder, 2, sealed=True)
    before, asked = files(folder), (["list"], ["show", "story1"], ["search", "council"])

    def statuses(read_only: str) -> list[int]:
        monkeypatch.setenv("RAG_READ_ONLY", read_only)
        return [cli.main([*arguments, "--data", str(folder)], WordCountEmbedder()) for arguments in asked]

    assert statuses("yes") == [5, 5, 5]
    assert "RAG_READ_ONLY=no python -m index list" in capsys.readouterr().err
    assert files(folder) == before
    assert statuses("no") == [0, 0, 0]
    assert statuses("yes") == [0, 0, 0]


def test_a_library_that_may_only_be_read_is_searched_without_a_byte_written(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    grown(folder)
    (folder / "vectors.faiss").write_bytes(b"of something else")
    before = files(folder)
    with Search.open(folder, WordCountEmbedder(), read_only=True) as search:
        assert search.search("word0 council", 20)
        search.save()
        with pytest.raises(LibraryReadOnly):
            search.library.remove(["story1"])
    assert files(folder) == before
