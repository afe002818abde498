"""Plain text: bytes in whatever encoding they are in become text. Knows no files."""

from charset_normalizer import from_bytes

from index.errors import UnusableContent
from index.readers.raw import Raw

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_PROBE = 64 * 1024


def read(data: bytes) -> Raw:
    """Return the decoded text. Raises `UnusableContent` when the bytes are no text in any likely encoding."""
    return Raw(decode(data))


def decode(data: bytes) -> str:
    """Decode by byte order mark, else strictly as UTF-8, else as the encoding that the bytes look like."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _strictly(data, encoding)
    if b"\x00" in data:
        raise UnusableContent("it is not text (it contains zero bytes)")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        guess = from_bytes(data[:_PROBE]).best()
    if guess is None:
        raise UnusableContent("it is not text in any encoding that could be recognised; save it as UTF-8")
    return _strictly(data, guess.encoding)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise UnusableContent(f"it looks like {encoding} text but is damaged; save it as UTF-8") from error
