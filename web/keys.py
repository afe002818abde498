"""Who may come in when keys are set, and who of them may change the library: programs send `Authorization: Bearer KEY`, people
give a key as the password that their browser asks for. Knows no routes but the two that say whether the server is well."""

import base64
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, get_args

from fastapi import Request
from starlette.requests import HTTPConnection

from web.problems import Problem

Role = Literal["reader", "editor"]
"""A reader asks, searches and reads; an editor may also add and delete articles."""

_OPEN = frozenset({"/healthz", "/readyz"})


class BadKey(ValueError):
    """A key is not written as one; str(error) says how, without the secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a client sends (`secret`), and who it then is."""

    name: str
    role: Role
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str, number: int = 1) -> "Key":
        """Read `NAME:ROLE:SECRET`, or a secret alone, which makes an editor named by its number. Raises BadKey."""
        if ":" not in text:
            return cls(f"key {number}", "editor", text)
        name, _, rest = text.partition(":")
        role, _, secret = rest.partition(":")
        for known in get_args(Role):
            if name and secret and role == known:
                return cls(name, known, secret)
        raise BadKey(
            f"key {number} of RAG_API_KEYS is not allowed; it must be SECRET, NAME:reader:SECRET or NAME:editor:SECRET"
        )


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys there are, and what a client may do where there are none."""

    keys: Collection[Key] = ()
    without: Role = "editor"

    @classmethod
    def parse(cls, texts: Sequence[str], *, is_local: bool) -> "Keys":
        """Read the keys; without any, only a local server (one that nobody reaches from elsewhere) has editors."""
        return cls([Key.parse(text, number) for number, text in enumerate(texts, 1)], "editor" if is_local else "reader")

    def check(self, request: HTTPConnection) -> None:
        """Note on the request who sent it (`client`, None without a key) and its `role`. Raises Problem (401) when keys are set
        and it brings none of them; takes the same time for any key."""
        request.state.client, request.state.role = None, "reader" if self.keys else self.without
        if not self.keys or request.scope["path"] in _OPEN:
            return
        given = sha256(_given(request.headers.get("authorization", "")).encode()).digest()
        fitting = [key for key in self.keys if hmac.compare_digest(given, sha256(key.secret.encode()).digest())]
        if not fitting:
            hint = "Send Authorization: Bearer KEY, or give the key as the password."
            headers = {"WWW-Authenticate": 'Basic realm="Footnote"'}
            raise Problem(401, "key_needed", "This server asks for a key.", hint, headers)
        request.state.client, request.state.role = fitting[0].name, fitting[0].role


NO_KEYS = Keys()


async def requires_editor(request: Request) -> None:
    """Raise Problem (403) unless the shield found the request to be an editor's: for `dependencies=[Depends(...)]` of every
    route that changes the library."""
    if request.state.role != "editor":
        hint = "Use a key that has the role editor; RAG_API_KEYS on the server gives it."
        raise Problem(403, "editor_needed", "You may read the library, not change it.", hint)


def _given(authorization: str) -> str:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except ValueError:  # neither base64 nor UTF-8
        return ""
