"""One writer at a time, in this process and in all others. Knows no articles.

The lock is the operating system's (flock), so a killed process holds nothing. A file beside it names the holder.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.durable import replace
from index.errors import LibraryLocked
from index.failures import failures

LOCK = "writer.lock"
HOLDER = "writer.json"
_TRIES = 20


@contextmanager
def sole_writer(folder: Path, command: str) -> Iterator[None]:
    """Hold the folder's writer lock, or raise LibraryLocked at once, naming the holder."""
    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    with failures(folder / LOCK):
        _acquire(lock, folder)
    try:
        _name_holder(folder, command)
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink()
        lock.release()


def _acquire(lock: FileLock, folder: Path) -> None:
    for _ in range(_TRIES):  # somebody who cannot be named has just begun, or has just finished
        try:
            lock.acquire()
        except Timeout:
            if holder := _holder(folder):
                raise LibraryLocked(holder) from None
            time.sleep(0.01)
        else:
            return
    raise LibraryLocked("another process")


def _name_holder(folder: Path, command: str) -> None:
    described = {"pid": os.getpid(), "command": command, "since": datetime.now(UTC).isoformat(timespec="seconds")}
    # Only a courtesy to whoever has to wait: a full disk does not make the lock less held.
    with suppress(OSError):
        replace(folder / HOLDER, json.dumps(described).encode(), durable=False)


def _holder(folder: Path) -> str | None:
    try:
        described = json.loads((folder / HOLDER).read_bytes())
        if Path("/proc/self").exists() and not Path(f"/proc/{int(described['pid'])}").exists():
            return None  # left by a process that was killed
        return f"process {described['pid']} ({described['command']}, since {described['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return None
