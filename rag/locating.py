"""Where in an article words stand: exact after normalisation, with a map back to the article's offsets. Never fuzzy. Pure.

Normalised are case, white space, punctuation, kinds of quotation marks and dashes, and characters that mean the same (NFKC);
letters, digits, and the signs of money and percent must be the same, as whole words, in the same order.
"""

import re
import unicodedata
from dataclasses import dataclass

from index.passages import Span

_SIGNS = frozenset("%$€£¥₹‰")
# Words between two marks, in American, French, German and British print. An apostrophe ends nothing: neither one between
# letters, nor that of "the workers’ union" where a mark behind a full stop or comma follows.
_GERMAN = r"„[^„“”]*[“”]"
_DOUBLE = rf"“[^“”]*”|\"[^\"]*\"|«[^«»]*»|{_GERMAN}"
_OPENS = r"(?<!\w)‘(?!\d\ds?\b)"  # and not the "‘90s"
_SINGLE = rf"{_OPENS}(?:[^‘’]|’(?=\w)|(?<=s)’(?=\s))*(?<=[.,!?…;:–—-])’(?!\w)|{_OPENS}(?:[^‘’]|’(?=\w))*’(?!\w)"
_QUOTED = re.compile(_DOUBLE)
_PRINTED = re.compile(f"{_DOUBLE}|{_SINGLE}")
_PAIRED = re.compile(f"{_GERMAN}|{_SINGLE}")
_OPENING = re.compile(rf"[“\"«„]|{_OPENS}")
_OPENS_ONLY = re.compile(_OPENS)
_CLOSES_ONLY = re.compile(r"(?<=[^\w\s])’(?!\w)|(?<=\w)’(?![\w\s])")
_LEFT_OUT = re.compile(r"\s*(?:\.\s?\.\s?\.|…)\s*")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text as it is compared: words with single spaces around each, and where each character comes from."""

    text: str
    origins: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Normalised":
        kept, origins = [" "], [0]
        for at, character in enumerate(text):
            for part in unicodedata.normalize("NFKC", character).casefold():
                counts = part.isalnum() or part in _SIGNS or unicodedata.category(part)[0] == "M"
                if counts or kept[-1] != " ":
                    kept.append(part if counts else " ")
                    origins.append(at)
        if kept[-1] != " ":
            kept.append(" ")
            origins.append(len(text))
        return cls("".join(kept), tuple(origins))

    def find(self, words: str, begin: int = 0) -> Span | None:
        """Return `start, end` of these words in the original text, from `begin` on, or None."""
        wanted = Normalised.of(words).text
        if not wanted.strip():
            return None
        first = next((i for i, at in enumerate(self.origins) if at >= begin), len(self.text))
        found = self.text.find(wanted, max(0, first - 1))
        return None if found < 0 else (self.origins[found + 1], self.origins[found + len(wanted) - 2] + 1)


def quotations(sentence: str) -> list[str]:
    """Return what a sentence puts in quotation marks; not in single ones, which name as often as they quote."""
    return [words for match in _QUOTED.finditer(sentence) if (words := match.group()[1:-1].strip())]


def without_quotations(text: str) -> str:
    """Return what stands outside quotation marks, double or single."""
    return _PRINTED.sub("", text)


def begins_quoted(text: str) -> bool:
    """Say whether its first character opens a quotation."""
    return bool(_OPENING.match(text))


def is_cut(text: str, *, before: str) -> bool:
    """Say whether a quotation is cut in half where the text begins or ends; `before` is what stands in front of it.

    A single mark may be an apostrophe: it closes a quotation only where one was opened before.
    """
    outside = _PAIRED.sub("", text)
    if outside.count("“") != outside.count("”") or outside.count('"') % 2:
        return True
    return bool(_OPENS_ONLY.search(outside) or ("‘" in before and _CLOSES_ONLY.search(outside)))


def find_quotation(text: Normalised, quotation: str) -> Span | None:
    """Return where a quotation stands; its parts around "..." must stand in this order. None when it is not there."""
    start, end = -1, 0
    for part in _LEFT_OUT.split(quotation):
        if not Normalised.of(part).text.strip():
            continue
        found = text.find(part, end)
        if found is None:
            return None
        start, end = (found[0] if start < 0 else start), found[1]
    return (start, end) if start >= 0 else None
