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

from index.database import failures
from index.durable import replace
from index.errors import LibraryLocked

LOCK = "writer.lock"
HOLDER = "writer.json"


@contextmanager
def sole_writer(folder: Path, command: str) -> Iterator[None]:
    """Hold the folder's writer lock, or raise LibraryLocked at once, naming the holder."""
    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    with failures(folder / LOCK):
        try:
            lock.acquire()
        except Timeout:
            raise LibraryLocked(_holder(folder)) from None
    try:
        _name_holder(folder, command)
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink()
        lock.release()


def _name_holder(folder: Path, command: str) -> None:
    described = {"pid": os.getpid(), "command": command, "since": datetime.now(UTC).isoformat(timespec="seconds")}
    # Only a courtesy to whoever has to wait: a full disk does not make the lock less held.
    with suppress(OSError):
        replace(folder / HOLDER, json.dumps(described).encode(), durable=False)


def _holder(folder: Path) -> str:
    for _ in range(20):  # the holder may have the lock and not yet have written its name
        try:
            described = json.loads((folder / HOLDER).read_bytes())
            if Path(f"/proc/{int(described['pid'])}").exists() or not Path("/proc/self").exists():
                return f"process {described['pid']} ({described['command']}, since {described['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            pass
        time.sleep(0.01)
    return "another process"
