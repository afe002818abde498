"""Writers at once: one wins, the others are told who holds the library, and nothing is lost."""

import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from index.errors import LibraryError, LibraryLocked
from tests.faults.operations import START, TALLY, Step, changed, held_by
from tests.libraries import add, article, news, opened

FORK = multiprocessing.get_context("fork")


def compete(folder: Path, number: int, barrier, told) -> None:
    """Add an article of one's own, again and again until one is the only writer; tell how it went."""
    barrier.wait()
    refusals: list[str] = []
    outcome = None
    while outcome is None:
        try:
            with opened(folder) as search:
                (result,) = add(search, [article(f"mine{number}", f"The story of writer {number}.", id=f"mine{number}")])
            outcome = result.outcome
        except LibraryLocked as error:
            refusals.append(error.holder)
            time.sleep(0.01)
        except LibraryError as error:
            outcome = f"{type(error).__name__}: {error}"
    told.put((number, outcome, refusals))


def race(folder: Path, writers: int) -> list[str]:
    """Let so many processes add at once; return what those who had to wait were told."""
    barrier, told = FORK.Barrier(writers), FORK.SimpleQueue()
    processes = [FORK.Process(target=compete, args=(folder, number, barrier, told)) for number in range(writers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * writers
    answers = [told.get() for _ in processes]
    assert {outcome for _, outcome, _ in answers} == {"added"}
    return [holder for _, _, refusals in answers for holder in refusals]


@pytest.mark.parametrize("rounds", [4, pytest.param(100, marks=pytest.mark.slow)])
def test_of_two_writers_none_loses_anything_and_the_loser_is_told_who_holds_it(place, rounds):
    holders = []
    for number in range(rounds):
        folder = place / f"race{number}" / "data"
        if number % 2:
            Step(tuple(START[:2])).do(folder)
        holders += race(folder, 2 + number % 2)
        mine = {f"mine{n}" for n in range(2 + number % 2)}
        assert set(held_by(folder)) == mine | ({"story0", "story1"} if number % 2 else set())
        TALLY["races of writers"] += 1
    named = [holder for holder in holders if holder.startswith("process ")]
    assert len(named) >= 0.9 * len(holders)


def busy(folder: Path, out: int) -> None:
    """Add, change and remove without end; say what is done as soon as it is."""
    round_ = 0
    while True:
        for one in news(3, first=100 + 3 * round_):
            Step((one,)).do(folder)
            os.write(out, f"+{one.id} ".encode())
            Step((changed(one),)).do(folder)
            os.write(out, f"*{one.id} ".encode())
        gone = f"story{100 + 3 * round_}"
        os.write(out, f"?{gone} ".encode())
        Step(removed=(gone,)).do(folder)
        os.write(out, f"-{gone} ".encode())
        round_ += 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks while threads may run")
@pytest.mark.parametrize("times", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_a_busy_writer_killed_at_any_time_loses_nothing_it_acknowledged(place, times):
    folder = place / "data"
    Step(tuple(START)).do(folder)
    expected = dict(held_by(folder))
    for attempt in range(times):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                busy(folder, writing)
            finally:
                os._exit(1)
        os.close(writing)
        time.sleep(0.05 + 0.037 * (attempt % 11))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading) as told:
            said = told.read().split()
        held = held_by(folder)
        for entry in said:
            apply(entry, expected)
        uncertain = {entry[1:] for entry in said[-1:]} | ({f"story{100 + len(said)}"} if not said else set())
        newest = set(held) - set(expected)
        assert len(newest) <= 1, "more than the one step that was not acknowledged yet"
        for name, text in expected.items():
            assert held.get(name) == text or name in uncertain
        expected = dict(held)
        with pytest.raises(LibraryError):
            Step(removed=("never there",)).do(folder)
        for name in [name for name in expected if int(name.removeprefix("story")) >= 100]:
            Step(removed=(name,)).do(folder)
            del expected[name]
        TALLY["kills at random times"] += 1


def apply(entry: str, expected: dict[str, str]) -> None:
    kind, name = entry[0], entry[1:]
    one = next(iter(news(1, first=int(name.removeprefix("story")))))
    if kind == "+":
        expected[name] = one.text
    elif kind == "*":
        expected[name] = changed(one).text
    elif kind == "-":
        expected.pop(name, None)
