"""Which format some bytes are in: by what they begin with, and only then by name or content type. Parses nothing."""

import re
from typing import Literal

from index.errors import UnknownFormat, UnusableContent

Kind = Literal["text", "markdown", "html", "pdf", "word", "feed", "jsonl", "json", "csv", "zip"]

_SUFFIXES: dict[str, Kind] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "word",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".xml": "feed",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".zip": "zip",
}
SUFFIXES = frozenset(_SUFFIXES)
CONTENT_TYPES: dict[str, Kind] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/rdf+xml": "feed",
    "application/xml": "feed",
    "text/xml": "feed",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/json": "json",
    "application/feed+json": "json",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/zip": "zip",
}
# What bytes begin with that are no article, and what their owner can do about it.
_FOREIGN: dict[bytes, str] = {
    b"\xd0\xcf\x11\xe0": "an old Office file; save it as .docx",
    b"{\\rtf": "a rich text file; save it as .docx",
    b"%!PS": "a PostScript file; save it as PDF",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"RIFF": "a media file",
    b"OggS": "a media file",
    b"ID3": "a media file",
    b"\x1f\x8b": "gzip-compressed; unpack it first",
    b"BZh": "bzip2-compressed; unpack it first",
    b"\xfd7zXZ": "xz-compressed; unpack it first",
    b"\x28\xb5\x2f\xfd": "zstd-compressed; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; pack it as .zip",
    b"Rar!": "a RAR archive; pack it as .zip",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"SQLite format 3\x00": "a database",
    b"PAR1": "a Parquet table; save it as JSONL or CSV",
}
_HEAD = 4096
_ROOT = re.compile(r"<([A-Za-z_][\w:.\-]*)")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_BINARY: frozenset[Kind] = frozenset({"pdf", "word", "zip"})


def suffix_of(name: str) -> str:
    """Return the lower-case suffix of a file name, of whatever system's making; "" when it has none."""
    last = name.replace("\\", "/").replace("\0", "").rstrip(". /").rpartition("/")[2]
    return f".{last.rpartition('.')[2].lower()}" if "." in last else ""


def kind_of(data: bytes, name: str, content_type: str | None = None) -> Kind:
    """Return the format of the first bytes of a file called `name`, or served with that content type.

    Content wins: a PDF called `.txt` is a PDF. Raises `UnusableContent` for what is empty and `UnknownFormat`
    for what is foreign or unknown.
    """
    suffix = suffix_of(name)
    named = _SUFFIXES.get(suffix) or CONTENT_TYPES.get((content_type or "").partition(";")[0].strip().lower())
    if not data.strip():
        raise UnusableContent("it is empty")
    for magic, what in _FOREIGN.items():
        if data.startswith(magic):
            raise UnknownFormat(f"it is {what}")
    if data.lstrip().startswith(b"%PDF-") or (named == "pdf" and b"%PDF-" in data[:1024]):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if named in _BINARY:
        raise UnknownFormat(f"its name says {named}, but its content is something else")
    return _marked_up(_beginning(data)) or _by_name(named, data, suffix)


def _by_name(named: Kind | None, data: bytes, suffix: str) -> Kind:
    if named is None:
        raise UnknownFormat(f"the format {suffix or 'without a suffix'} is not one of {', '.join(sorted(SUFFIXES))}")
    if named == "feed":
        raise UnknownFormat("it is no RSS or Atom feed")
    if named == "jsonl" and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        return "json"
    return named


def _beginning(data: bytes) -> str:
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").lstrip("\ufeff \t\r\n")
    return head.decode("latin-1")


def _marked_up(beginning: str) -> Kind | None:
    """Return html or feed when the text begins as one; an XML declaration alone says neither."""
    if not beginning.startswith("<"):
        return None
    if beginning[:200].lower().startswith("<!doctype html"):
        return "html"
    root = _ROOT.search(re.sub(r"<!--.*?(?:-->|\Z)", "", beginning, flags=re.DOTALL))
    local_name = root.group(1).rpartition(":")[2].lower() if root else ""
    if local_name in _FEED_ROOTS:
        return "feed"
    return "html" if local_name in {"html", "head", "body"} else None
