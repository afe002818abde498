"""How much a language model may be used in a day, kept across restarts and processes. Knows no model.

What a call may cost at most is booked before it is made, and set right afterwards: many calls at once cannot pass the limit.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from index.durable import replace

_WAIT_SECONDS = 2.0


class Spent(Exception):
    """The day's allowance is used up, or cannot be kept account of; str(error) says which."""


@dataclass(frozen=True, slots=True)
class Use:
    """What was used on one day (UTC)."""

    day: str
    calls: int = 0
    tokens: int = 0


def _today() -> date:
    return datetime.now(UTC).date()


class Allowance:
    """Counts calls and tokens of a day. With a file, all processes that use it share one allowance."""

    def __init__(self, calls: int, tokens: int, file: Path | None = None, today: Callable[[], date] = _today) -> None:
        self._calls, self._tokens, self._file, self._today = calls, tokens, file, today
        self._lock = Lock()
        self._used = Use(today().isoformat())

    def book(self, tokens: int) -> str:
        """Book one call of at most this many tokens and return the day. Raises Spent, and then nothing is booked."""
        with self._lock:
            return self._change(1, tokens, limited=True).day

    def settle(self, day: str, booked: int, used: int) -> None:
        """Replace what was booked for a call by what it used, unless its day is over. Raises Spent."""
        with self._lock:
            if self._today().isoformat() == day:
                self._change(0, used - booked, limited=False)

    def used(self) -> Use:
        """Return what was used today."""
        with self._lock:
            return self._current()

    def _change(self, calls: int, tokens: int, *, limited: bool) -> Use:
        try:
            if self._file is None:
                self._used = self._changed(self._current(), calls, tokens, limited)
                return self._used
            with FileLock(f"{self._file}.lock", timeout=_WAIT_SECONDS):
                used = self._changed(self._current(), calls, tokens, limited)
                replace(self._file, json.dumps(asdict(used)).encode() + b"\n", durable=False)
                return used
        except (OSError, Timeout) as error:
            raise Spent("today's use of the language model cannot be written down") from error

    def _changed(self, used: Use, calls: int, tokens: int, limited: bool) -> Use:
        changed = Use(used.day, used.calls + calls, max(0, used.tokens + tokens))
        if limited and (changed.calls > self._calls or changed.tokens > self._tokens):
            raise Spent(f"today's {self._calls} calls or {self._tokens} tokens are used up")
        return changed

    def _current(self) -> Use:
        used = self._used if self._file is None else self._read(self._file)
        today = self._today().isoformat()
        return used if used.day == today else Use(today)

    def _read(self, file: Path) -> Use:
        try:
            written = json.loads(file.read_text(encoding="utf-8"))
            return Use(str(written["day"]), int(written["calls"]), int(written["tokens"]))
        except FileNotFoundError:
            return Use("")
        except (ValueError, TypeError, KeyError) as error:
            raise Spent(f"{file.name} is damaged, so today's use is not known; remove it to begin anew") from error
