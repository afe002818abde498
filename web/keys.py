"""Who may come in when keys are set: programs with `Authorization: Bearer KEY`, people with a key as the password that their
browser asks for. Knows no routes but the two that say whether the server is well."""

import base64
import binascii
import hmac
from collections.abc import Collection

from starlette.requests import Request

from web.problems import Problem

_OPEN = frozenset({"/healthz", "/readyz"})


def check_key(request: Request, keys: Collection[str]) -> None:
    """Raise Problem (401) unless the request brings one of the keys; no keys, no question. Takes the same time for any key."""
    if not keys or request.scope["path"] in _OPEN:
        return
    given = _given(request.headers.get("authorization", "")).encode()
    if not max([hmac.compare_digest(given, key.encode()) for key in keys]):
        hint = "Send Authorization: Bearer KEY, or give the key as the password."
        raise Problem(401, "key_needed", "This server asks for a key.", hint, {"WWW-Authenticate": 'Basic realm="Footnote"'})


def _given(authorization: str) -> str:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
