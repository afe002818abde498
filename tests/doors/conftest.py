"""A server with every door open: over the small library of tests/fakes_web.py, or, for the long tests, the real one."""

from collections.abc import Iterator

import pytest

from tests.fakes_web import BRIDGE, HOSTILE, MARKET, FakeAnswerer, FakeLibrary
from tests.web.conftest import serving
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services


@pytest.fixture(scope="session")
def door_url() -> Iterator[str]:
    gate = Gate()
    library = FakeLibrary(BRIDGE, MARKET, HOSTILE)
    gate.open(Services(FakeAnswerer(library), library, library))
    with serving(create_front(gate, Door(gate))) as url:
        yield url


@pytest.fixture(scope="session")
def closed_url() -> Iterator[str]:
    """A server that is still loading."""
    gate = Gate()
    with serving(create_front(gate, Door(gate))) as url:
        yield url
