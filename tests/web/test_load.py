"""The tool that measures load, used for a few seconds: nobody gets an error or somebody else's answer. Measures nothing."""

import asyncio
import os

import pytest

from benchmarks import load


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_users_at_every_door_get_their_own_right_answers() -> None:
    with load.running(keeping=False) as server:
        expected, _ = asyncio.run(load.alone(server, list(load.DOORS)))
        seen = asyncio.run(load.load(server, 30, 30, list(load.DOORS), expected))
        assert not seen.wrong
        assert set(seen.by_door) == set(load.DOORS)
        assert not seen.refused


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_more_users_than_may_wait_are_told_so_and_the_rest_get_right_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "RAG_QUEUE", "4")
    with load.running(keeping=False) as server:
        expected, _ = asyncio.run(load.alone(server, ["REST"]))
        seen = asyncio.run(load.load(server, 60, 20, list(load.DOORS), expected))
        assert not seen.wrong
        assert seen.refused
        assert seen.answered
        assert not asyncio.run(load.load(server, 1, 5, ["REST"], expected)).refused
