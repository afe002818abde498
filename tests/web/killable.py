"""A server in a process of its own, to be killed while it adds: python -m tests.web.killable FOLDER TEXTS

It serves the library in the folder, and waits for ever instead of embedding more than so many texts.
"""

import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.fetch import Web
from index.search import Search
from tests.fakes import WordCountEmbedder
from tests.fakes_web import FakeAnswerer, FakeLibrary
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services
from web.jobs import Desk
from web.serving import create_server, run


class PausingEmbedder(WordCountEmbedder):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        if len(self.embedded) + len(texts) > self._most:
            threading.Event().wait()
        return super().vectors(texts)


def main(folder: str, most: str) -> None:
    with Search.open(Path(folder), PausingEmbedder(int(most)), create=True, command="a test") as search:
        desk = Desk(search, Web())
        desk.start()
        gate = Gate()
        gate.open(Services(FakeAnswerer(FakeLibrary()), search.library, search, desk))
        listening = socket.create_server(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        run(create_server(create_front(gate, Door(gate))), listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
