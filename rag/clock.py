"""How long each stage of answering took."""

import time


class Clock:
    """Milliseconds of each stage of one question."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._laps: dict[str, int] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage], self._last = self._laps.get(stage, 0) + round(1000 * (now - self._last)), now

    def done(self) -> dict[str, int]:
        return {**self._laps, "total": round(1000 * (time.perf_counter() - self._began))}
