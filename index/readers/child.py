"""The process in which untrusted files are parsed: `python -m index.readers.child LIMITS`, started by sandbox.py.

It limits its own memory, computing time and files, opens no connection and writes nothing, then answers requests:

    stdin   one JSON line {"kind", "charset", "size"} and `size` bytes, again and again until the end
    stdout  {"begun": true}, an outcome a line, and {"end": true} or {"unusable": "why"}; or {"failed": "..."}, the last
"""

import json
import os
import sys
from dataclasses import asdict
from importlib.util import find_spec
from types import TracebackType
from typing import Any, BinaryIO

from index.errors import UnusableContent
from index.readers.formats import parse
from index.readers.raw import Refused

HAS_LIMITS = find_spec("resource") is not None  # Windows has none: there the parent's time-out is the limit
if HAS_LIMITS:
    import resource
    import select

_IDLE_SECONDS = 60.0
_OPEN_FILES = 64
_WORN_OUT = 300 * 1024 * 1024  # bytes of memory after which a fresh process is cheaper than this one
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "shutil.",
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    limits = json.loads(sys.argv[1])
    requests, answers = _private_pipes()
    _limit(limits)

    def failed(kind: type[BaseException], _error: BaseException, _trace: TracebackType | None) -> None:
        """A parser may raise anything on hostile bytes. Whatever it is, this process ends; its last words say what it was."""
        _answer(answers, {"failed": kind.__name__})

    sys.excepthook = failed
    sys.addaudithook(_forbid)
    while header := _next_line(requests):
        request = json.loads(header)
        data = requests.read(request["size"])
        _answer(answers, {"begun": True})
        _work(request, data, answers, limits["cpu_seconds"])
        if _memory() > _WORN_OUT:
            return


def _work(request: dict[str, Any], data: bytes, answers: BinaryIO, cpu_seconds: int) -> None:
    try:
        _allow_cpu(cpu_seconds)
        for outcome in parse(request["kind"], data, request["charset"]):
            if isinstance(outcome, Refused):
                _answer(answers, {"refused": outcome.reason, "part": outcome.part, "count": outcome.count})
            else:
                _answer(answers, asdict(outcome))
            _allow_cpu(cpu_seconds)
    except UnusableContent as error:
        _answer(answers, {"unusable": str(error)})
    else:
        _answer(answers, {"end": True})


def _answer(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    answers.flush()


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes away from everything else in this process, so that no library can print into the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return sys.stdin.buffer, answers


def _next_line(requests: BinaryIO) -> bytes:
    if HAS_LIMITS and not select.select([requests], [], [], _IDLE_SECONDS)[0]:
        return b""
    return requests.readline()


def _limit(limits: dict[str, int]) -> None:
    if not HAS_LIMITS:
        return
    for name, value in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(name, (value, value))
        except (ValueError, OSError):  # macOS refuses some of them; the time-out holds there
            continue


def _allow_cpu(seconds: int) -> None:
    """Allow so many seconds of computing from now on, for the next article of the file."""
    if HAS_LIMITS:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _memory() -> int:
    if not HAS_LIMITS:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _forbid(event: str, arguments: tuple[object, ...]) -> None:
    """Stop what no parser needs. It hinders a parser that is tricked, not machine code that has taken the process over."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
    if event == "open" and isinstance(flags := arguments[2], int) and flags & _WRITES:
        raise PermissionError("open for writing")


if __name__ == "__main__":
    main()
