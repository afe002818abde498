"""Plain text: bytes in whatever encoding they are in become text. Knows no files."""

import codecs
import re

from charset_normalizer import from_bytes

from index.errors import UnusableContent
from index.readers.dates import with_dateline
from index.readers.raw import Raw

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_PROBE, _MAX_PROBE = 64 * 1024, 256 * 1024
_TELLING = re.compile(rb"[^\n\x80-\xff]{0,80}[\x80-\xff][^\n]*")  # plain ASCII before it says nothing of the encoding
# Labels mean what browsers take them for (encoding.spec.whatwg.org): pages that say latin-1 use the Windows superset.
# Python's own notations, what browsers refuse, and UTF-16, which nothing that could be read this far is in.
_NO_CHARSETS = ("utf-7", "utf-16", "utf-32", "idna", "punycode", "unicode", "raw", "undefined", "mbcs", "oem")
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "iso8859-9": "cp1254"}


def read(data: bytes, charset: str | None = None) -> Raw:
    """Return the decoded text. Raises `UnusableContent` when the bytes are no text in any likely encoding."""
    text = decode(data, charset)
    return Raw(text, with_dateline({}, text))


def decode(data: bytes, charset: str | None = None) -> str:
    """Decode by byte order mark, else strictly as the declared `charset` or UTF-8, else as the encoding they look like."""
    encoding = byte_order_mark(data)
    if encoding:
        return _strictly(data, encoding)
    if b"\x00" in data:
        raise UnusableContent("it is not text (it contains zero bytes)")
    for candidate in (codec_name(charset), "utf-8"):
        try:
            if candidate:
                return data.decode(candidate)
        except UnicodeError:
            continue
    return _strictly(data, guessed(data))


def byte_order_mark(data: bytes) -> str | None:
    """Return the encoding that a byte order mark in front of the data names."""
    return next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)


def codec_name(label: str | None) -> str | None:
    """Return Python's name for a declared character set, or None when it is not one of text."""
    try:
        info = codecs.lookup((label or "").strip().strip("\"'").lower())
    except (LookupError, ValueError):
        return None
    is_charset = getattr(info, "_is_text_encoding", True) and not info.name.startswith(_NO_CHARSETS)  # rot13 is a codec too
    return _SUPERSETS.get(info.name, info.name) if is_charset else None


def guessed(data: bytes) -> str:
    """Return the encoding that bytes which are not UTF-8 look like, judged by the lines that show one.

    Raises `UnusableContent` when they look like none.
    """
    telling, size = [], 0
    for match in _TELLING.finditer(data):
        telling.append(match.group())
        size += len(telling[-1])
        if size > _PROBE:
            break
    guess = from_bytes(b"\n".join(telling)[:_MAX_PROBE]).best()
    if guess is None:
        raise UnusableContent("it is not text in any encoding that could be recognised; save it as UTF-8")
    return _SUPERSETS.get(codecs.lookup(guess.encoding).name, guess.encoding)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise UnusableContent(f"it looks like {encoding} text but is damaged; save it as UTF-8") from error
