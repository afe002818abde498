"""Addresses that open an article at the quoted words: its own address when that is one of the web, else one of this server."""

import re
from urllib.parse import quote, urlsplit

_SCHEMES = frozenset({"http", "https"})
# No address has them bare, and where a client reads Markdown they would make a picture or a tag of an article's address.
_NOT_IN_ADDRESSES = re.compile(r"[\s<>\[\]`\"\\^{|}*]")


def address_of(url: str | None, base: str, article_id: str, start: int, end: int) -> str:
    """Return the article's own web address, or else the absolute link that opens it on this server: never empty.

    What would be Markdown in it is written in percent. `base` is where this server is reached, such as
    `http://127.0.0.1:7860`; offsets as everywhere.
    """
    if url and _is_web_address(url):
        return _NOT_IN_ADDRESSES.sub(lambda found: quote(found[0], safe=""), url)
    return f"{base.rstrip('/')}/#src={quote(article_id, safe='')}:{start}-{end}"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and bool(parts.netloc) and not _NOT_IN_ADDRESSES.search(parts.netloc)
