"""A new library: written under another name, whole and on the disk, and only then given its own. Knows no articles."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from index.changes import begin_state
from index.database import create_tables, settle
from index.durable import sync_folder
from index.failures import failures
from index.seal import Seal
from index.writer import sole_writer


def create_library(path: Path, fingerprint: str, command: str) -> None:
    """Make an empty library, and its folder, unless another process just did."""
    folder = path.parent
    with failures(path):
        folder.mkdir(parents=True, exist_ok=True)
        with sole_writer(folder, command):
            if path.exists():
                return
            fresh = fresh_file(path, fingerprint)
            fresh.rename(path)
            sync_folder(folder)
            Seal(0).write(folder)


def fresh_file(path: Path, fingerprint: str, generation: int = 0) -> Path:
    """Write an empty library beside `path`, whole and on the disk, and return where."""
    fresh = path.with_name(f"{path.name}.new")
    for leftover in (fresh, Path(f"{fresh}-wal"), Path(f"{fresh}-shm")):
        with suppress(FileNotFoundError):
            leftover.unlink()  # of a creation that was killed: nobody was told that it exists
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        create_tables(connection)
        begin_state(connection, fingerprint, generation)
        settle(connection)
    return fresh
