"""A tree of HTML elements becomes lines of text: a block a line, nothing hidden, no markup. Knows no pages, no files.

For fragments that are the article already (feed items) and pages too small to be told apart from their furniture.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_SILENT = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "title",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "select",
        "option",
        "button",
        "textarea",
        "form",
        "nav",
        "footer",
        "aside",
        "dialog",
    ]
)
_BREAK_HINTS = dict.fromkeys((0x00AD, 0x200B, 0x2060))
_SPACES = re.compile(r"[ \t\r\n\f]+")


def text_of_fragment(html: str) -> str:
    """Return the text of a piece of HTML, one block a line. A string without tags comes back with its entities read."""
    from lxml import html as parser

    return text_of(parser.document_fromstring(f"<div>{html}</div>")) if html.strip() else ""


def without_break_hints(text: str) -> str:
    """Return the text without the invisible places where a page allows a word to be broken; they hide words from searches."""
    return text.translate(_BREAK_HINTS)


def text_of(root: "_Element") -> str:
    """Return the text below an element, one block a line; scripts, forms, navigation and page ends are left out."""
    from lxml.etree import iterwalk

    pieces: list[str] = []
    walk = iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else None
        if event == "start" and tag in _SILENT and element is not root:
            walk.skip_subtree()
        elif event == "start" and tag is not None:
            pieces.append(_before(tag) + _SPACES.sub(" ", element.text or ""))
        if event != "start" and element is not root:
            pieces.append(_after(tag) + _SPACES.sub(" ", element.tail or ""))
    lines = (_SPACES.sub(" ", line).strip() for line in without_break_hints("".join(pieces)).split("\n"))
    return "\n".join(line for line in lines if line)


def _before(tag: str) -> str:
    if tag in _INLINE:
        return ""
    return {"li": "\n- ", "tr": "\n|", "td": " ", "th": " "}.get(tag, "\n")


def _after(tag: str | None) -> str:
    if tag is None or tag in _INLINE or tag == "br":
        return ""
    return " |" if tag in {"td", "th"} else "\n"
