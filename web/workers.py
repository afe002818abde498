"""The threads that answer: a few questions at a time, a bounded number that wait their turn, and the next is refused at once.

One `Workers` stands behind every door, so that all doors together take no more than the machine has. Knows no doors.
"""

import asyncio
import contextvars
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Generic, TypeVar

from index.cores import cores
from web.problems import Problem

T = TypeVar("T")

WAITING = 128  # benchmarks/LOG.md, 2026-11-21
ANSWER_SECONDS = 120.0
_AHEAD = 1_000  # items that may be made and not taken: more than an answer has, and a bound for what has no end
_IDLE_SECONDS = 30.0  # after which a thread with nothing to do ends
_MOST_RETRY_SECONDS = 60
_NEWEST = 0.1  # weight of the newest job in the mean time of a job


class Job(Generic[T]):
    """What an iterator makes in a worker's thread, given here as it comes. Closing the job ends the work at its next item."""

    def __init__(self, workers: "Workers", items: Iterator[T], seconds: float) -> None:
        self._workers, self._items = workers, items
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + seconds
        self._made: deque[T] = deque()
        self._end: Exception | None = None
        self._news = asyncio.Event()
        self._room = threading.Semaphore(_AHEAD)
        self._closed = threading.Event()
        self._context = contextvars.copy_context()

    def __aiter__(self) -> "Job[T]":
        return self

    async def __anext__(self) -> T:
        await self._something()
        if self._made:
            self._room.release()
            return self._made.popleft()
        assert self._end  # noqa: S101 - for the type checker: there is an item, or the end
        raise self._end

    async def batch(self) -> list[T]:
        """Return all that was made since it was last asked for, at least one item; none when there are no more."""
        await self._something()
        if not self._made and self._end and not isinstance(self._end, StopAsyncIteration):
            raise self._end
        made = list(self._made)
        self._made.clear()
        if made:
            self._room.release(len(made))
        return made

    def close(self) -> None:
        """Stop the work; a job that waits for its turn loses it."""
        self._closed.set()
        self._room.release()
        self._workers.leave(self)

    def work(self) -> None:
        """Make the items; the worker's part."""
        self._context.run(self._work)

    async def _something(self) -> None:
        try:
            async with asyncio.timeout_at(self._deadline):
                while not self._made and self._end is None:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            self.close()
            message = "The answer did not come in time."
            raise Problem(504, "answer_too_slow", message, "Ask again, or ask for less at once.") from None

    def _work(self) -> None:
        end: Exception = StopAsyncIteration()
        try:
            for item in self._items:
                if self._closed.is_set():
                    break
                self._tell(self._made.append, item)
                self._room.acquire()
        except BaseException as error:  # noqa: BLE001 - raised again where the items are taken; a panic in Rust is no Exception
            end = error if isinstance(error, Exception) else RuntimeError(f"{type(error).__name__}: {error}")
        finally:
            if close := getattr(self._items, "close", None):
                close()
        self._tell(self._ended, end)

    def _ended(self, end: Exception) -> None:
        self._end = end

    def _tell(self, note: Callable[[T], None] | Callable[[Exception], None], what: object) -> None:
        def told() -> None:
            note(what)  # type: ignore[arg-type]
            self._news.set()

        try:
            self._loop.call_soon_threadsafe(told)
        except RuntimeError:  # the loop is gone, and with it whoever waited
            self._closed.set()


class Workers:
    """`at_once` jobs are worked on, `waiting` more wait in the order they came; a job may take `seconds`, waiting included.

    Threads begin when there is work and end when there has been none for a while; they never keep the program from ending.
    """

    def __init__(self, at_once: int | None = None, waiting: int = WAITING, seconds: float = ANSWER_SECONDS) -> None:
        self._at_once, self._most_waiting, self._seconds = at_once or cores(), waiting, seconds
        self._waiting: deque[Job[object]] = deque()
        self._threads = self._running = 0
        self._change = threading.Condition()
        self._typical = 0.0  # seconds of a job

    @property
    def running(self) -> int:
        return self._running

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def most(self) -> int:
        """How many jobs there may be at a time."""
        return self._at_once + self._most_waiting

    def check_room(self) -> None:
        """Raise Problem (503, with Retry-After) when a job would be refused now."""
        if self._running + len(self._waiting) >= self.most:
            raise self.busy()

    def busy(self) -> Problem:
        """Return what is said to one too many: when to come again."""
        seconds = math.ceil(self._typical * len(self._waiting) / self._at_once)
        retry = str(min(max(seconds, 1), _MOST_RETRY_SECONDS))
        message = "Too many questions are waiting for an answer."
        return Problem(503, "busy", message, f"Ask again in {retry} seconds.", {"Retry-After": retry})

    def start(self, items: Iterator[T]) -> Job[T]:
        """Let a worker take everything from the iterator; take it from the job, and close that. Raises Problem when full."""
        job = Job(self, items, self._seconds)
        with self._change:
            self.check_room()
            self._waiting.append(job)  # type: ignore[arg-type]  # whatever it makes
            if len(self._waiting) > self._threads - self._running and self._threads < self._at_once:
                self._threads += 1
                threading.Thread(target=self._work, name="worker", daemon=True).start()
            self._change.notify()
        return job

    async def run(self, call: Callable[[], T]) -> T:
        """Return what a call returns that a worker makes. Raises Problem when full, and what the call raises."""
        with closing(self.start(call() for _ in range(1))) as job:
            return await anext(job)

    def leave(self, job: Job[T]) -> None:
        """Take a job out of the line, if it still waits."""
        with self._change:
            if job in self._waiting:
                self._waiting.remove(job)  # type: ignore[arg-type]  # whatever it makes

    def _work(self) -> None:
        while job := self._next():
            began = time.monotonic()
            job.work()
            with self._change:
                self._running -= 1
                took = time.monotonic() - began
                self._typical += _NEWEST * (took - self._typical)

    def _next(self) -> Job[object] | None:
        with self._change:
            while not self._waiting:
                if not self._change.wait(_IDLE_SECONDS) and not self._waiting:
                    self._threads -= 1
                    return None
            self._running += 1
            return self._waiting.popleft()
