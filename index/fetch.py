"""One guarded way to the web: fetch a URL, or refuse it. Off unless allowed. Sends no cookies, keeps nothing.

A name is resolved once, what it resolves to is checked, and the connection goes to that very address, so that a name
cannot change between check and use. Every redirect is a new address and checked like the first. Size, time, types and
ports are bounded. Proxies in the environment are not used: they would resolve the name a second time.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

import httpcore

from index.addresses import Network, Target, system_resolver, target
from index.article import Article
from index.connections import CheckedNetwork, Deadline, Resolve
from index.errors import AddressFailed, AddressRefused
from index.readers import MAX_BYTES, read_bytes
from index.readers.kinds import CONTENT_TYPES

MAX_REDIRECTS = 5
_MEMBER = b"\x1f"  # how one of gzip begins
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
    resolve: Resolve = system_resolver
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
        raise AddressRefused("fetching from the web is switched off (RAG_ALLOW_URLS=yes switches it on)")
    deadline = Deadline(web.seconds)
    place = target(url, ports=web.ports, networks=web.networks)
    for _ in range(MAX_REDIRECTS + 1):
        answer = _ask(place, web, deadline)
        if isinstance(answer, Fetched):
            return answer
        place = target(answer, ports=web.ports, networks=web.networks, base=place.url)
    raise AddressFailed(f"it redirects more than {MAX_REDIRECTS} times")


def _ask(place: Target, web: Web, deadline: Deadline) -> Fetched | str:
    """Return what the server sends, or where it says to look instead."""
    address = httpcore.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.path)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), web.seconds)
    try:
        with (
            httpcore.ConnectionPool(
                network_backend=CheckedNetwork(web.resolve, web.networks, deadline), max_connections=1
            ) as pool,
            pool.stream(
                "GET", address, headers={**_HEADERS, "Host": place.netloc}, extensions={"timeout": timeouts}
            ) as response,
        ):
            headers = {name.decode("latin-1").lower(): _header(value) for name, value in response.headers}
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


def _header(value: bytes) -> str:
    """Return a header as text: what is UTF-8, as some servers write where to look, as that; else as the standard has it."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _check_type(content_type: str) -> None:
    plain = content_type.partition(";")[0].strip().lower()
    if plain not in CONTENT_TYPES:
        raise AddressRefused(f"the content type {plain[:60] or 'is missing, and'} is not one of an article")


def _body(chunks: Iterable[bytes], headers: Mapping[str, str], max_bytes: int) -> bytes:
    """Return the whole body, unpacked. Raises `AddressFailed` as soon as it is too large or packed unreadably."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise AddressFailed("it is packed in a way that was not asked for")
    body = bytearray()
    for piece in chunks if encoding in {"identity", ""} else _unpacked(chunks, max_bytes + 1):
        body += piece
        if len(body) > max_bytes:
            raise AddressFailed(f"it is larger than {max_bytes // 1024 // 1024} MB")
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Yield what is packed as zlib or, in one or more members (RFC 1952, 2.2), as gzip, at most so many bytes at once.

    What else follows is no part of it: browsers pass over it, too, and some servers send a line end there.
    """
    unpacker = zlib.decompressobj(wbits=47)  # gzip or zlib, whichever it is
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if unpacker.eof and not rest.startswith(_MEMBER):
                    return
                if unpacker.eof:
                    unpacker = zlib.decompressobj(wbits=31)
                yield unpacker.decompress(rest, most)
                rest = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise AddressFailed("what came is damaged") from error
    if not unpacker.eof:
        raise AddressFailed("what came is incomplete")
