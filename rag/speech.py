"""How much of an article must be quoted for a sentence to stand on its own: whole quotations, their speaker, the thing
that "This" or "He" means. Pure: text and offsets in, offsets out."""

import re
from collections.abc import Sequence

from index.passages import Span

_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
_REFERS_BACK = re.compile(
    r"^(?:(?:this|these|those|such|he|she|they|it|his|her|their|its)\b(?!\s+(?:article|report|is\s+(?:why|because)))"
    r"|(?:according to|in) (?:this|that|the same)\b)",
    re.IGNORECASE,
)
_MAX_CONTEXT_WORDS = 70  # beyond this a reader is better served by opening the article at the mark


def standing_alone(text: str, sentences: Sequence[Span], first: int, last: int) -> Span:
    """Return `start, end` of sentences[first..last] widened, within their paragraph, until they can be quoted fairly.

    A quotation is never cut in half, one without its speaker takes the neighbour that names the speaker, and a sentence
    that begins by referring back takes the one before it.
    """
    while first > 0 and _is_half_quotation(text, sentences, first, last) and _same_paragraph(text, sentences, first - 1, first):
        first -= 1
    while (
        last + 1 < len(sentences)
        and _is_half_quotation(text, sentences, first, last)
        and _same_paragraph(text, sentences, last, last + 1)
    ):
        last += 1
    words = text[sentences[first][0] : sentences[last][1]]
    if not re.search(r"\w", _QUOTED.sub("", words)):
        if first > 0 and _same_paragraph(text, sentences, first - 1, first):
            first -= 1
        elif last + 1 < len(sentences) and _same_paragraph(text, sentences, last, last + 1):
            last += 1
    elif _REFERS_BACK.match(words) and first > 0 and _same_paragraph(text, sentences, first - 1, first):
        before = text[sentences[first - 1][0] : sentences[last][1]]
        first -= len(before.split()) <= _MAX_CONTEXT_WORDS
    return sentences[first][0], sentences[last][1]


def covering(sentences: Sequence[Span], start: int, end: int) -> tuple[int, int] | None:
    """Return the indices of the first and last sentence that the span touches, or None when it lies in none."""
    touched = [index for index, (first, last) in enumerate(sentences) if first < end and start < last]
    return (touched[0], touched[-1]) if touched else None


def _is_half_quotation(text: str, sentences: Sequence[Span], first: int, last: int) -> bool:
    words = text[sentences[first][0] : sentences[last][1]]
    return words.count("“") != words.count("”") or words.count('"') % 2 == 1


def _same_paragraph(text: str, sentences: Sequence[Span], first: int, last: int) -> bool:
    return "\n" not in text[sentences[first][1] : sentences[last][0]]
