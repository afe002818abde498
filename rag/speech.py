"""How much of an article must be quoted for a sentence to stand on its own: whole quotations, their speaker, the thing
that "This" or "He" means. Pure: text and offsets in, offsets out."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile

from index.passages import Span, paragraphs, sentences
from rag.locating import begins_quoted, is_cut, without_quotations

_LINKED = r"^(?:(?:but|and|so|yet|then)[, ]\s*)?"
_POINTS_BACK = re.compile(
    rf"{_LINKED}(?:(?:this|these|those|such)\b(?!\s+is\s+(?:why|because)\b)"
    r"|(?:according to|in|amid|after|following|despite|under|with) (?:this|that|these|those|such|the same)\b)"
    r"(?!\s+articles?\b)",
    re.IGNORECASE,
)
_MEANS_SOMEBODY = re.compile(rf"{_LINKED}(?:he|she|they|it|his|her|their|its)\b(?!\s+is\s+(?:why|because)\b)", re.IGNORECASE)
# "An earlier version of this article said that 250 would stay.": what is wrong, in the words of who says so
_WITHDRAWN = re.compile(
    r"\b(?:(?:earlier|previous|original|first) versions? of (?:this|the|our) (?:article|report|story|piece|column|page|text)"
    r"|this (?:article|report|story|piece|column) (?:originally|previously|initially|earlier|first|incorrectly|wrongly)"
    r"\s+(?:said|stated|reported|gave|put|named|called|claimed|mis\w+))\b",
    re.IGNORECASE,
)
_PROSE = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
# Characters, some 200 words: longer than people are quoted in one paragraph. One stray mark, as in a 6" pipe, leaves all of a
# paragraph half a quotation, however long it is.
_MAX_QUOTATION = 1200
_MAX_CONTEXT_WORDS = 70  # beyond this a reader is better served by opening the article at the mark


def standing_alone(text: str, start: int, end: int) -> Span | None:
    """Return `start, end` of the sentences that `text[start:end]` touches, widened, within their paragraph, until they can be
    quoted fairly; None where it touches none.

    A quotation is never cut in half, one without its speaker takes the neighbour that names the speaker, and a sentence
    that begins by referring back takes the one before it; one that begins "This ..." or "Amid these ..." also where that
    one ends the paragraph before. One that asks, or tells what an earlier version said, takes the one behind it.
    """
    spans = sentences(text)
    touched = _covering(spans, start, end)
    if touched is None:
        return None
    first, last = touched
    lowest, highest = _in_paragraph(text, spans, first, last)
    last += last < highest and _leaves_open(text[spans[first][0] : spans[last][1]])
    first, last = _whole_quotation(text, spans, (first, last), (lowest, highest))
    words = text[spans[first][0] : spans[last][1]]
    if not re.search(r"\w", without_quotations(words)):
        if first > lowest:
            first -= 1
        elif last < highest:
            last += 1
    elif first > lowest and is_withdrawn(text[slice(*spans[first - 1])]):
        first -= 1
    elif _refers_back(words) and (first > lowest or _continues(text, spans, first)):
        before = text[spans[first - 1][0] : spans[last][1]]
        first -= len(before.split()) <= _MAX_CONTEXT_WORDS
    return spans[first][0], spans[last][1]


def is_withdrawn(sentence: str) -> bool:
    """Say whether it tells what an article said before it was corrected."""
    return bool(_WITHDRAWN.search(sentence))


def asks(sentence: str) -> bool:
    """Say whether it asks, in its own words and not in somebody's that it quotes."""
    return without_quotations(sentence).rstrip().endswith("?")


def _leaves_open(words: str) -> bool:
    """Say whether only what follows tells how it is: "Would he stand again?"."""
    return is_withdrawn(words) or asks(words)


def _refers_back(words: str) -> bool:
    """Say whether it begins by referring back: "But she left"; or quotes whom only a pronoun names: "“No,” he said."."""
    outside = (without_quotations(words) if begins_quoted(words) else words).lstrip(" ,.")
    return bool(_POINTS_BACK.match(outside) or _MEANS_SOMEBODY.match(outside))


def _continues(text: str, sentences: Sequence[Span], first: int) -> bool:
    """Say whether a paragraph begins by pointing at the one before it, which ends in a whole sentence of prose."""
    if not first or not _POINTS_BACK.match(text[sentences[first][0] : sentences[first][1]]):
        return False
    (start, end), there = sentences[first - 1], sentences[first][0]
    is_beside = not text[end:there].strip()  # and no heading stands between them
    return is_beside and bool(_PROSE.search(text[start:end])) and not _is_half_quotation(text, sentences, first - 1, first - 1)


def _covering(sentences: Sequence[Span], start: int, end: int) -> tuple[int, int] | None:
    """Return the indices of the first and last sentence that the span touches, or None when it lies in none."""
    touched = [index for index, (first, last) in enumerate(sentences) if first < end and start < last]
    return (touched[0], touched[-1]) if touched else None


def _in_paragraph(text: str, sentences: Sequence[Span], first: int, last: int) -> tuple[int, int]:
    """Return the indices of the first and last sentence of the paragraph, or paragraphs, of sentences[first..last]."""
    touched = [span for span in paragraphs(text) if span[0] < sentences[last][1] and sentences[first][0] < span[1]]
    return _covering(sentences, touched[0][0], touched[-1][1]) or (first, last)


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
    start, end = sentences[first][0], sentences[last][1]
    return is_cut(text[start:end], before=text[max(0, start - _MAX_QUOTATION) : start])
