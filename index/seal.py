"""Is the library what the last writer left? A seal over all its bytes, and what to believe when it does not fit.

The seal is a small file with the generation and the SHA-256 of the database, written when a writer has finished: while it
fits, every byte is as it was left (0.3 s for 50,000 passages). While somebody writes, and after a crash, it does not fit; then
the full check decides (`index.integrity`, 2 s). A library older than its seal has lost acknowledged changes.

The bytes are read through SQLite, in one state of the library. Opening the file beside SQLite would be wrong: closing it drops
the locks of this process on it (sqlite.org/howtocorrupt.html, 2.2), and another process would take it to be alone.
"""

import hashlib
import json
import logging
import os
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from index.checksums import checksum
from index.database import Database, Footprint
from index.durable import replace
from index.errors import DiskFull
from index.failures import damaged
from index.integrity import problems
from index.snapshot import Snapshot

SEAL = "library.seal"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seal:
    """What the database was when a writer last let go of it; `digest` is empty while a writer is at work."""

    generation: int
    digest: str = ""

    @classmethod
    def read(cls, folder: Path) -> "Seal | None":
        """Return the folder's seal, or None when there is none or it is itself damaged."""
        try:
            document = json.loads((folder / SEAL).read_bytes())
            seal = cls(**document["seal"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return seal if document.get("checksum") == checksum([asdict(seal)]) else None

    def write(self, folder: Path) -> None:
        """Put the seal in place. Not forced to the disk: an older seal only means the full check."""
        document = {"seal": asdict(self), "checksum": checksum([asdict(self)])}
        replace(folder / SEAL, json.dumps(document).encode(), durable=False)

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> "Seal":
        """Compute the seal of the state that the connection reads."""
        generation = Snapshot(connection).generation
        if not hasattr(connection, "serialize"):  # SQLite before 3.36: everything is recomputed at every opening
            return cls(generation)
        return cls(generation, hashlib.sha256(connection.serialize()).hexdigest())


class Keeper:
    """Finds whether a library is what was left there, and leaves word of what it is for whoever comes next."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._trusted: Footprint | None = None  # of the files when they were last found, or left, whole

    def check(self) -> None:
        """Recompute the seal, which takes a third of a second for 150,000 passages, unless nobody has written since we did.

        Raises LibraryDamaged.
        """
        found = self._database.footprint()
        if self._trusted is None or self._trusted != found:
            trust(self._database, self._folder)
            self._trusted = found

    def note(self, generation: int) -> None:
        """Leave word that there is a new generation, while it is not sealed yet."""
        self._write(Seal(generation))

    def seal(self) -> None:
        """Seal what is there now, unless it is sealed already; it was written by us, or was checked."""
        sealed = Seal.read(self._folder)
        with self._database.reading() as connection:
            is_sealed = sealed and sealed.digest and sealed.generation == Snapshot(connection).generation
        if not is_sealed:
            self._seal()
        self._trusted = self._database.footprint()

    def _seal(self) -> None:
        try:
            self._database.checkpoint()
        except (DiskFull, OSError) as error:
            _log.warning("the library is safe, but its log could not be folded in: %s", error)
        with self._database.reading() as connection:
            self._write(Seal.of(connection))

    def _write(self, seal: Seal) -> None:
        try:
            seal.write(self._folder)
        except OSError as error:
            _log.warning("the seal could not be written: %s", error)


def trust(database: Database, folder: Path) -> None:
    """Return when the library is what was written; otherwise raise LibraryDamaged, naming what is not."""
    sealed = Seal.read(folder)  # before the state is taken: a seal is never ahead of what was there when it was read
    with database.reading() as connection:
        generation = _generation(connection, database.path)
        if sealed and generation < sealed.generation:
            raise damaged(database.path, f"its last {sealed.generation - generation} changes are missing")
        is_sealed = bool(sealed and sealed.digest and sealed.generation == generation)
        if is_sealed and Seal.of(connection) == sealed:
            if _has_more_bytes(connection, database):
                raise damaged(database.path, "something was appended to it")
            return
        refuse_problems(connection, database.path)
    if is_sealed:
        raise damaged(database.path, "its bytes were changed by something else than Footnote")


def refuse_problems(connection: sqlite3.Connection, path: Path) -> None:
    """Run the full check, and raise LibraryDamaged with what it found."""
    found = problems(connection)
    if found:
        raise damaged(path, "; ".join(found[:3]))


def _has_more_bytes(connection: sqlite3.Connection, database: Database) -> bool:
    """Say whether the file is longer than its database, and not because a writer has just made it so."""
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if os.stat(database.path).st_size <= pages * size:
        return False
    with database.reading() as later:
        return Snapshot(later).generation == Snapshot(connection).generation


def _generation(connection: sqlite3.Connection, path: Path) -> int:
    try:
        generation = Snapshot(connection).generation
    except (sqlite3.DatabaseError, TypeError) as error:
        raise damaged(path, f"its state cannot be read ({error})") from error
    if not isinstance(generation, int):
        raise damaged(path, "its state is not a number")
    return generation
