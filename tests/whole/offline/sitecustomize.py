"""Loaded by every Python process that a test in this folder starts: no connection leaves this machine, or the process says so.

Each attempt is also written to the file named by FOOTNOTE_ATTEMPTS, since a library may swallow the error.
"""

import os
import socket
from typing import Any

_connect, _lookup = socket.socket.connect, socket.getaddrinfo


def _refuse(where: object) -> None:
    with open(os.environ["FOOTNOTE_ATTEMPTS"], "a", encoding="utf-8") as attempts:
        attempts.write(f"{where!r}\n")
    raise OSError(f"this test has no network: {where!r}")


def connect(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(("127.", "::1", "localhost")):
        _refuse(address)
    _connect(self, address)


def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
    if host not in {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"}:  # noqa: S104 - compared, not bound to
        _refuse(host)
    return _lookup(host, *rest, **named)


socket.socket.connect = connect  # type: ignore[method-assign]  # that is the purpose of this module
socket.getaddrinfo = getaddrinfo
