"""The threads that answer: how many at a time, how many wait, who is refused, and what stops them."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest

from web.problems import Problem
from web.workers import Workers


class Work:
    """Items that come when they are let; knows when it began and when it was closed."""

    def __init__(self, *items: int) -> None:
        self.items, self.let, self.began, self.closed = items, threading.Event(), threading.Event(), threading.Event()

    def __call__(self) -> Iterator[int]:
        try:
            self.began.set()
            for item in self.items:
                self.let.wait(30)
                yield item
        finally:
            self.closed.set()


async def becomes(condition: object) -> None:
    async with asyncio.timeout(30):
        while not condition():  # type: ignore[operator]  # something to call
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def held(workers: Workers, *works: Work) -> AsyncIterator[list[object]]:
    jobs = [workers.start(work()) for work in works]
    try:
        yield list(jobs)
    finally:
        for job, work in zip(jobs, works, strict=True):
            job.close()
            work.let.set()


async def test_what_an_iterator_makes_is_given_in_its_order() -> None:
    with closing(Workers(1).start(iter(range(100)))) as job:
        assert [item async for item in job] == list(range(100))


async def test_a_batch_is_what_came_since_and_nothing_when_all_came() -> None:
    job, taken = Workers(1).start(iter(range(100))), []
    while batch := await job.batch():
        taken += batch
    assert taken == list(range(100))
    assert await job.batch() == []


async def test_only_so_many_are_worked_on_and_the_rest_wait_in_line() -> None:
    workers, works = Workers(2, 2), [Work(n) for n in range(4)]
    async with held(workers, *works) as jobs:
        await becomes(lambda: works[0].began.is_set() and works[1].began.is_set())
        assert (workers.running, workers.waiting) == (2, 2)
        assert not works[2].began.is_set()
        works[0].let.set()
        assert [item async for item in jobs[0]] == [0]  # type: ignore[attr-defined]  # a job
        await becomes(works[2].began.is_set)
        assert not works[3].began.is_set()


async def test_one_too_many_is_refused_with_when_to_come_back() -> None:
    workers = Workers(1, 1)
    async with held(workers, Work(1), Work(2)):
        with pytest.raises(Problem) as refused:
            workers.start(iter([3]))
        assert refused.value.status == 503
        assert int(refused.value.headers["Retry-After"]) >= 1
    await becomes(lambda: workers.running == 0)
    assert await workers.run(lambda: 4) == 4


async def test_who_leaves_the_line_makes_room_and_is_never_worked_on() -> None:
    workers, first, second = Workers(1, 1), Work(1), Work(2)
    async with held(workers, first, second) as jobs:
        await becomes(first.began.is_set)
        jobs[1].close()  # type: ignore[attr-defined]  # a job
        assert workers.waiting == 0
        third = workers.start(iter([3]))
        first.let.set()
        assert await anext(third) == 3
        assert not second.began.is_set()


async def test_closing_stops_the_work_at_its_next_item_and_closes_it() -> None:
    workers, work = Workers(1), Work(1, 2, 3)
    async with held(workers, work) as jobs:
        await becomes(work.began.is_set)
        jobs[0].close()  # type: ignore[attr-defined]  # a job
        work.let.set()
        await becomes(work.closed.is_set)
    await becomes(lambda: workers.running == 0)


class Panic(BaseException):
    """What a library written in Rust raises when it fails where it should not."""


async def test_a_panic_ends_its_job_and_costs_no_worker() -> None:
    def panics() -> None:
        raise Panic("not a character boundary")

    workers = Workers(1)
    with pytest.raises(RuntimeError, match="Panic: not a character boundary"):
        await workers.run(panics)
    assert await workers.run(lambda: "the next") == "the next"
    assert workers.running == 0


async def test_what_the_work_raises_is_raised_where_it_is_awaited() -> None:
    def failing() -> int:
        raise KeyError("missing")

    with pytest.raises(KeyError, match="missing"):
        await Workers(1).run(failing)


async def test_work_that_takes_too_long_is_given_up_with_a_504() -> None:
    work = Work(1)
    async with held(Workers(1, 1, seconds=0.05), work) as jobs:
        with pytest.raises(Problem) as late:
            await anext(jobs[0])  # type: ignore[call-overload]  # a job
        assert late.value.status == 504


async def test_a_waiting_call_that_is_cancelled_leaves_the_line() -> None:
    workers, first = Workers(1, 1), Work(1)
    async with held(workers, first):
        await becomes(first.began.is_set)
        call = asyncio.create_task(workers.run(lambda: 2))
        await becomes(lambda: workers.waiting == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert workers.waiting == 0
