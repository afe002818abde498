"""A web page becomes its article (trafilatura) and what the page says of it. Knows no addresses, fetches nothing."""

import re
from typing import TYPE_CHECKING

from index.errors import UnusableContent
from index.readers.markup import text_of, without_break_hints
from index.readers.page_facts import page_facts
from index.readers.plain import byte_order_mark, codec_name, guessed
from index.readers.plain import decode as decode_plain
from index.readers.raw import Raw

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_TABLE_RULE = re.compile(r"^\|(?:\s*:?-{3,}:?\s*\|)+\s*$\n?", re.MULTILINE)
_CHARSET_HEAD = 4096
_SMALL_PAGE = 400  # characters; below about 250 trafilatura gives up and tears paragraphs apart at every inline element


def read(data: bytes, charset: str | None = None) -> Raw:
    """Return the page's article and facts. `charset` is what the server declared; else the page's own word counts.

    Raises `UnusableContent` when the page holds no article text.
    """
    from lxml import html
    from lxml.etree import ParserError

    source = _XML_DECLARATION.sub("", decode(data, charset)).replace("\0", "")
    # Text with its encoding settled must not be decoded a second time by what the page declares.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except ParserError as error:  # what lxml calls a document without elements
        raise UnusableContent("no article text was found in the page") from error
    facts = page_facts(tree)
    text = _article_text(tree)
    if not text:
        raise UnusableContent("no article text was found in the page")
    return Raw(text, facts)


def decode(data: bytes, charset: str | None = None) -> str:
    """Return the page's characters: byte order mark, then the server's word, then the page's own, then what it looks like.

    A page in a declared encoding with a few broken bytes stays readable: they become replacement characters.
    """
    if byte_order_mark(data):
        return decode_plain(data)
    own = _META_CHARSET.search(data, 0, _CHARSET_HEAD) or _XML_CHARSET.search(data, 0, _CHARSET_HEAD)
    declared = codec_name(charset) or codec_name(own.group(1).decode("ascii") if own else None)
    for candidate in (declared, "utf-8"):
        try:
            if candidate:
                return data.decode(candidate)
        except UnicodeError:
            continue
    readable = data.decode(declared or "utf-8", "replace")
    few = readable.count("\ufffd") * 1000 <= len(readable)
    return readable if few else data.decode(guessed(data), "replace")


def _article_text(tree: "HtmlElement") -> str:
    import trafilatura

    body = tree.find("body")
    fallback = text_of(body if body is not None else tree)  # first: trafilatura changes the tree
    if len(fallback) < _SMALL_PAGE:
        return fallback
    text = trafilatura.extract(tree, include_comments=False, include_tables=True) or ""
    return without_break_hints(_TABLE_RULE.sub("", text)).strip() or fallback
