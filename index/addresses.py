"""Which web addresses may be asked: a URL is taken apart and checked, and so is every network address behind its name.

Pure but for `system_resolver`. The rules are those of the WHATWG URL standard where a trick lives on a difference: what a
browser or a C library would read as a number is a number here.
"""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from index.errors import AddressFailed, AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_MAX_LENGTH = 2000
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Controls, white space and backslashes are read differently by different programs; quotes and brackets never stand in a URL.
_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"`{}|^\u2028\u2029\ud800-\udfff]|\s")
_HOST = re.compile(r"^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$")
_PATH_MARKS, _QUERY_MARKS = "/%:@!$&'()*+,;=~-._", "/?%:@!$&'()*+,;=~-._[]"  # everything else is escaped
_NUMBER = re.compile(r"^(?:\d+|0x[0-9a-f]*)$")
_LOCAL_NAMES = frozenset(
    {
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "arpa",
        "onion",
        "test",
        "invalid",
    }
)
# IANA's special-purpose registries (2026), and the metadata service of a cloud provider outside of them.
_FORBIDDEN_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
    )
)
# Only 2000::/3 is global unicast; mapped, compatible, NAT64, unique-local, link-local and multicast are outside of it.
_GLOBAL_V6 = IPv6Network("2000::/3")
_FORBIDDEN_V6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL in its parts. `host` is ASCII, without brackets; `path` begins with a slash and holds the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}"


def target(url: str, *, ports: Sequence[int], networks: Sequence[Network] = (), base: str = "") -> Target:
    """Take a URL apart. Raises `AddressRefused` for everything that is not plainly a public http or https address.

    `ports` are the allowed ones; `networks` are allowed in spite of the rules (someone's own intranet); `base` is
    what a redirect starts from.
    """
    if len(url) > _MAX_LENGTH or _FORBIDDEN_CHARACTERS.search(url):
        raise AddressRefused("the address is too long or holds characters that no address has")
    try:
        parts = urlsplit(urljoin(base, url))
        port = parts.port
        host = _host(parts)
    except ValueError as error:  # UnicodeError, idna's errors and ipaddress's are ValueErrors
        raise AddressRefused("the address is malformed") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressRefused("only http and https addresses are fetched")
    if "@" in parts.netloc:
        raise AddressRefused("the address holds a user name or password")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if port not in ports:
        raise AddressRefused(f"port {port} is not among the allowed ones ({', '.join(map(str, ports))})")
    _check_name(host, networks)
    query = f"?{quote(parts.query, safe=_QUERY_MARKS)}" if parts.query else ""
    return Target(parts.scheme, host, port, quote(parts.path or "/", safe=_PATH_MARKS) + query)


def _host(parts: SplitResult) -> str:
    """Return the host in ASCII: names as they are asked for, numbers only in their usual form. Raises ValueError."""
    host = parts.hostname or ""
    if "[" in parts.netloc:
        if "%" in host:
            raise ValueError("a zone")
        return str(IPv6Address(host))
    if "%" in host or host.endswith("."):
        raise ValueError("an escape or a closing dot")
    if not host.isascii():
        host = idna.encode(host, uts46=True, transitional=False).decode("ascii").lower()
    if not _HOST.match(host):
        raise ValueError("no host name")
    if _NUMBER.match(host.rpartition(".")[2]):
        return str(IPv4Address(host))  # 127.1, 2130706433, 0x7f.1 and 0177.0.0.1 are none, 8.8.8.8 is one
    return host


def _check_name(host: str, networks: Sequence[Network]) -> None:
    try:
        address = ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        if last in _LOCAL_NAMES or ("." not in host and not networks):
            raise AddressRefused("the address names this machine or one of a local network") from None
        return
    if not is_allowed(address, networks):
        raise AddressRefused("the address is private or reserved")


def is_allowed(address: Address, networks: Sequence[Network] = ()) -> bool:
    """Say whether a network address is an ordinary public one, or in one of the `networks` allowed on purpose."""
    if any(address.version == network.version and address in network for network in networks):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _FORBIDDEN_V4)
    return address in _GLOBAL_V6 and address.scope_id is None and not any(address in network for network in _FORBIDDEN_V6)


def allowed_addresses(found: Sequence[str], networks: Sequence[Network] = ()) -> list[Address]:
    """Return what a name resolved to. Raises `AddressRefused` when any of it is forbidden, `AddressFailed` when nothing."""
    addresses = [ip_address(address) for address in found]
    if not addresses:
        raise AddressFailed("the name is not known")
    if not all(is_allowed(address, networks) for address in addresses):
        raise AddressRefused("the name leads to a private or reserved address")
    return addresses


def system_resolver(host: str, port: int) -> list[str]:
    """Return the network addresses that the operating system finds for a name. Raises `AddressFailed`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise AddressFailed("the name is not known") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
