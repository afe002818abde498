"""Parts of a computation side by side, each on one core.

Threads that share every matrix product wait for each other after each; on a machine with other work they mostly wait
(benchmarks/LOG.md, 2026-11-21). So parts are computed whole, by threads that the process keeps for it.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

_MOST = 8
Part = TypeVar("Part")
Result = TypeVar("Result")


def side_by_side(compute: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Return what `compute` makes of each part, in their order; a single part is computed by the calling thread."""
    if len(parts) < 2 or _count() < 2:
        return [compute(part) for part in parts]
    with _lock:
        pool = _pool()
    return list(pool.map(compute, parts))


_lock = threading.Lock()  # else two first callers would begin two pools


@cache
def _pool() -> ThreadPoolExecutor:
    """Begin the threads. How many cores torch may use is a matter of each thread: set in one, it holds for it and for
    those that begin afterwards, so it is set back once all of them have begun."""
    import torch

    ready = threading.Barrier(_count() + 1)
    before = torch.get_num_threads()

    def on_one_core() -> None:
        torch.set_num_threads(1)
        torch.get_num_threads()  # only now is it this thread's for good
        ready.wait()

    pool = ThreadPoolExecutor(_count(), "core", on_one_core)
    for _ in range(_count()):
        pool.submit(lambda: None)
    ready.wait()
    torch.set_num_threads(before)
    return pool


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count() -> int:
    return min(_MOST, cores())
