"""Files become articles: one module per format, chosen by suffix. Knows no passages, no vectors.

    files(path) -> the readable files at or below a path      read(path) -> the articles in one file

A format is a function `bytes, name -> Raw` registered in `_FORMATS`. What a `metadata.jsonl` beside the file says of it
(one JSON object a line, `file` names the file) wins over what the file says of itself.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from index.article import Article, clean
from index.errors import UnusableContent
from index.passages import sentences
from index.readers import markdown, plain
from index.readers.raw import Raw

MAX_BYTES = 20 * 1024 * 1024
METADATA_FILE = "metadata.jsonl"
_TITLE_WORDS = 14

_FORMATS: dict[str, Callable[[bytes], Raw]] = {
    ".txt": plain.read,
    ".text": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
}
SUFFIXES = frozenset(_FORMATS)


def files(path: Path) -> Iterator[Path]:
    """Yield the file itself, or every readable file below a folder in a stable order; hidden ones are passed over."""
    if not path.is_dir():
        yield path
        return
    for child in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in child.relative_to(path).parts)
        if child.is_file() and child.suffix.lower() in SUFFIXES and not hidden:
            yield child


def read(path: Path) -> Iterator[Article]:
    """Yield the articles of one file.

    Raises `UnusableContent` with the reason for a file that is missing, unreadable, empty, too big or of no known format.
    """
    data = _bytes_of(path)
    yield from read_bytes(data, path.name, origin=path.resolve().as_uri(), known=_beside(path))


def read_bytes(data: bytes, name: str, *, origin: str, known: dict[str, str] | None = None) -> Iterator[Article]:
    """Yield the articles in the bytes of a file called `name`. `known` facts win over what the bytes say of themselves."""
    suffix = Path(name).suffix.lower()
    if suffix not in _FORMATS:
        raise UnusableContent(f"the format {suffix or 'without a suffix'} is not one of {', '.join(sorted(SUFFIXES))}")
    raw = _FORMATS[suffix](data)
    if not clean(raw.text).strip():
        raise UnusableContent("it holds no text")
    facts: dict[str, str | None] = {**raw.facts, **(known or {}), "file": name}
    title = facts.pop("title", None) or first_words(raw.text)
    yield Article.create(raw.text, title=title, origin=origin, **facts)


def first_words(text: str) -> str:
    """Return a title for a text that has none: its heading line if it begins with one, else the start of its first sentence."""
    text = clean(text)
    first_line = text.strip().split("\n", 1)[0].strip()
    start, end = next(iter(sentences(text)), (0, len(text)))
    begins_with_heading = text.find(first_line) + len(first_line) <= start
    words = (first_line if begins_with_heading else text[start:end]).split()
    shortened = " ".join(words[:_TITLE_WORDS])[:120]
    return shortened.rstrip(" ,;:–—") + "…" if len(words) > _TITLE_WORDS or len(shortened) == 120 else shortened.rstrip(".")


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnusableContent("there is no such file")
        if path.stat().st_size > MAX_BYTES:
            raise UnusableContent(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
        return path.read_bytes()
    except OSError as error:
        raise UnusableContent(f"it cannot be read: {error.strerror or error}") from error


def _beside(path: Path) -> dict[str, str]:
    """Return what the folder's `metadata.jsonl` says of this file."""
    try:
        lines = (path.parent / METADATA_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableContent(f"the {METADATA_FILE} beside it cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        try:
            facts = json.loads(line) if line.strip() else {}
        except json.JSONDecodeError as error:
            raise UnusableContent(f"line {number} of the {METADATA_FILE} beside it is not JSON: {error.msg}") from error
        if isinstance(facts, dict) and facts.get("file") == path.name:
            return {str(name): str(value) for name, value in facts.items() if value is not None and name != "file"}
    return {}
