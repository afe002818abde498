"""What SQLite and the system report, in the words of `index.errors`: the one place that knows their codes."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import DiskFull, LibraryDamaged, LibraryError, LibraryLocked, LibraryNotWritable


def named(folder: Path) -> str:
    """Return a folder's own name, which `.` is not; where it stands is nobody's business."""
    return f"{Path(os.path.abspath(folder)).name}/"


def not_writable(folder: Path, why: str | None = None) -> LibraryNotWritable:
    return LibraryNotWritable(
        f"the data folder {named(folder)} cannot be written" + (f" ({why})" if why else ""),
        "give this user the right to write there, or name another folder",
    )


@contextmanager
def failures(path: Path) -> Iterator[None]:
    """Turn failures inside the block into LibraryErrors about the file or its folder; what has no meaning here passes."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        meaning = _of_sqlite(error, path) if isinstance(error, sqlite3.Error) else _of_system(error, path)
        if meaning is None:
            raise
        raise meaning from error


def damaged(path: Path, what: str) -> LibraryDamaged:
    return LibraryDamaged(
        f"{path.name} is damaged: {what}",
        "restore a copy of the data folder, or keep what can be read: python -m index rebuild",
    )


def disk_full(path: Path) -> DiskFull:
    what = f"no room on the disk of {named(path.parent)}; what was finished stays, nothing is half done"
    return DiskFull(what, "free some space, then run it again")


_NOT_ALLOWED = (
    *(errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG),
)
_WRITES_FAILED = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_TRUNCATE,
)


def code_of(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code, 0 when it gave none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _of_sqlite(error: sqlite3.Error, path: Path) -> LibraryError | None:
    code = code_of(error)
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and (refused := _refusal(path)):
        return refused
    if code == sqlite3.SQLITE_FULL or getattr(error, "sqlite_errorcode", 0) in _WRITES_FAILED:
        return disk_full(path)  # a quota or a limit on file size reports a failed write
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR):
        return damaged(path, str(error))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return not_writable(path.parent)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return LibraryLocked("another process")
    return None


def _refusal(path: Path) -> LibraryError | None:
    """Ask the system what it has against a small new file: SQLite does not tell a full disk from other failures to open."""
    probe = path.with_name(f"{path.name}.probe")
    try:
        with probe.open("wb") as stream:
            stream.write(bytes(4096))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        return _of_system(error, path)
    finally:
        with suppress(OSError):
            probe.unlink()
    return None


def _of_system(error: OSError, path: Path) -> LibraryError | None:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return disk_full(path)
    if error.errno in _NOT_ALLOWED:
        return not_writable(path.parent, error.strerror)
    return None
