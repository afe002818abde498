"""The two types of the library, `Article` and `Passage`, their ids and hashes. Knows no files and no vectors.

Every offset in this project counts Unicode code points of `Article.text`, half open: `article.text[start:end]`.
That only means something while the text never changes, so it is cleaned exactly once, in `Article.create`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, byte order marks, lone surrogates and the marks that reorder text on the screen (bidi overrides,
# embeddings, isolates). The joiners U+200C and U+200D and the plain direction marks stay: Persian, Hindi, emoji need them.
_REMOVED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

MOST_MARKS = 30  # in a row; more have no meaning in any language (Unicode Standard Annex 15, section 13: Stream-Safe Text)
_MAYBE_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{MOST_MARKS + 1},}}")


def clean(raw: str) -> str:
    """Return the text as it will be stored: NFC, "\\n" line ends, no control, bidi-reordering or surrogate characters, and at
    most MOST_MARKS combining marks in a row."""
    kept = _REMOVED.sub("", _LINE_ENDS.sub("\n", raw))
    if kept.isascii():
        return kept
    # Before normalising, which takes time that grows with the square of a run, and after it, which may make a run longer.
    normal = unicodedata.normalize("NFC", _MAYBE_MARKS.sub(_without_excess_marks, kept))
    return _MAYBE_MARKS.sub(_without_excess_marks, normal)


def _without_excess_marks(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in run.group():
        marks = marks + 1 if unicodedata.combining(unicodedata.normalize("NFD", character)[0]) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def content_hash(text: str) -> str:
    """Return "sha256:" and the hexadecimal digest of the text's UTF-8 bytes: the version that offsets refer to."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def article_id(origin: str) -> str:
    """Return an id that a person can read in a link, and that stays while the article's text and title are edited."""
    last_part = re.split(r"[/\\#?]", origin.partition("?")[0].rstrip("/"))[-1].rsplit(".", 1)[0]
    ascii_part = unicodedata.normalize("NFKD", last_part).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_part.lower())[:8])[:48].strip("-") or "article"
    return f"{slug}-{hashlib.sha256(origin.encode('utf-8')).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Article:
    """One article as stored. Unknown facts are None, never guessed.

    `published` and `updated` are ISO 8601 dates or date-times as the article itself states them; `added` is UTC.
    `origin` says where it was read from (a file, a URL, an upload): the same origin again is a new version of this article.
    """

    id: str
    text: str
    title: str
    origin: str
    content_hash: str
    added: str
    source: str | None = None
    url: str | None = None
    published: str | None = None
    updated: str | None = None
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def create(cls, raw_text: str, *, title: str, origin: str, **known: str | None) -> "Article":
        """Clean the text once and derive id, hash and time of adding. `known` are source, url, published, updated, id;
        anything else is kept as metadata."""
        text, title, origin = clean(raw_text), " ".join(clean(title).split()), clean(origin)
        given_id = known.pop("id", None)
        fields = {name: _one_line(known.pop(name, None)) for name in ("source", "url")}
        for name in ("published", "updated"):
            as_written = known.pop(name, None)
            fields[name] = iso_date(as_written)
            known |= {f"{name}_as_written": as_written} if as_written and not fields[name] else {}
        return cls(
            id=given_id or article_id(origin),
            text=text,
            title=title,
            origin=origin,
            content_hash=content_hash(text),
            added=datetime.now(UTC).isoformat(timespec="seconds"),
            metadata=MappingProxyType({name: clean(value) for name, value in known.items() if value}),
            **fields,
        )


def iso_date(as_written: str | None) -> str | None:
    """Return an ISO 8601 date or date-time, beginning YYYY-MM-DD, and None for anything else: a date is never guessed."""
    written = (as_written or "").strip()
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return None
    if re.match(r"\d{4}-\d\d-\d\d", written):
        return written
    return read.isoformat() if re.search(r"[T ]", written) else read.date().isoformat()


def iso_day(written: str) -> str:
    """Return a day that is written YYYY-MM-DD; ValueError for everything else, weeks of a year and dashes left out, too."""
    with suppress(ValueError):  # there is no 31 February
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
            return date.fromisoformat(written).isoformat()
    raise ValueError(f"{written[:40]!r} is not a day; write it like 2024-12-31")


def _one_line(value: str | None) -> str | None:
    return " ".join(clean(value).split()) or None if value else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: `text == article.text[start:end]`, always."""

    article_id: str
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """The passage's permanent name, `ARTICLE:START-END`, the same that links use."""
        return f"{self.article_id}:{self.start}-{self.end}"
