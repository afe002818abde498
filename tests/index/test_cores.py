"""index/cores.py with the real threads: order, errors, and what it leaves behind."""

import os
import threading

import pytest
import torch

from index.cores import side_by_side


def test_results_come_in_the_order_of_the_parts() -> None:
    assert side_by_side(lambda part: part * part, list(range(40))) == [number * number for number in range(40)]


def test_an_error_in_a_part_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda part: 1 // part, [1, 0, 2])


def test_a_single_part_is_computed_by_the_calling_thread() -> None:
    assert side_by_side(lambda _: threading.get_ident(), ["part"]) == [threading.get_ident()]


def test_each_part_computes_on_one_core_and_the_caller_on_as_many_as_before() -> None:
    before = torch.get_num_threads()
    several = side_by_side(lambda _: torch.get_num_threads(), [1, 2, 3])
    assert torch.get_num_threads() == before
    assert set(several) == ({1} if len(os.sched_getaffinity(0)) > 1 else {before})


def test_several_callers_at_once_get_their_own_results() -> None:
    found: dict[int, list[int]] = {}

    def call(number: int) -> None:
        found[number] = side_by_side(lambda part: part + number, [10, 20])

    callers = [threading.Thread(target=call, args=(number,)) for number in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert found == {number: [10 + number, 20 + number] for number in range(6)}
