"""A server on loopback that nobody should ever call; it remembers who did."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Sink:
    """Its `address`, and the first line of every `call` that it had; a connection on which nothing came counts too."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.calls: list[bytes] = []


@contextmanager
def sinking() -> Iterator[Sink]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            sink.calls.append(self.rfile.readline())
            self.wfile.write(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        sink = Sink(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield sink
        server.shutdown()
