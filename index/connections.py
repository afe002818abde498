"""Connections that go to checked addresses only, and share one deadline. Knows no URLs and no HTTP.

The network backend of httpcore is where a name becomes an address: it is resolved here, once, and nowhere else.
"""

import threading
import time
from collections.abc import Callable, Sequence
from ssl import SSLContext
from typing import Any

import httpcore

from index.addresses import Address, Network, allowed_addresses
from index.errors import AddressFailed

Resolve = Callable[[str, int], Sequence[str]]


class Deadline:
    """The one clock of a fetch: every single wait gets only what is left of it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Return the seconds left. Raises httpcore's time-out when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if at_most is None else min(left, at_most)


class CheckedNetwork(httpcore.NetworkBackend):
    """Connects to addresses that were checked, never to a name."""

    def __init__(self, resolve: Resolve, networks: Sequence[Network], deadline: Deadline) -> None:
        self._resolve, self._networks, self._deadline = resolve, networks, deadline

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> httpcore.NetworkStream:
        failure: httpcore.NetworkError | httpcore.TimeoutException = httpcore.ConnectError()
        for address in allowed_addresses(self._resolved(host, port), self._networks):
            try:
                return self._connected(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _connected(self, address: Address, port: int, timeout: float | None) -> httpcore.NetworkStream:
        backend = httpcore.SyncBackend()
        return _TimedStream(backend.connect_tcp(str(address), port, self._deadline.left(timeout), None, []), self._deadline)

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Resolve within the deadline: the operating system's own time-out is longer, and cannot be set."""
        found: list[Sequence[str]] = []
        failed: list[AddressFailed] = []

        def resolve() -> None:
            try:
                found.append(self._resolve(host, port))
            except AddressFailed as error:
                failed.append(error)

        thread = threading.Thread(target=resolve, daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        if failed:
            raise failed[0]
        if not found:
            raise httpcore.ConnectTimeout
        return found[0]


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait counts towards the one deadline: a server that drips bytes gains nothing."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
