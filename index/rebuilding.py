"""A library is built again from its own articles: with another model, or out of a damaged file. Knows no files to read from.

A whole library is changed in one transaction. Of a damaged one every article that its checksums prove whole is saved into a
new file; the damaged file is kept under another name, and what could not be saved is named.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from index.adding import embedded
from index.article import Article
from index.changes import Prepared, advance, insert
from index.creation import fresh_file
from index.database import connect, settle
from index.durable import free_name, sync_folder
from index.embedder import PassageEmbedder
from index.errors import LibraryDamaged, LibraryLocked
from index.failures import code_of, failures
from index.fingerprint import fingerprint
from index.integrity import Intact, intact_articles
from index.library import FILE, Library
from index.passages import split
from index.seal import Seal
from index.upgrade import upgrade
from index.writer import sole_writer

_SHARED_LOCK = (0x40000002, 510)  # where an open SQLite connection holds its lock: sqlite.org/src, os_unix.c


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many articles the library has now; of a damaged one, the ids of those lost and where the old file is kept."""

    articles: int
    lost: tuple[str, ...] = ()
    kept: Path | None = None


def rebuild(
    folder: Path, embedder: PassageEmbedder, progress: Callable[[Article], None], *, command: str = "python"
) -> Rebuilt:
    """Split and embed every article again. `progress` is called after each.

    Raises LibraryMissing, LibraryLocked, DiskFull, and LibraryDamaged when not one article can be read.
    """
    try:
        library = Library.open(folder, command=command)
    except LibraryDamaged:
        return _saved(folder, embedder, progress, command)
    with library, library.writing():
        with library.reading() as snapshot:
            ids = snapshot.in_passage_order()
        articles = (library.get(article_id) for article_id in ids)
        library.put_again(_embedded_again(articles, embedder, progress), fingerprint(embedder))
    return Rebuilt(len(ids))


def _embedded_again(
    articles: Iterable[Article], embedder: PassageEmbedder, progress: Callable[[Article], None]
) -> Iterator[Prepared]:
    for article in articles:
        yield from embedded(embedder, [(article, split(article))])
        progress(article)


def _saved(folder: Path, embedder: PassageEmbedder, progress: Callable[[Article], None], command: str) -> Rebuilt:
    path = folder / FILE
    if not path.exists():
        raise _nothing_readable(f"{FILE} is gone")
    with sole_writer(folder, command), failures(path):
        _refuse_if_open(path)
        with tempfile.TemporaryDirectory() as elsewhere, closing(_copied(path, Path(elsewhere))) as source:
            whole = intact_articles(source)
            if not whole:
                raise _nothing_readable(f"no article in {FILE} can be read")
            before = Seal.read(folder)
            generation = max(before.generation if before else 0, 0) + 1
            fresh = fresh_file(path, fingerprint(embedder), generation)
            _fill(fresh, whole, embedder, progress)
            lost = _ids(source) - {one.article.id for one in whole}
        kept = _swap(path, fresh)
        Seal(generation + 1).write(folder)
    with Library.open(folder, command=command) as library, library.writing():
        pass  # which checks and seals it
    return Rebuilt(len(whole), tuple(sorted(lost)), kept)


def _nothing_readable(what: str) -> LibraryDamaged:
    return LibraryDamaged(
        what,
        "restore a copy of the data folder; or move what is left of it away and add the articles again: python -m index add",
    )


def _refuse_if_open(path: Path) -> None:
    """A process that has the old file open would, on closing it, remove the new file's log."""
    with path.open("r+b") as stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_LOCK[1], _SHARED_LOCK[0])
        except OSError:
            raise LibraryLocked("a process that has it open (stop the server first)") from None


def _copied(path: Path, elsewhere: Path) -> sqlite3.Connection:
    """Open a copy, with its log, so that looking at a damaged file does not change it."""
    for suffix in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{path}{suffix}", f"{elsewhere / FILE}{suffix}")
    try:
        source = connect(elsewhere / FILE, "rw")
    except sqlite3.DatabaseError as error:
        if code_of(error) != sqlite3.SQLITE_NOTADB:
            raise
        raise _nothing_readable(f"no article in {FILE} can be read ({error})") from error
    source.execute("BEGIN")
    try:
        upgrade(source)
    except (sqlite3.DatabaseError, TypeError, ValueError):  # too damaged: what can be read of it is read as it is
        source.execute("ROLLBACK")
    else:
        source.execute("COMMIT")
    return source


def _ids(source: sqlite3.Connection) -> set[str]:
    ids: set[str] = set()
    with suppress(sqlite3.DatabaseError):
        ids.update(str(article_id) for (article_id,) in source.execute("SELECT id FROM articles"))
    return ids


def _fill(
    fresh: Path,
    whole: list[Intact],
    embedder: PassageEmbedder,
    progress: Callable[[Article], None],
) -> None:
    with closing(connect(fresh, "rw")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for one in whole:
            (prepared,) = embedded(embedder, [(one.article, split(one.article))])
            insert(connection, prepared, one.versions, one.number)
            progress(one.article)
        advance(connection)
        connection.execute("COMMIT")
        settle(connection)


def _swap(path: Path, fresh: Path) -> Path:
    """Give the new file the name, and the damaged one and its log another; a moment without either there is not."""
    kept = free_name(path)
    os.link(path, kept)
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(f"{kept}{suffix}")
    fresh.replace(path)
    sync_folder(path.parent)
    return kept
