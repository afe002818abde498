"""A Word document becomes its paragraphs and table rows in reading order. Knows no files.

The words are taken from the XML that python-docx opens rather than from its paragraphs, which leave out content controls
and text inserted under "track changes". Deleted text, comments, headers and footers are not the article.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from index.errors import UnusableContent
from index.readers.dates import with_dateline
from index.readers.office_title import usable_title
from index.readers.raw import Raw

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHARACTERS = {f"{_WORD}tab": " ", f"{_WORD}br": " ", f"{_WORD}cr": " ", f"{_WORD}noBreakHyphen": "-"}


def read(data: bytes) -> Raw:
    """Return the document's text, a paragraph or a table row a line. Raises `UnusableContent` when it is damaged."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    try:
        document = docx.Document(BytesIO(data))
    except (OpcError, XMLSyntaxError, KeyError, ValueError) as error:
        raise UnusableContent("it is a damaged Word document") from error
    lines = [line for line in _lines(document.element.body) if line]
    text = "\n\n".join(lines)
    return Raw(text, with_dateline(_facts(document), text))


def _facts(document: "Document") -> dict[str, str]:
    """Return title, author and the file's own dates; python-docx's and Word's template values say nothing."""
    own = document.core_properties
    facts = usable_title(own.title, "word properties")
    first = document.paragraphs[0] if document.paragraphs else None
    if first is not None and first.text.strip() and first.style is not None and first.style.name == "Title":
        facts = {"title": first.text, "title_from": "word title style"}
    author = (own.author or "").strip()
    facts |= {"author": author, "author_from": "word properties"} if author and author != "python-docx" else {}
    return facts | ({"file_created": own.created.date().isoformat()} if own.created else {})


def _lines(body: "_Element") -> Iterator[str]:
    """Yield the paragraphs outside tables and the rows of the outermost tables."""
    from lxml.etree import iterwalk

    walk = iterwalk(body, events=("start",))
    for _, element in walk:
        if element.tag == f"{_WORD}tr":
            walk.skip_subtree()
            cells = (_words(cell) for cell in element.iterchildren(f"{_WORD}tc"))
            row = " | ".join(cell for cell in cells if cell)
            yield f"| {row} |" if row else ""
        elif element.tag == f"{_WORD}p":
            walk.skip_subtree()
            is_item = element.find(f"{_WORD}pPr/{_WORD}numPr") is not None
            words = _words(element)
            yield f"- {words}" if is_item and words else words


def _words(element: "_Element") -> str:
    from lxml.etree import iterwalk

    parts: list[str] = []
    walk = iterwalk(element, events=("start",))
    for _, child in walk:
        if child.tag == _FALLBACK:
            walk.skip_subtree()
        elif child.tag == f"{_WORD}t":
            parts.append(child.text or "")
        elif child.tag == f"{_WORD}p" and parts:
            parts.append(" ")
        else:
            parts.append(_CHARACTERS.get(str(child.tag), ""))
    return " ".join("".join(parts).split())
