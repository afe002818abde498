"""Markdown: front matter becomes facts, the rest plain text without markup. Knows no files.

The words are quoted later, so markup must not be among them: a link keeps its text and loses its address.
"""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.readers.dates import dated
from index.readers.plain import decode
from index.readers.raw import Raw

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FACT = re.compile(r"^([A-Za-z_-]+)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
# What blogs and static site generators call the facts that an article has.
_NAMES = {
    "date": "published",
    "outlet": "source",
    "publisher": "source",
    "link": "url",
    "canonical_url": "url",
    "lastmod": "updated",
}
_STATED = frozenset({"title", "source", "url", "author"})


def read(data: bytes, charset: str | None = None) -> Raw:
    """Return the document's text, one line a block, list items marked "- ", and the flat `name: value` facts in front of it."""
    text = decode(data, charset).replace("\r\n", "\n").lstrip("\ufeff")
    front = _FRONT_MATTER.match(text)
    facts: dict[str, str] = {}
    if front:
        facts = _front_facts(front.group(1))
        text = text[front.end() :]
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    heading = next((_words(after) for token, after in pairwise(tokens) if token.tag == "h1"), "")
    if heading and "title" not in facts:
        facts |= {"title": heading, "title_from": "heading"}
    return Raw("\n\n".join(_lines(tokens)), facts)


def _front_facts(matter: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name, value in _FACT.findall(matter):
        fact, words = _NAMES.get(name.lower(), name.lower()), value.strip("'\"")
        if fact in {"published", "updated"}:
            facts |= dated(fact, words, "front matter")
        else:
            facts |= {fact: words, f"{fact}_from": "front matter"} if fact in _STATED else {fact: words}
    return facts


def _lines(tokens: list[Token]) -> list[str]:
    lines: list[str] = []
    row: list[str] | None = None
    in_item = False
    for token in tokens:
        in_item = in_item or token.type == "list_item_open"
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append(f"| {' | '.join(filter(None, row))} |" if any(row) else "")
            row = None
        elif token.type == "inline" and row is not None:
            row.append(_words(token))
        elif token.type == "inline":
            lines.append(("- " if in_item else "") + _words(token))
            in_item = False
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.rstrip())
    return [line for line in lines if line.strip()]


def _words(inline: Token) -> str:
    """Return the text of an inline token: no emphasis marks, no addresses, no HTML tags."""
    parts = []
    for child in inline.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type == "image":
            parts.append(_words(child))
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts).strip()
