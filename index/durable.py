"""Files that are whole or not there: replaced in one step, set aside but never deleted. Knows nothing of what they hold."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path


def replace(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Put a file in place whole or not at all: temporary name, write, fsync, rename, fsync of the folder."""
    temporary = path.with_name(f"{path.name}.new")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        sync_folder(path.parent)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only one in such a block for this folder, over all processes. Raises BlockingIOError when somebody else is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Rename a damaged or foreign file to a name beside it that says so, and return the new path."""
    return path.rename(free_name(path))


def free_name(path: Path) -> Path:
    """Return the first `NAME.damaged-N` beside a file that does not exist yet."""
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    return next(name for name in names if not name.exists())
