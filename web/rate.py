"""How often a client may ask: so many requests a minute, as a bucket that fills evenly. Knows no routes.

The generic cell rate algorithm (ITU-T I.371): of each client only the time is kept at which its bucket will be full again, so
a full one needs no memory, and the memory for all is bounded.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from web.problems import Problem

PER_MINUTE = 30_000
_MINUTE = 60.0
_MOST_CLIENTS = 10_000


class RateLimit:
    """`per_minute` requests of a client in any minute, all at once or one after the other. Used by one thread only."""

    def __init__(self, per_minute: int = PER_MINUTE, now: Callable[[], float] = time.monotonic) -> None:
        self._interval, self._now = _MINUTE / per_minute, now
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def check(self, client: str) -> None:
        """Count a request. Raises Problem (429, with Retry-After) for one too many, which is not counted."""
        now = self._now()
        full_at = max(self._full_at.get(client, now), now) + self._interval
        if (wait := full_at - now - _MINUTE) > 1e-9:
            retry = str(math.ceil(wait))
            hint = f"Ask again in {retry} seconds; RAG_RATE on the server says how many there may be."
            raise Problem(429, "too_many_requests", "You have sent too many requests.", hint, {"Retry-After": retry})
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > _MOST_CLIENTS:
            self._full_at.popitem(last=False)


def household(address: str) -> str:
    """Return what counts as one client: an address of IPv4, or of IPv6 the first half, which is given out as a whole."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a Unix socket, or what a proxy says
        return address[:64]
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
