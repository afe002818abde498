"""One guarded way to the web: fetch a URL, or refuse it. Off unless allowed. Sends no cookies, keeps nothing.

A name is resolved once, what it resolves to is checked, and the connection goes to that very address, so that a name
cannot change between check and use. Every redirect is a new address and checked like the first. Size, time, types and
ports are bounded. Proxies in the environment are not used: they would resolve the name a second time.
"""

import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, NamedTuple
from urllib.parse import unquote

import httpcore

from index.addresses import Address, Network, Target, allowed_addresses, system_resolver, target
from index.article import Article
from index.errors import AddressFailed, AddressRefused
from index.readers import MAX_BYTES, read_bytes
from index.readers.kinds import CONTENT_TYPES

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS: dict[bytes | str, bytes | str] = {
    "User-Agent": "Footnote",
    "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Web:
    """What may be asked of the web. Nothing, unless `allow_urls`.

    `networks` are allowed in spite of being private; `resolve` turns a name and a port into network addresses; `seconds`
    bounds a fetch from the first name to the last byte, redirects included; `max_bytes` also holds after unpacking.
    """

    allow_urls: bool = False
    ports: Sequence[int] = (80, 443)
    networks: Sequence[Network] = ()
    resolve: Callable[[str, int], Sequence[str]] = system_resolver
    seconds: float = 30.0
    max_bytes: int = MAX_BYTES


class Fetched(NamedTuple):
    """What a server sent, the content type as it sent it, and the address it was found at in the end."""

    data: bytes
    content_type: str
    url: str


def read_url(url: str, web: Web) -> Iterator[Article]:
    """Fetch a URL and yield its articles: one of a page, one for every item of a feed.

    The origin is the final address, so that adding it again is a new version of the same. Raises `AddressRefused`,
    `AddressFailed`, and what `index.readers.read_bytes` raises.
    """
    page = fetch(url, web)
    name = unquote(page.url.partition("?")[0].rstrip("/").rpartition("/")[2])
    known, told_by = {"url": page.url}, "address"
    yield from read_bytes(page.data, name, origin=page.url, known=known, known_from=told_by, content_type=page.content_type)


def fetch(url: str, web: Web) -> Fetched:
    """Fetch a URL. Raises `AddressRefused` when it or a redirect may not be asked, `AddressFailed` when nothing usable came."""
    if not web.allow_urls:
        raise AddressRefused("fetching from the web is switched off")
    deadline = _Deadline(web.seconds)
    place = target(url, ports=web.ports, networks=web.networks)
    for _ in range(MAX_REDIRECTS + 1):
        answer = _ask(place, web, deadline)
        if isinstance(answer, Fetched):
            return answer
        place = target(answer, ports=web.ports, networks=web.networks, base=place.url)
    raise AddressFailed(f"it redirects more than {MAX_REDIRECTS} times")


def _ask(place: Target, web: Web, deadline: "_Deadline") -> Fetched | str:
    """Return what the server sends, or where it says to look instead."""
    address = httpcore.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.path)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), web.seconds)
    try:
        with (
            httpcore.ConnectionPool(network_backend=_CheckedNetwork(web, deadline), max_connections=1) as pool,
            pool.stream(
                "GET", address, headers={**_HEADERS, "Host": place.netloc}, extensions={"timeout": timeouts}
            ) as response,
        ):
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status in _REDIRECTS and headers.get("location"):
                return headers["location"]
            if response.status != 200:
                raise AddressFailed(f"the server answered with status {response.status}")
            _check_type(headers.get("content-type", ""))
            data = _body(response.iter_stream(), headers, web.max_bytes)
    except httpcore.TimeoutException as error:
        raise AddressFailed(f"the server did not answer in full within {web.seconds:.0f} seconds") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise AddressFailed("the connection failed") from error
    return Fetched(data, headers.get("content-type", ""), place.url)


def _check_type(content_type: str) -> None:
    plain = content_type.partition(";")[0].strip().lower()
    if plain not in CONTENT_TYPES:
        raise AddressRefused(f"the content type {plain[:60] or 'is missing, and'} is not one of an article")


def _body(chunks: Iterable[bytes], headers: Mapping[str, str], max_bytes: int) -> bytes:
    """Return the whole body, unpacked. Raises `AddressFailed` as soon as it is too large or packed unreadably."""
    too_large = AddressFailed(f"it is larger than {max_bytes // 1024 // 1024} MB")
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise AddressFailed("it is packed in a way that was not asked for")
    unpacker = None if encoding in {"identity", ""} else zlib.decompressobj(wbits=47)  # gzip or zlib, whichever it is
    body = bytearray()
    try:
        for chunk in chunks:
            body += unpacker.decompress(chunk, max_bytes + 1 - len(body)) if unpacker else chunk
            if len(body) > max_bytes or (unpacker and unpacker.unconsumed_tail):
                raise too_large
    except zlib.error as error:
        raise AddressFailed("what came is damaged") from error
    if unpacker and not unpacker.eof:
        raise AddressFailed("what came is incomplete")
    return bytes(body)


class _Deadline:
    """The one clock of a fetch: every single wait gets only what is left of it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Return the seconds left. Raises httpcore's time-out when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if at_most is None else min(left, at_most)


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects to addresses that were checked, never to a name."""

    def __init__(self, web: Web, deadline: _Deadline) -> None:
        self._web, self._deadline = web, deadline

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> httpcore.NetworkStream:
        failure: httpcore.NetworkError | httpcore.TimeoutException = httpcore.ConnectError()
        for address in allowed_addresses(self._resolved(host, port), self._web.networks):
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
                found.append(self._web.resolve(host, port))
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

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
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
