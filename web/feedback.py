"""Thumbs: one line a click in `feedback.jsonl` of the data folder. Answer id and verdict, never the question or the answer."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

_LOG = logging.getLogger("footnote.web")
_MOST_BYTES = 5_000_000


class FeedbackLog:
    """Appends to the file until it is 5 MB. `path` None: nothing is written down."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def add(self, answer_id: str, verdict: object) -> None:
        """Write down whether an answer was liked; that it cannot be written is no reason to disturb the reader."""
        if self._path is None:
            return
        kind = {True: "up", False: "down"}.get(verdict) if isinstance(verdict, bool) else "withdrawn"
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "answer": answer_id[:64], "thumb": kind}
        try:
            if self._path.exists() and self._path.stat().st_size > _MOST_BYTES:
                return
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")
        except OSError as error:
            _LOG.warning("feedback was not written down: %s", error.strerror)
