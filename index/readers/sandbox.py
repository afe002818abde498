"""Untrusted files are parsed in a child process with limits (child.py); this side bounds what comes back.

Only JSON crosses the pipe. A child serves many files, one after the other, and is replaced when it dies, hangs or
breaks the protocol; then the file it was reading is unusable and the next one starts in a fresh process.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import UnusableContent
from index.readers.kinds import Kind
from index.readers.raw import MAX_CHARS, Outcome, Raw, Refused

_MAX_LINE = 4 * MAX_CHARS + 256 * 1024  # bytes of the longest article and its facts
_START_SECONDS = 60.0  # for a child to start and take the file, on a machine that is busy with other things
_SIGXCPU = -24  # the status of a process that used up its computing time; Windows does not know the signal by name
_KEPT = 2  # idle children; each ends by itself after a minute
_ROOT = Path(__file__).resolve().parents[2]
CHILD = (sys.executable, "-P", "-s", "-m", "index.readers.child")
_REASONS = {
    "MemoryError": "reading it takes more memory than is allowed",
    "RecursionError": "it is nested too deeply",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds of waiting and of computing per article in it, seconds in all, bytes of memory."""

    seconds: float = 60.0
    cpu_seconds: int = 20
    total_seconds: float = 900.0
    memory_bytes: int = 1024 * 1024 * 1024


class Sandbox:
    """Parses files in child processes. Threads may share one; it starts a child when none is idle."""

    def __init__(self, limits: Limits | None = None, command: Sequence[str] = CHILD) -> None:
        self._limits, self._command = limits or Limits(), command
        self._idle: list[_Child] = []

    def parse(self, kind: Kind, data: bytes, charset: str | None = None) -> Iterator[Outcome]:
        """Yield what the child makes of the bytes. Raises `UnusableContent` when it cannot be read within the limits."""
        child = self._ready(kind, data, charset)
        is_sound = False
        try:
            yield from child.outcomes()
            is_sound = True
        except _Unusable as error:
            is_sound = True
            raise UnusableContent(str(error)) from error
        finally:
            if is_sound and len(self._idle) < _KEPT:
                atexit.unregister(self.close)
                atexit.register(self.close)
                self._idle.append(child)
            else:
                child.end()

    def close(self) -> None:
        """End the idle children. Later files start new ones."""
        atexit.unregister(self.close)
        idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def _ready(self, kind: Kind, data: bytes, charset: str | None) -> "_Child":
        """Return a child that has taken the request; idle ones may have ended in the meantime, a fresh one has not."""
        while True:
            try:
                child, is_fresh = self._idle.pop(), False
            except IndexError:  # asked first, another thread could take the last one in between
                child, is_fresh = _Child(self._limits, self._command), True
            if child.takes(kind, data, charset):
                return child
            child.end()
            if is_fresh:
                raise UnusableContent("the process that reads files could not be started")


class _Unusable(Exception):
    """The child has read the file to its end and says why it is no article."""


class _Child:
    def __init__(self, limits: Limits, command: Sequence[str]) -> None:
        self._limits, self._owner = limits, os.getpid()
        arguments = json.dumps({"memory_bytes": limits.memory_bytes, "cpu_seconds": limits.cpu_seconds})
        kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}  # Windows starts nothing without it
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and no word of the file
            [*command, arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT.anchor,
            env={**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,  # Ctrl-C is for the program, which then ends this one
        )

    def takes(self, kind: Kind, data: bytes, charset: str | None) -> bool:
        """Send a request; False when the child is gone or belongs to another process (after a fork)."""
        assert self._process.stdin is not None  # noqa: S101 - Popen was given a pipe
        if self._owner != os.getpid() or self._process.poll() is not None:
            return False
        header = {"kind": kind, "charset": charset, "size": len(data)}
        with self._killed_after(_START_SECONDS):
            try:
                self._process.stdin.write(json.dumps(header).encode() + b"\n")
                self._process.stdin.write(data)
                self._process.stdin.flush()
            except OSError:
                return False
            return "begun" in (self._line() or {})

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the answers up to the end of the file. Raises `UnusableContent` when the child dies or runs too long."""
        deadline = time.monotonic() + self._limits.total_seconds
        while True:
            allowed = min(self._limits.seconds, deadline - time.monotonic())
            with self._killed_after(max(0.0, allowed)) as watch:
                message = self._line()
            if message is None:
                raise UnusableContent(self._cause_of_death(watch.is_late))
            if "end" in message:
                return
            if "unusable" in message:
                raise _Unusable(str(message["unusable"]))
            if "failed" in message:
                name = str(message["failed"])
                raise UnusableContent(_REASONS.get(name, f"it is damaged, or made in a way that cannot be read ({name})"))
            yield _outcome(message)

    def end(self) -> None:
        if self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except BrokenPipeError:  # what was still to be written is of no interest
                continue

    def _line(self) -> dict[str, Any] | None:
        """Return the next message; None when there is none, or none that keeps to the protocol."""
        assert self._process.stdout is not None  # noqa: S101 - Popen was given a pipe
        line = self._process.stdout.readline(_MAX_LINE)
        try:
            message = json.loads(line) if line.endswith(b"\n") else None
        except (ValueError, RecursionError):
            return None
        return message if isinstance(message, dict) else None

    def _killed_after(self, seconds: float) -> "_Watch":
        return _Watch(self._process, seconds)

    def _cause_of_death(self, is_late: bool) -> str:
        self._process.kill()
        status = self._process.wait()
        if status == _SIGXCPU:
            return f"reading it takes more than {self._limits.cpu_seconds} seconds of computing"
        if is_late:
            return f"reading it takes longer than {self._limits.seconds:.0f} seconds"
        return "it made the process that reads files fail"


class _Watch:
    """Kills a process that is not done in time."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._timer = threading.Timer(seconds, self._kill)
        self._timer.daemon = True
        self.is_late = False

    def __enter__(self) -> "_Watch":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _kill(self) -> None:
        self.is_late = True
        self._process.kill()


def _outcome(message: dict[str, Any]) -> Outcome:
    """Return a message as an outcome, believing nothing about its types: a parser may have been taken over."""
    part = str(message["part"]) if message.get("part") else None
    if "refused" in message:
        count = message.get("count")
        return Refused(part or "a part", str(message["refused"]), count if isinstance(count, int) else 1)
    facts = message.get("facts")
    facts = {str(name): str(value) for name, value in facts.items()} if isinstance(facts, dict) else {}
    return Raw(str(message.get("text", "")), facts, part)
