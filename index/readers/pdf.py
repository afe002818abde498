"""A PDF becomes the text of its pages, put together as it is read. Knows no files; scans hold no text for it."""

import re
from collections import Counter
from io import BytesIO
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from index.errors import UnusableContent
from index.readers.dates import dated, with_dateline
from index.readers.office_title import usable_title
from index.readers.raw import MAX_CHARS, Raw

if TYPE_CHECKING:
    from pypdf import PdfReader

_MAX_PAGES = 3000
_RUNNING_PAGES = 3  # from how many pages on a repeated first or last line is a running head
_DIGITS = re.compile(r"\d+")
_HYPHENATED = re.compile(r"\b(\w{2,})[-\u00ad]\n([a-zß-öø-ÿ]\w+)")
# One glyph for several letters is typesetting; as text it would hide "office" from whoever looks for it.
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_ENDS_SENTENCE = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")


def read(data: bytes) -> Raw:
    """Return the text of all pages; headings and paragraphs stay lines, lines broken by the layout are joined.

    Raises `UnusableContent` for a PDF that is damaged, needs a password, or holds pictures only.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

    try:
        document = PdfReader(BytesIO(data))
        if document.is_encrypted and not document.decrypt(""):
            raise UnusableContent("it is encrypted with a password; save it without one")
        pages = _pages(document)
        facts = _facts(document)
    except LimitReachedError as error:
        raise UnusableContent("it is compressed or nested beyond reason (a PDF bomb?)") from error
    except DependencyError as error:
        raise UnusableContent("it is encrypted; save it without a password") from error
    except PyPdfError as error:
        raise UnusableContent("it is a damaged PDF, or one that cannot be read") from error
    if not any(page.strip() for page in pages):
        raise UnusableContent("it holds no text (a scan?); run text recognition on it first")
    kept = _without_running_lines(pages)
    lines = "\n".join(chain.from_iterable(kept))  # joined, a dateline would have no line of its own
    return Raw(_joined(kept), with_dateline(facts, lines))


def _pages(document: "PdfReader") -> list[str]:
    if len(document.pages) > _MAX_PAGES:
        raise UnusableContent(f"it has {len(document.pages):,} pages, more than {_MAX_PAGES:,}; split it")
    texts: list[str] = []
    for page in document.pages:
        texts.append(page.extract_text())
        if sum(map(len, texts)) > 2 * MAX_CHARS:
            raise UnusableContent(f"its text has more than {MAX_CHARS:,} characters; split it into parts")
    return texts


def _facts(document: "PdfReader") -> dict[str, str]:
    """Return the title, author and date in the PDF's own metadata. When the *file* was made is no publication date."""
    own = document.metadata
    facts = usable_title(own.title if own else None, "pdf metadata")
    author = str(own.author or "").strip() if own else ""
    facts |= {"author": author, "author_from": "pdf metadata"} if author else {}
    made = re.match(r"D:(\d{4})(\d{2})(\d{2})", str(own.get("/CreationDate", "")) if own else "")
    facts |= {"file_created": "-".join(made.groups())} if made else {}
    stated = str(own.get("/PublicationDate", "") or own.get("/prism:publicationDate", "")) if own else ""
    return facts | dated("published", stated, "pdf metadata")


def _without_running_lines(pages: list[str]) -> list[list[str]]:
    """Return each page's lines without page numbers and without the heads and feet that most pages repeat."""
    lines = [[line.strip() for line in page.replace("\r", "\n").split("\n") if line.strip()] for page in pages]
    masked = Counter(_DIGITS.sub("#", page[place]) for page in lines for place in (0, -1) if page)
    often = {line for line, count in masked.items() if count >= _RUNNING_PAGES and count > len(pages) / 2}

    def is_running(line: str) -> bool:
        mask = _DIGITS.sub("#", line)
        return mask in often or mask in {"#", "- # -", "– # –"}

    for page in lines:
        while page and is_running(page[0]):
            page.pop(0)
        while page and is_running(page[-1]):
            page.pop()
    return lines


def _joined(pages: list[list[str]]) -> str:
    """Join lines that the layout broke: full ones that end no sentence, across page ends too; mend words cut by a hyphen."""
    lines = [line for page in pages for line in page]
    if not lines:
        return ""
    lengths = sorted(map(len, lines))
    full = 0.7 * lengths[int(0.9 * (len(lengths) - 1))]
    text = lines[0]
    for before, line in pairwise(lines):
        is_broken = len(before) >= full and not (_ENDS_SENTENCE.search(before) and len(before) < full / 0.7)
        continues = line[:1].islower() and not _ENDS_SENTENCE.search(before)
        text_end = "\n" if before.endswith(("-", "\u00ad")) and line[:1].islower() else " "
        text += (text_end if is_broken or continues else "\n\n") + line
    whole_words = set(re.findall(r"\b\w+-\w+", text))

    def mended(match: re.Match[str]) -> str:
        with_hyphen = f"{match[1]}-{match[2]}"
        return with_hyphen if with_hyphen in whole_words else match[1] + match[2]

    return _HYPHENATED.sub(mended, text).translate(_LIGATURES)
