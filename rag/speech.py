"""How much of an article must be quoted for a sentence to stand on its own: whole quotations, their speaker, the thing
that "This" or "He" means. Pure: text and offsets in, offsets out."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile

from index.passages import Span, paragraphs

_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
_REFERS_BACK = re.compile(
    r"^(?:(?:but|and|so|yet|then)[, ]\s*)?"
    r"(?:(?:this|these|those|such|he|she|they|it|his|her|their|its)\b(?!\s+(?:article|report|is\s+(?:why|because)))"
    r"|(?:according to|in) (?:this|that|the same)\b)",
    re.IGNORECASE,
)
# Characters, some 200 words: longer than people are quoted in one paragraph. One stray mark, as in a 6" pipe, leaves all of a
# paragraph half a quotation, however long it is.
_MAX_QUOTATION = 1200
_MAX_CONTEXT_WORDS = 70  # beyond this a reader is better served by opening the article at the mark


def standing_alone(text: str, sentences: Sequence[Span], first: int, last: int) -> Span:
    """Return `start, end` of sentences[first..last] widened, within their paragraph, until they can be quoted fairly.

    A quotation is never cut in half, one without its speaker takes the neighbour that names the speaker, and a sentence
    that begins by referring back takes the one before it.
    """
    lowest, highest = _in_paragraph(text, sentences, first, last)
    first, last = _whole_quotation(text, sentences, (first, last), (lowest, highest))
    words = text[sentences[first][0] : sentences[last][1]]
    if not re.search(r"\w", _QUOTED.sub("", words)):
        if first > lowest:
            first -= 1
        elif last < highest:
            last += 1
    elif _refers_back(words) and first > lowest:
        before = text[sentences[first - 1][0] : sentences[last][1]]
        first -= len(before.split()) <= _MAX_CONTEXT_WORDS
    return sentences[first][0], sentences[last][1]


def _refers_back(words: str) -> bool:
    """Say whether it begins by referring back: "But she left"; or quotes whom only a pronoun names: "“No,” he said."."""
    outside = _QUOTED.sub("", words) if words[:1] in '“"' else words
    return bool(_REFERS_BACK.match(outside.lstrip(" ,.")))


def covering(sentences: Sequence[Span], start: int, end: int) -> tuple[int, int] | None:
    """Return the indices of the first and last sentence that the span touches, or None when it lies in none."""
    touched = [index for index, (first, last) in enumerate(sentences) if first < end and start < last]
    return (touched[0], touched[-1]) if touched else None


def _in_paragraph(text: str, sentences: Sequence[Span], first: int, last: int) -> tuple[int, int]:
    """Return the indices of the first and last sentence of the paragraph, or paragraphs, of sentences[first..last]."""
    touched = [span for span in paragraphs(text) if span[0] < sentences[last][1] and sentences[first][0] < span[1]]
    return covering(sentences, touched[0][0], touched[-1][1]) or (first, last)


def _whole_quotation(
    text: str, sentences: Sequence[Span], chosen: tuple[int, int], paragraph: tuple[int, int]
) -> tuple[int, int]:
    """Return the indices of the first and last sentence, widened backwards, then forwards, until no quotation is cut in half.

    In a paragraph too long to be quoted whole, it is as chosen where that does not help.
    """

    def is_short(indices: tuple[int, int]) -> bool:
        return sentences[indices[1]][1] - sentences[indices[0]][0] <= _MAX_QUOTATION

    (first, last), (lowest, highest) = chosen, paragraph
    if not _is_half_quotation(text, sentences, first, last):
        return chosen
    backwards = ((index, last) for index in reversed(range(lowest, first)))
    then_on = ((lowest, index) for index in range(last + 1, highest + 1))
    forwards = ((first, index) for index in range(last + 1, highest + 1))
    widened: Iterator[tuple[int, int]] = takewhile(is_short, chain(backwards, then_on))
    if not is_short(paragraph):
        widened = chain(widened, takewhile(is_short, forwards))
    whole = (indices for indices in widened if not _is_half_quotation(text, sentences, *indices))
    return next(whole, paragraph if is_short(paragraph) else chosen)


def _is_half_quotation(text: str, sentences: Sequence[Span], first: int, last: int) -> bool:
    words = text[sentences[first][0] : sentences[last][1]]
    return words.count("“") != words.count("”") or words.count('"') % 2 == 1
