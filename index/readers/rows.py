"""Tables of articles: every row of a JSONL, JSON or CSV file with a text column is an article. Reads row by row.

A row's `part` is its own id, its address or its number; what is not known as a column of facts is kept as metadata.
"""

import csv
import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from typing import Any, BinaryIO

from index.errors import UnusableContent
from index.readers.dates import dated
from index.readers.plain import byte_order_mark, decode, guessed
from index.readers.raw import MAX_CHARS, Outcome, Raw, Refused, identifying, one_line

TEXT_COLUMNS = ("text", "content", "body", "article", "article_text", "full_text", "fulltext", "articlebody", "content_text")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "name"),
    "url": ("url", "link", "canonical_url", "web_url"),
    "source": ("source", "outlet", "publisher", "publication", "source_name", "site", "newspaper"),
    "author": ("author", "authors", "byline"),
    "published": (
        "published",
        "published_at",
        "publishedat",
        "date",
        "datepublished",
        "date_published",
        "publish_date",
        "pubdate",
    ),
    "updated": ("updated", "updated_at", "updatedat", "date_modified", "datemodified", "modified", "lastmod"),
    "id": ("id", "guid", "uid", "_id", "article_id"),
}
_KNOWN = frozenset(TEXT_COLUMNS).union(*_COLUMNS.values())
_MAX_ROW = 1024 * 1024  # characters of one row; one of nested brackets takes 25 times as much memory when read
_MAX_LISTED = 50  # authors, tags; a longer list is data
_DELIMITERS = ",;\t|"
_CHUNK = 64 * 1024
_DAMAGED = "its characters are damaged; save it as UTF-8"


def read_jsonl(stream: BinaryIO) -> Iterator[Outcome]:
    """Yield an outcome for every line that is not blank. Raises `UnusableContent` when the bytes are no text."""
    lines = _text(stream)
    keys: set[str] = set()
    number = 0
    try:
        while line := lines.readline(_MAX_ROW + 1):
            number += 1
            if len(line) > _MAX_ROW:
                while line and not line.endswith("\n"):
                    line = lines.readline(_CHUNK)
                yield Refused(f"row {number}", f"it is longer than {_MAX_ROW:,} characters")
            elif line.strip():
                yield _json_row(line, number, keys)
    except UnicodeDecodeError:
        yield Refused(f"row {number + 1} and what follows", _DAMAGED)
    lines.detach()


def _json_row(line: str, number: int, keys: set[str]) -> Outcome:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Refused(f"row {number}", "it is not JSON")
    return _outcome(row, number, keys) if isinstance(row, dict) else Refused(f"row {number}", "it is not a JSON object")


def read_json(data: bytes) -> Iterator[Outcome]:
    """Yield the objects of a JSON list, of the only list of objects in a JSON object, or the one object that has text."""
    try:
        whole = json.loads(decode(data))
    except RecursionError as error:
        raise UnusableContent("its JSON is nested too deeply") from error
    except ValueError as error:
        raise UnusableContent("it is not JSON; one object a line is called .jsonl") from error
    lists = [value for value in whole.values() if isinstance(value, list)] if isinstance(whole, dict) else [whole]
    rows = [whole] if isinstance(whole, dict) and _text_column(whole) else lists[0] if len(lists) == 1 else None
    if not isinstance(rows, list):
        raise UnusableContent("it is JSON, but neither an article nor a list of articles")
    keys: set[str] = set()
    for number, row in enumerate(rows, start=1):
        is_object = isinstance(row, dict)
        yield _outcome(row, number, keys) if is_object else Refused(f"row {number}", "it is not a JSON object")


def read_csv(stream: BinaryIO) -> Iterator[Outcome]:
    """Yield an outcome for every row below the line of column names. Raises `UnusableContent` without a text column."""
    lines = _text(stream)
    csv.field_size_limit(MAX_CHARS)
    try:
        first = lines.readline(_MAX_ROW)
    except UnicodeDecodeError as error:
        raise UnusableContent(_DAMAGED) from error
    delimiter = max(_DELIMITERS, key=first.count)
    names = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
    if not set(names) & set(TEXT_COLUMNS):
        shown = ", ".join(one_line(name, 30) for name in names[:12])
        raise UnusableContent(f"no column holds text: it has {shown}; call one text, content, body or article")
    keys: set[str] = set()
    number = 1
    try:
        source = _RowLines(lines)
        for row in csv.reader(source, delimiter=delimiter):
            number += 1
            source.size = 0
            if row:
                yield _outcome(dict(zip(names, row, strict=False)), number, keys)
    except csv.Error as error:
        yield Refused(f"row {number + 1} and what follows", f"it is not CSV: {error}")
    except UnicodeDecodeError:
        yield Refused(f"row {number + 1} and what follows", _DAMAGED)
    lines.detach()


class _RowLines:
    """The lines of a CSV file; `size` counts the characters of the row they belong to, which is bounded."""

    def __init__(self, lines: TextIOWrapper) -> None:
        self._lines, self.size = lines, 0

    def __iter__(self) -> "_RowLines":
        return self

    def __next__(self) -> str:
        line = self._lines.readline(_MAX_ROW + 1)
        self.size += len(line)
        if self.size > _MAX_ROW:
            raise csv.Error(f"a row is longer than {_MAX_ROW:,} characters")
        if not line:
            raise StopIteration
        return line


def _text(stream: BinaryIO) -> TextIOWrapper:
    """Return the stream as text in its own encoding, which is looked for in all of it first."""
    encoding = byte_order_mark(stream.read(4)) or _found_encoding(stream)
    stream.seek(0)
    return TextIOWrapper(stream, encoding=encoding, newline="")


def _found_encoding(stream: BinaryIO) -> str:
    decoder = getincrementaldecoder("utf-8")()
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return guessed(chunk)
        if b"\0" in chunk:
            raise UnusableContent("it is not text (it contains zero bytes)")
    return "utf-8"


def _text_column(row: dict[str, Any]) -> str | None:
    names = {name.strip().lower(): name for name in row}
    return next((names[column] for column in TEXT_COLUMNS if column in names and isinstance(row[names[column]], str)), None)


def _outcome(row: dict[str, Any], number: int, keys: set[str]) -> Outcome:
    """Return a row's article; `keys` are the parts seen before, because two rows with one name would replace each other."""
    column = _text_column(row)
    values = {name.strip().lower(): _words(value) for name, value in row.items() if name != column}
    text = row[column] if column else ""
    if not text.strip():
        return Refused(f"row {number}", "it holds no text" if column else "it has no text column")
    facts: dict[str, str] = {"text_from": f"column {column}"}
    for fact in ("title", "url", "source", "author", "published", "updated"):
        origin = next((name for name in _COLUMNS[fact] if values.get(name)), None)
        if origin and fact in {"published", "updated"}:
            facts |= dated(fact, values[origin], f"column {origin}")
        elif origin and (fact != "url" or values[origin].startswith(("http://", "https://"))):
            facts |= {fact: values[origin], f"{fact}_from": f"column {origin}"}
    facts |= {name: value for name, value in values.items() if value and name not in _KNOWN and name not in facts}
    named = next((values[name] for name in _COLUMNS["id"] if values.get(name)), "") or facts.get("url")
    key = identifying(named or f"row {number}")
    if key in keys:
        return Refused(f"row {number}", f"another row has the same name, {one_line(key, 80)}")
    keys.add(key)
    return Raw(text, facts, key)


def _words(value: object) -> str:
    """Return a value as words: an object's name, a list's items; nothing for what has no short form."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        is_short = len(value) <= _MAX_LISTED and not any(isinstance(item, list) for item in value)
        return ", ".join(filter(None, map(_words, value))) if is_short else ""
    return " ".join(str(value).split()) if value is not None else ""


def from_bytes(data: bytes) -> BinaryIO:
    """Return the bytes as the stream that the row readers take."""
    return BytesIO(data)
