"""Which titles in the metadata of PDF and Word files are titles. Most are leftovers of a template or a printer."""

import re

_LEFTOVER = re.compile(
    r"^(?:microsoft\s+(?:word|powerpoint)|untitled|unbenannt|sans\s+titre|document\d*|doc\d+|word\s+document|title|print|layout)\b"
    r"|\.(?:docx?|pdf|indd|qxp|rtf|odt|tex|dvi|html?|tmp)$",
    re.IGNORECASE,
)


def usable_title(as_written: object, origin: str) -> dict[str, str]:
    """Return the title fact for words that read like a title: two at least, with letters, and no file name."""
    title = " ".join(str(as_written or "").split())
    is_title = len(title.split()) > 1 and sum(map(str.isalpha, title)) > len(title) / 2 and not _LEFTOVER.search(title)
    return {"title": title, "title_from": origin} if is_title else {}
