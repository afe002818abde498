"""A text's words as the keyword index cuts them, and which of them are worth searching. Pure."""

import unicodedata
from collections.abc import Iterable

MAX_KEYWORDS = 32  # the rarest are searched: BM25 over 500 common words takes 20 s at 50,000 passages


def words(text: str) -> list[str]:
    """Return the text's words as the keyword index would cut them: letters, digits and marks; the rest separates."""
    return "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in unicodedata.normalize("NFC", text)).split()


def storable(text: str) -> str:
    """Return the text without lone surrogates, which SQLite cannot take."""
    return text.encode("utf-8", "replace").decode("utf-8")


def rarest(frequencies: Iterable[tuple[str, int]], passages: int) -> list[str]:
    """Return the words worth searching, given how many of the passages hold each: known ones, the rarest MAX_KEYWORDS.

    BM25 gives nothing for a word of more than half of the passages, so such words are left out unless there are no others.
    """
    known = [(count, word) for word, count in frequencies if count]
    telling = [(count, word) for count, word in known if count * 2 <= passages]
    return [word for _, word in sorted(telling or known, key=lambda pair: pair[0])[:MAX_KEYWORDS]]
