"""Adding for everybody: one thread, the jobs in turns, a portion of each. Knows no HTTP.

The library is locked only while a portion is stored, so that others may change it between two; they are waited for. Jobs
live in memory: after a restart they are gone, and what they had acknowledged is in the library.
"""

import logging
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Literal

from index.adding import Result, add_in_portions, or_why_not
from index.article import Article
from index.errors import LibraryError
from index.fetch import Web
from index.search import Search
from web.problems import RETRY_SECONDS, Problem, of_crash, of_library

MOST_RESULTS = 1_000
_MOST_WAITING = 16
_KEPT_JOBS = 100
_PATIENCE_SECONDS = 5.0  # at the end, for the portion under way; one that is cut off is in the library whole or not at all
_LOG = logging.getLogger("footnote.web")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was sent. `read` yields its articles or raises UnusableContent; `close` lets go of what it holds."""

    name: str
    read: Callable[[], Iterator[Article]]
    close: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Job:
    """Things to add and how far that has come. The desk's thread writes it; any may read it."""

    items: Sequence[Item]
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    done: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    results: list[Result] = field(default_factory=list)
    problem: Problem | None = None
    finished: "Future[None]" = field(default_factory=Future)

    def take(self, results: Sequence[Result]) -> None:
        """Note results that are durable."""
        self.counts.update(result.outcome for result in results)
        self.results.extend(results[: MOST_RESULTS - len(self.results)])

    def end(self, problem: Problem | None = None) -> None:
        """Note that nothing more will happen; the first one to say so is right."""
        if self.finished.done():
            return
        for item in self.items:
            item.close()
        self.problem = problem
        self.state = "failed" if problem else "done"
        self.finished.set_result(None)


class Desk(threading.Thread):
    """Where what is to be added is handed in; its thread adds it. `web` says which addresses may be fetched."""

    def __init__(self, search: Search, web: Web) -> None:
        super().__init__(name="desk", daemon=True)
        self._search, self.web = search, web
        self._turns: deque[Iterator[None]] = deque()
        self._jobs: dict[str, Job] = {}
        self._changed = threading.Condition()
        self._is_open = True

    def add(self, items: Sequence[Item]) -> Job:
        """Hand in things to add. Raises Problem (503) when too many are waiting already."""
        job = Job(items)
        with self._changed:
            if sum(1 for one in self._jobs.values() if not one.finished.done()) >= _MOST_WAITING:
                for item in items:
                    item.close()
                message, hint = "Many are adding articles at the moment.", "Try again in a few seconds."
                raise Problem(503, "busy", message, hint, {"Retry-After": RETRY_SECONDS})
            over = [name for name, one in self._jobs.items() if one.finished.done()]
            for name in over[: max(0, len(self._jobs) - _KEPT_JOBS + 1)]:
                del self._jobs[name]
            self._jobs[job.id] = job
            self._turns.append(self._adding(job))
            self._changed.notify()
        return job

    def job(self, job_id: str) -> Job:
        """Return a job. Raises Problem (404) when there is none of that id, or no longer."""
        try:
            return self._jobs[job_id]
        except KeyError:
            hint = "Jobs end with the server. Send the same again: what is in the library already stays unchanged."
            raise Problem(404, "job_not_found", "There is no such job any more.", hint) from None

    def close(self) -> None:
        """Finish the portion under way, unless it takes long, and take no further one."""
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self.join(_PATIENCE_SECONDS)
        for job in self._jobs.values():
            job.end(Problem(503, "stopping", "The server is stopping.", "Send the same again when it is back."))

    def run(self) -> None:
        while (turn := self._next()) is not None:
            if next(turn, self) is not self:
                with self._changed:
                    self._turns.append(turn)

    def _next(self) -> Iterator[None] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._turns or not self._is_open)
            return self._turns.popleft() if self._is_open else None

    def _adding(self, job: Job) -> Iterator[None]:
        job.state = "running"
        search, reading = self._search, _Reading(job.items, goes_on=lambda: self._is_open)
        try:
            for results in add_in_portions(search.library, search.embedder, reading.articles()):
                if results:
                    job.take([reading.named(result) for result in results])
                    job.done = reading.done
                yield
            if reading.done < len(job.items):
                return  # the desk is being closed, which ends the job
            job.done = reading.done
            if job.counts["added"] or job.counts["updated"]:
                search.save()
        except LibraryError as error:
            job.end(of_library(error))
        except GeneratorExit:
            raise
        except BaseException:  # noqa: BLE001 - the one place that answers for this thread; a panic in Rust is no Exception
            _LOG.exception("job %s failed", job.id)
            job.end(of_crash())
        else:
            job.end()


class _Reading:
    """Reads items one after the other as long as it `goes_on`, and remembers the item of each thing that it gave, in order."""

    def __init__(self, items: Sequence[Item], goes_on: Callable[[], bool]) -> None:
        self.done = 0
        self._items, self._goes_on = items, goes_on
        self._names: deque[str] = deque()

    def articles(self) -> Iterator[Article | Result]:
        for item in self._items:
            if not self._goes_on():
                return
            for one in or_why_not(item.name, _articles_of(item)):
                self._names.append(item.name)
                yield one
            item.close()
            self.done += 1

    def named(self, result: Result) -> Result:
        """Return the next result, which come in order, under the name of the item that it came of."""
        return replace(result, name=self._names.popleft())


def _articles_of(item: Item) -> Iterator[Article]:
    yield from item.read()  # here, so that what it raises at once is raised like what it raises later
