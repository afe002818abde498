"""What a format's reader hands on: the text and what the document says of itself, or why a part is no article.

Knows no files. Everything here is bounded and cleaned before it crosses into the process that keeps the library.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from index.article import clean
from index.errors import UnusableContent

MAX_CHARS = 2_000_000  # of one article; the longest novels have about 3 million, the longest reports below 1 million
MAX_URL_CHARS = 2000  # what a browser opens everywhere, and what is fetched (index/addresses.py)
_MAX_FACTS, _MAX_FACT_CHARS, _MAX_NAME_CHARS, _MAX_FILE_NAME = 40, 1000, 60, 200
# What a document may not decide about itself: where it came from and which article of the library it replaces.
RESERVED = frozenset({"id", "origin", "text", "raw_text", "content_hash", "added", "metadata", "file", "cls", "self"})


@dataclass(frozen=True, slots=True)
class Raw:
    """Text as found and facts by name: title, source, url, published, updated, or anything else.

    A fact `x` may come with `x_from`: where in the document it stands. `part` names one article among several in a file.
    """

    text: str
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """One part of a file (a row, an item, a member) that cannot become an article, and why; or `count` of them."""

    part: str
    reason: str
    count: int = 1


Outcome = Raw | Refused


def one_line(value: str, limit: int = _MAX_FACT_CHARS) -> str:
    """Return the value as it may stand in a title, a name or a message: cleaned, on one line, at most `limit` characters."""
    words = " ".join(clean(value[: 4 * limit]).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def identifying(value: str, limit: int = _MAX_FACT_CHARS) -> str:
    """Return the value on one line as a name that two different values never share: where the line says less, with a digest."""
    line = one_line(value, limit)
    if line == unicodedata.normalize("NFC", value):
        return line
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{one_line(value, limit - len(digest) - 1)} {digest}".lstrip()


def bounded_facts(facts: Mapping[str, str]) -> dict[str, str]:
    """Return facts each on one line: cut where it is long, but an address whole or not at all, for a cut one leads nowhere."""
    lines = {name: _address(value) if name == "url" else one_line(value) for name, value in facts.items()}
    return {name: line for name, line in lines.items() if line}


def _address(value: str) -> str:
    address = " ".join(clean(value).split())
    return address if len(address) <= MAX_URL_CHARS else ""


def file_name(name: str) -> str:
    """Return the last part of a path, of whatever system's making, as it may be shown: no invisible characters but joiners."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return one_line("".join(letter for letter in last if letter.isprintable() or letter in "\u200c\u200d"), _MAX_FILE_NAME)


def bounded(raw: Raw) -> Raw:
    """Return the same with its text cleaned and its facts short, few and free of reserved names.

    Raises `UnusableContent` when there is no text, or more of it than one article may have.
    """
    text = clean(raw.text)
    if not text.strip():
        raise UnusableContent("it holds no text")
    if len(text) > MAX_CHARS:
        raise UnusableContent(f"its text has {len(text):,} characters, more than {MAX_CHARS:,}; split it into parts")
    facts: dict[str, str] = {}
    for name, value in raw.facts.items():
        key = one_line(name, _MAX_NAME_CHARS).lower()
        short = _address(value) if key == "url" else one_line(value)
        if short and key and key not in RESERVED and len(facts) < _MAX_FACTS:
            facts[key] = short
    if "url" not in facts:
        facts.pop("url_from", None)
    return replace(raw, text=text, facts=facts, part=identifying(raw.part) if raw.part else None)
