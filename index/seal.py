"""Is the library file what the last writer left? A seal over all its bytes, and what to believe when it does not fit.

The seal is a small file with the generation, size and SHA-256 of `library.sqlite3`, written when a writer has finished: while
it fits, every byte is as it was left (0.1 s for 50,000 passages). While somebody writes, and after a crash, it does not fit;
then the full check decides (`index.integrity`, 2 s). A library older than its seal has lost acknowledged changes.
"""

import hashlib
import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from index.database import Database, damaged, log_size
from index.durable import replace
from index.integrity import checksum, problems
from index.snapshot import Snapshot

SEAL = "library.seal"


@dataclass(frozen=True, slots=True)
class Seal:
    """What `library.sqlite3` was when a writer last let go of it; `digest` is empty while a writer is at work."""

    generation: int
    size: int = 0
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
    def of(cls, path: Path, generation: int) -> "Seal":
        """Compute the seal of the file as it is now."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return cls(generation, stream.tell(), digest)

    def fits(self, path: Path) -> bool:
        """Say whether the file's bytes are those that were sealed."""
        if not self.digest or path.stat().st_size != self.size:
            return False
        return Seal.of(path, self.generation) == self


def trust(database: Database, folder: Path) -> None:
    """Return when the library is what was written; otherwise raise LibraryDamaged, naming what is not."""
    before = Seal.read(folder)
    generation = _generation(database)
    if before and generation < before.generation:
        raise damaged(database.path, f"its last {before.generation - generation} changes are missing")
    if before and generation == before.generation and not log_size(database.path) and before.fits(database.path):
        return
    with database.reading() as connection:
        refuse_problems(connection, database.path)
    # Everything in it is right, but somebody other than a writer changed the file's bytes, unless a writer came between.
    now_sealed, now = Seal.read(folder), _generation(database)
    if before and before.digest and before == now_sealed and now == before.generation and not log_size(database.path):
        raise damaged(database.path, "its bytes were changed by something else than Footnote")


def refuse_problems(connection: sqlite3.Connection, path: Path) -> None:
    """Run the full check, and raise LibraryDamaged with what it found."""
    found = problems(connection)
    if found:
        raise damaged(path, "; ".join(found[:3]))


def _generation(database: Database) -> int:
    try:
        with database.reading() as connection:
            generation = Snapshot(connection).generation
    except (sqlite3.DatabaseError, TypeError) as error:
        raise damaged(database.path, f"its state cannot be read ({error})") from error
    if not isinstance(generation, int):
        raise damaged(database.path, "its state is not a number")
    return generation
