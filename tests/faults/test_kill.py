"""kill -9 at every system call that changes a file: nothing acknowledged is lost, nothing is half done, and it goes on."""

import shutil
import time

import pytest

from tests.faults.operations import OPERATIONS, TALLY, Step, held_at_last, held_by, states
from tests.libraries import news

SECONDS_TO_START = 5.0  # of the processor: other work on the machine is not the library's
MODES = ("kill before", "kill halfway")
EVERYWHERE = [pytest.param(operation, mode, 1, marks=pytest.mark.slow) for operation in OPERATIONS for mode in MODES]
SOMEWHERE = [pytest.param(operation, "kill halfway", 31) for operation in OPERATIONS]


def check(folder, operation, ended):
    began = time.process_time()
    held = held_at_last(folder, operation)
    assert time.process_time() - began < SECONDS_TO_START
    possible = states(operation)[ended["acknowledged"] :][:2]
    assert held in possible, f"after {ended['acknowledged']} acknowledged steps: {sorted(held)}"
    if operation not in ("rebuild", "rescue"):
        new = news(1, first=90)
        Step(tuple(new)).do(folder)
        assert held_by(folder) == {**held, new[0].id: new[0].text}


@pytest.mark.parametrize(("operation", "mode", "every"), EVERYWHERE + SOMEWHERE)
def test_a_killed_process_loses_nothing_and_leaves_nothing_half_done(fault, operation, mode, every):
    points = 0
    for at in range(0, 10_000, every):
        folder, ended = fault(operation, at, mode)
        if not ended["killed"]:
            assert ended["error"] is None
            assert ended["steps"] <= at
            break
        check(folder, operation, ended)
        shutil.rmtree(folder.parent)
        points += 1
    assert points
    TALLY["points of kill -9"] += points
