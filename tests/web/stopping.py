"""A server in a process of its own, to be told to stop: python -m tests.web.stopping GRACE FILE

It answers once the file is there, one question at a time, with the small library of tests/fakes_web.py.
"""

import socket
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.snapshot import EVERYTHING, Within
from rag.types import Event, Searched, Turn
from tests.fakes_web import BRIDGE, FakeAnswerer, FakeLibrary
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services
from web.serving import create_server, run
from web.workers import Workers


class WaitingAnswerer(FakeAnswerer):
    """Says what it searches for until the file is there, then answers."""

    def __init__(self, library: FakeLibrary, file: Path) -> None:
        super().__init__(library)
        self._file = file

    def stream(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Iterator[Event]:
        while not self._file.exists():
            yield Searched(question)
            time.sleep(0.02)
        yield from super().stream(question, history, within, k)


def main(grace: str, file: str) -> None:
    gate, library = Gate(Workers(1, 8)), FakeLibrary(BRIDGE)
    gate.open(Services(WaitingAnswerer(library, Path(file)), library, library))
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    run(create_server(create_front(gate, Door(gate)), int(grace)), listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
