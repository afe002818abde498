"""Files become articles: one module per format, chosen by content and then by name. Knows no passages, no vectors.

    files(path) -> the readable files at or below a path      read(path) -> the articles in one file
    read_bytes(data, name, origin=...) -> the articles in bytes that were uploaded or fetched
    from_text(text, origin=...) -> the article in words that were sent as such

Text and tables are read here; whatever has a grammar is parsed in a child process with limits (sandbox.py). What a
`metadata.jsonl` beside the file says of it wins over what the file says of itself. Every fact `x` of an article has its
origin in `metadata["x_from"]`.
"""

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from index.article import Article
from index.errors import PartlyUnusable, TooLarge, UnusableContent
from index.passages import sentences
from index.readers.beside import METADATA_FILE, facts_by_file, told_of
from index.readers.formats import checked, parse
from index.readers.kinds import SUFFIXES, Kind, kind_of
from index.readers.raw import RESERVED, Outcome, Raw, Refused, bounded, bounded_facts, file_name
from index.readers.rows import read_csv, read_jsonl
from index.readers.sandbox import Sandbox

__all__ = [
    "MAX_BYTES",
    "METADATA_FILE",
    "SUFFIXES",
    "UnusableContent",
    "files",
    "first_words",
    "from_text",
    "read",
    "read_bytes",
]

MAX_BYTES = 20 * 1024 * 1024
_TITLE_WORDS = 14
_HEAD = 4096  # bytes that tell a format
_SMALL = 1024 * 1024  # bytes; a longer text is decoded in the child, where a hostile one cannot fill this process's memory
_OF_THE_WHOLE = frozenset({"id", "title", "url", "published", "updated"})  # facts that cannot be those of every part
_SANDBOX = Sandbox()  # starts nothing until a file needs it


def files(path: Path) -> Iterator[Path]:
    """Yield the file itself, or every readable file below a folder in a stable order; hidden ones are passed over.

    A folder that cannot be looked into is given, too: `read` says why.
    """
    if not os.path.isdir(path):  # Path.is_dir raises where a name is too long, or a folder on the way is closed to this user
        yield path
        return
    found: list[Path] = []
    for folder, below, names in os.walk(path, onerror=lambda error: found.append(Path(error.filename))):
        below[:] = [name for name in below if not name.startswith(".")]
        named = (Path(folder, name) for name in names if not name.startswith(".") and name != METADATA_FILE)
        found.extend(file for file in named if file.suffix.lower() in SUFFIXES and _may_be_a_file(file))
    yield from sorted(found)


def _may_be_a_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # whoever reads it says why that cannot be done
        return True


def read(path: Path) -> Iterator[Article]:
    """Yield the articles of one file. JSONL and CSV are read row by row and may be larger than `MAX_BYTES`.

    Raises `UnusableContent` with the reason for a file that is missing, unreadable, empty, too big or of no known format,
    and its subclass `PartlyUnusable`, after the last article, when some of the file's rows, items or members are none.
    """
    try:
        if path.name == METADATA_FILE:
            raise UnusableContent("it describes the files beside it and is no article")
        if path.is_dir():
            os.scandir(path).close()  # which says why `files` could not look into it
        if not path.is_file():
            raise UnusableContent("there is no such file")
        origin, known = path.resolve().as_uri(), _beside(path)
        with path.open("rb") as stream:
            kind = kind_of(_beginning_of(stream), path.name)
            stream.seek(0)
            if kind in {"jsonl", "csv"}:
                outcomes = read_csv(stream) if kind == "csv" else read_jsonl(stream)
                yield from _articles(checked(outcomes), path.name, origin, known, METADATA_FILE)
                return
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableContent(f"it cannot be read: {error.strerror or error}") from error
    yield from _articles(_outcomes(data, kind, None), path.name, origin, known, METADATA_FILE)


def read_bytes(
    data: bytes,
    name: str,
    *,
    origin: str,
    known: Mapping[str, str] | None = None,
    known_from: str = "given",
    content_type: str | None = None,
) -> Iterator[Article]:
    """Yield the articles in the bytes of a file called `name`, or served as `content_type`.

    `known` facts win over what the bytes say of themselves; `known_from` names who knows. Raises like `read`.
    """
    kind = kind_of(data, name, content_type)
    charset = (content_type or "").lower().partition("charset=")[2].partition(";")[0].strip() or None
    yield from _articles(_outcomes(data, kind, charset), name, origin, known or {}, known_from)


def from_text(text: str, *, origin: str, known: Mapping[str, str]) -> Article:
    """Return the article of a text that came with what is `known` of it, `id` among it. Raises `UnusableContent`."""
    return _article(bounded(Raw(text)), "", origin, bounded_facts(known), "given")


def first_words(text: str) -> str:
    """Return a title for a text that has none: its heading line if it begins with one, else the start of its first sentence.

    `text` is an article's, cleaned already.
    """
    beginning = text[: text.find("\n", 20_000)] if len(text) > 20_000 else text
    first_line = beginning.strip().split("\n", 1)[0].strip()
    start, end = next(iter(sentences(beginning)), (0, len(beginning)))
    begins_with_heading = beginning.find(first_line) + len(first_line) <= start
    words = (first_line if begins_with_heading else beginning[start:end]).split()
    shortened = " ".join(words[:_TITLE_WORDS])[:120]
    return shortened.rstrip(" ,;:–—") + "…" if len(words) > _TITLE_WORDS or len(shortened) == 120 else shortened.rstrip(".")


def _outcomes(data: bytes, kind: Kind, charset: str | None) -> Iterator[Outcome]:
    if len(data) > MAX_BYTES:
        raise TooLarge(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
    is_harmless = kind in {"jsonl", "csv"} or (kind == "text" and len(data) <= _SMALL)
    return parse(kind, data, charset) if is_harmless else _SANDBOX.parse(kind, data, charset)


def _articles(
    outcomes: Iterator[Outcome], name: str, origin: str, known: Mapping[str, str], known_from: str
) -> Iterator[Article]:
    """Yield an article for every outcome that is one; raise at the end what the others were."""
    refused: dict[str, str] = {}
    count = number = 0
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            count += outcome.count
            refused[outcome.part] = outcome.reason
        else:
            number += 1
            yield _article(outcome, name, origin, known, known_from)
    if count:
        raise PartlyUnusable(refused, count, number)
    if not number:
        raise UnusableContent("it holds no articles")


def _article(raw: Raw, name: str, origin: str, known: Mapping[str, str], known_from: str) -> Article:
    told = {fact: value for fact, value in known.items() if fact not in RESERVED - {"id"}}
    if raw.part is not None:
        told = {fact: value for fact, value in told.items() if fact not in _OF_THE_WHOLE}
    facts: dict[str, str | None] = {fact: value for fact, value in raw.facts.items() if fact not in told}
    facts |= told | {f"{fact}_from": known_from for fact in told if fact in {"title", "source", "url", "published", "updated"}}
    facts["file"] = file_name(name)
    title = facts.pop("title", None)
    if not title:
        title, facts["title_from"] = first_words(raw.text), "first words"
    part_origin = origin if raw.part is None else f"{origin}#{raw.part}"
    return Article.create(raw.text, title=title, origin=part_origin, **facts)


def _beginning_of(stream: BinaryIO) -> bytes:
    """Return what tells a file's format: its first bytes behind any white space."""
    while (head := stream.read(_HEAD)) and not head.strip():
        pass
    return head


def _beside(path: Path) -> Mapping[str, str]:
    """Return what the folder's `metadata.jsonl` says of this file."""
    described = path.parent / METADATA_FILE
    try:
        status = described.stat()
    except FileNotFoundError:
        return {}
    if status.st_size > MAX_BYTES:
        raise UnusableContent(f"the {METADATA_FILE} beside it is larger than {MAX_BYTES // 1024 // 1024} MB")
    return told_of(path.name, _facts_beside(described, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=2)  # a folder of thousands asks for the same file thousands of times; a changed one has another key
def _facts_beside(described: Path, _changed: int, _size: int) -> dict[str, dict[str, str]]:
    return facts_by_file(described.read_bytes())
