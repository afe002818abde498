"""The library on the disk: articles, passages, vectors and keyword index in one SQLite file, the only truth.

Knows no FAISS, no ranking, no model. Every change is one transaction and durable when the call returns; readers never wait
for it and never see half of it. What is found damaged is refused and named before it is used, and never deleted.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.article import Article
from index.changes import Outcome, Prepared, advance, outcome_of, put, put_again, remove
from index.creation import create_library
from index.database import FORMAT, Database, log_size
from index.errors import ArticleMissing, FingerprintMismatch, LibraryMissing, LibraryReadOnly
from index.failures import damaged, failures, named
from index.fingerprint import comparable, refuse_other_fingerprint
from index.listing import Listing
from index.rows import Listed, State, Version
from index.seal import SEAL, Keeper, refuse_problems, trust
from index.snapshot import Snapshot
from index.upgrade import format_of, refuse_foreign, upgrade
from index.writer import sole_writer

FILE = "library.sqlite3"
_FREQUENCIES_KEPT = 20_000
_log = logging.getLogger(__name__)


class Library:
    """An open library. Any number of threads may read; one writer at a time, over all processes, may change it."""

    def __init__(
        self, folder: Path, database: Database, fingerprint: str | None, command: str, *, read_only: bool = False
    ) -> None:
        self.folder = folder
        self._fingerprint = fingerprint
        self._database = database
        self._command = command
        self._closed_to_changes = read_only
        self._turn = threading.Lock()
        self._writing_thread: int | None = None
        self._keeper = Keeper(database, folder)
        self._frequencies: tuple[tuple[str, int], dict[str, int]] = (("", -1), {})  # in a generation of a library

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        fingerprint: str | None = None,
        create: bool = False,
        command: str = "python",
        check: bool = True,
        read_only: bool = False,
    ) -> "Library":
        """Open the library in a folder, once everything in it is found to be what was written.

        `fingerprint` is what it must have been built with (None: whatever it is); with `create` a missing library is made.
        `command` is what another writer is told when it has to wait. With `read_only` nothing is written, so that a library in
        an older format is refused.
        Raises LibraryMissing, LibraryDamaged, FingerprintMismatch, LibraryNotWritable, DiskFull.
        """
        path = folder / FILE
        with failures(path):
            # In this order: another process may be making it. A log without its library would be taken for that of a new one.
            was_there, is_there = (folder / SEAL).exists() or bool(log_size(path)), path.exists()
        if not is_there:
            if was_there:
                raise damaged(path, "it is gone, and other files of the library are still there")
            if not create or read_only or fingerprint is None:
                raise LibraryMissing(f"there is no library in {named(folder)}", "make one: python -m index add FOLDER")
            create_library(path, fingerprint, command)
        library = cls(folder, Database(path), fingerprint, command, read_only=read_only)
        try:
            refuse_foreign(library._database)
            if check:
                library._keeper.check()
                library._bring_up_to_date()
            library._refuse_other_fingerprint()
        except BaseException:
            library.close()
            raise
        return library

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """True when the library was opened so, or the folder does not let this process write."""
        return self._closed_to_changes or self._database.read_only

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Give one unchanging state to read from."""
        with self._database.reading() as connection:
            yield Snapshot(connection)

    def state(self) -> State:
        with self.reading() as snapshot:
            return snapshot.state()

    def get(self, article_id: str) -> Article:
        """Return an article with its text; ArticleMissing if there is none."""
        with self.reading() as snapshot:
            return snapshot.get(article_id)

    def articles(self) -> list[Listed]:
        """Return a line for every article, without texts, in the order of adding."""
        with self.reading() as snapshot:
            return snapshot.articles()

    def listed(self, listing: Listing) -> tuple[list[Listed], int]:
        """Return a page of the list, and how many articles are on all its pages."""
        with self.reading() as snapshot:
            return snapshot.listed(listing)

    def sources(self) -> list[tuple[str | None, int]]:
        """Return the outlets and how many articles each has, most first; None stands for unknown ones."""
        with self.reading() as snapshot:
            return snapshot.sources()

    def versions_of(self, article_id: str) -> list[Version]:
        """Return what the article was before, oldest first."""
        with self.reading() as snapshot:
            return snapshot.versions_of(article_id)

    def frequencies(self, snapshot: Snapshot, words: Iterable[str]) -> dict[str, int]:
        """Return for each word how many passages hold it or another form of it, in a given state.

        Counted once per word while the library stays as it is.
        """
        state = (snapshot.library, snapshot.generation)
        counted_in, counted = self._frequencies
        if counted_in != state or len(counted) > _FREQUENCIES_KEPT:
            counted = {}
            self._frequencies = (state, counted)
        wanted = list(words)
        for word in wanted:
            if word not in counted:
                counted[word] = snapshot.document_frequency(word)
        return {word: counted[word] for word in wanted}

    def verify(self) -> None:
        """Recompute everything, whatever the seal says. Raises LibraryDamaged, naming what does not fit."""
        trust(self._database, self.folder)
        with self._database.reading() as connection:
            refuse_problems(connection, self._database.path)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer over several changes. Threads that share this object take turns; raises LibraryLocked at once when
        somebody else is writing, LibraryReadOnly when it was opened so.

        `put` and `remove` do this for themselves; in here they do not have to wait for the lock again.
        """
        if self._writing_thread == threading.get_ident():
            yield
            return
        if self._closed_to_changes:
            raise LibraryReadOnly
        with self._turn, sole_writer(self.folder, self._command):
            self._keeper.check()
            self._refuse_other_fingerprint()
            self._writing_thread = threading.get_ident()
            try:
                yield
            finally:
                self._writing_thread = None
                self._keeper.seal()

    def outcome_of(self, article: Article) -> tuple[Outcome, Article | None]:
        """Say what `put` would do with the article, and which article it would find there.

        Raises UnusableContent when another article holds its id.
        """
        with self._database.reading() as connection:
            return outcome_of(connection, article)

    def put(self, prepared: Sequence[Prepared]) -> list[tuple[Outcome, Article]]:
        """Add or update articles, all or none; return what was done with each and the article as it is stored."""
        with self._changing() as connection:
            done = [put(connection, one) for one in prepared]
            if any(outcome != "unchanged" for outcome, _ in done):
                advance(connection)
        return done

    def remove(self, article_ids: Sequence[str]) -> None:
        """Remove articles, all or none. Raises ArticleMissing when there is no article with one of the ids."""
        with self._changing() as connection:
            for article_id in article_ids:
                if not remove(connection, article_id):
                    raise ArticleMissing(f"no article {article_id!r}", "see what there is: python -m index list")
            advance(connection)

    def put_again(self, prepared: Iterable[Prepared], fingerprint: str) -> None:
        """Replace the passages and vectors of every article, all or none: the library is then built with `fingerprint`."""
        with self._changing() as connection:
            for one in prepared:
                put_again(connection, one)
            advance(connection, fingerprint)
        self._fingerprint = fingerprint

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self.writing():
            with self._database.writing() as connection:
                yield connection
            # From here on a library that is older than this has lost something, and can be told so.
            with self.reading() as snapshot:
                self._keeper.note(snapshot.generation)

    def _bring_up_to_date(self) -> None:
        version = format_of(self._database)
        if version != FORMAT and self._closed_to_changes:
            raise FingerprintMismatch(
                f"the library is in format {version}, and RAG_READ_ONLY keeps it from being brought up to format {FORMAT}",
                "bring it up to date once, which any command does that may write: RAG_READ_ONLY=no python -m index list",
            )
        if version != FORMAT:
            _log.warning("the library is in format %s and is brought up to format %s; this happens once", version, FORMAT)
            with self._changing() as connection:
                if upgrade(connection):
                    advance(connection, comparable(Snapshot(connection).fingerprint))

    def _refuse_other_fingerprint(self) -> None:
        with self.reading() as snapshot:
            refuse_other_fingerprint(snapshot.fingerprint, self._fingerprint)
