"""One SQLite file: its tables and its connections. Knows no articles and no vectors.

Readers never wait for the writer (WAL) and see one unchanging state per `reading()`. `writing()` is one transaction: all of
it is on the disk when it returns, or none of it. That there is one writer is the business of `index.writer`.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from index.copies import SCHEMA as COPIES
from index.failures import code_of, failures, not_writable

APPLICATION_ID = 0x466F6F74  # "Foot", in the file's header
FORMAT = 3  # index/upgrade.py brings older ones up to it
_BUSY_SECONDS = 10.0
_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY", "cell_size_check=ON", "cache_size=-16384")

# Numbers of passages are never used twice, so that a vector's number means the same vector for ever.
SCHEMA = """
CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), library TEXT NOT NULL, fingerprint TEXT NOT NULL,
  generation INTEGER NOT NULL, next_passage INTEGER NOT NULL, changed TEXT NOT NULL, checksum TEXT NOT NULL);
CREATE TABLE articles (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, origin TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
  source TEXT, url TEXT, published TEXT, updated TEXT, added TEXT NOT NULL, content_hash TEXT NOT NULL,
  metadata TEXT NOT NULL, checksum TEXT NOT NULL, passages_checksum TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX articles_by_content ON articles (content_hash);
CREATE TABLE versions (article INTEGER NOT NULL REFERENCES articles, content_hash TEXT NOT NULL, replaced_at TEXT NOT NULL,
  text TEXT);
CREATE INDEX versions_by_article ON versions (article);
CREATE TABLE passages (number INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL);
CREATE INDEX passages_by_article ON passages (article);
CREATE TABLE vectors (passage INTEGER PRIMARY KEY REFERENCES passages, vector BLOB NOT NULL);
CREATE VIEW keyword_rows AS SELECT p.number AS number, a.title AS title, substr(a.text, p.start + 1, p."end" - p.start) AS body
  FROM passages p JOIN articles a ON a.number = p.article;
CREATE VIRTUAL TABLE keywords USING fts5(title, body, content='keyword_rows', content_rowid='number',
  tokenize='porter unicode61 remove_diacritics 2');
"""


Footprint = tuple[tuple[int, int, int, int], ...]
Identity = tuple[int, ...]


class Database:
    """Connections to one library file, for any number of threads; `read_only` says what the folder allows.

    Reading connections cannot write: closing one never folds in and removes a log that is damaged or not understood yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read_only = not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        self._mode = "ro"
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._identity = self._identify()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection on which everything read comes from the same state of the library."""
        with failures(self.path):
            connection, identity = self._take()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                self._give_back(connection, identity)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose changes are durable together when the block ends, or gone together when it raises."""
        if self.read_only:
            raise not_writable(self.path.parent)
        with failures(self.path), closing(connect(self.path, "rw")) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def checkpoint(self) -> None:
        """Move the log into the file, as far as readers let it."""
        with failures(self.path), closing(connect(self.path, "rw")) as connection:
            connection.execute("PRAGMA busy_timeout=500")  # a reader may hold on to an older state for as long as it likes
            settle(connection)

    def close(self) -> None:
        """Close the idle connections; those in use close when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def footprint(self) -> Footprint:
        """Return what changes whenever anybody writes to the file or its log."""
        found = []
        for path in (self.path, self.path.with_name(f"{self.path.name}-wal")):
            with suppress(FileNotFoundError):  # another process may be removing its log
                found.append(os.stat(path))
        return tuple((one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns) for one in found)

    def _identify(self) -> Identity:
        """What tells that the file under the name is still the one that the connections have open."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return ()
        if self._mode != "immutable":
            return (found.st_dev, found.st_ino)
        return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, log_size(self.path))

    def _take(self) -> tuple[sqlite3.Connection, Identity]:
        """Return a connection, and of which file it is."""
        identity = self._identify()
        with self._lock:
            if identity != self._identity:
                stale, self._idle, self._identity = self._idle, [], identity
            else:
                stale = []
            connection = self._idle.pop() if self._idle else None
        for old in stale:
            old.close()
        return (connection, identity) if connection else self._connect(identity)

    def _give_back(self, connection: sqlite3.Connection, identity: Identity) -> None:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.rollback()
        with self._lock:
            if identity == self._identity and not self._closed and not connection.in_transaction:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self, identity: Identity) -> tuple[sqlite3.Connection, Identity]:
        mode = self._mode
        try:
            return connect(self.path, mode), identity
        except sqlite3.OperationalError as error:
            # A folder that cannot be written cannot hold the log's index; without a log the file can be read as it is.
            if mode != "ro" or code_of(error) != sqlite3.SQLITE_CANTOPEN or log_size(self.path):
                raise
            self._mode = "immutable"
            identity = self._identity = self._identify()
            return connect(self.path, self._mode), identity


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file with mode `rw`, `ro` or `immutable`, and touch it, so that what is wrong is found here."""
    query = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}", uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
    )
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty file (or an in-memory database) a library without its `state` row."""
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={FORMAT}")
    connection.executescript(";".join((SCHEMA, *COPIES)))


def settle(connection: sqlite3.Connection) -> None:
    """Move the log into the file. Closing the last connection would do the same, but not tell of a full disk."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def log_size(path: Path) -> int:
    """Size in bytes of the write-ahead log beside the file, 0 when there is none."""
    try:
        return os.stat(f"{path}-wal").st_size
    except OSError:
        return 0
