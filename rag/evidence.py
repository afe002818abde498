"""Claims become a numbered text with verified citations. Pure: no model, no store, no clock."""

import re
from collections.abc import Iterator, Sequence

from index.article import Article
from index.stories import having
from rag.remarks import also_in, as_of
from rag.types import Citation, Claim, Copy, Delta, Event, Quotation, Reading

NEAR_MISSES = 3
_WORDS_AT_A_TIME = 4
_MARKUP = re.compile(r"(!(?=\[)|\](?=[(\[:])|<(?=[a-zA-Z/!?]))()")
_FOREIGN_MARK = re.compile(r"\[(\d[\d\s,–-]*)\]")


class CitationError(Exception):
    """A citation's words are not the article's words: a bug here, never shown to anybody as an answer."""


def quotation(reading: Reading, start: int, end: int) -> Quotation:
    """Return the article's words at `start, end`, with the passage they were found by."""
    article, passage = reading.hit.article, reading.hit.passage
    return Quotation(
        passage_id=passage.id,
        article_id=article.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        start=start,
        end=end,
        quote=article.text[start:end],
        content_hash=article.content_hash,
        score=round(reading.hit.score, 4),
        also_in=tuple(
            Copy(copy.id, copy.title, copy.source, copy.published)
            for copy in having(article.text, start, end, reading.hit.copies)
        ),
    )


def shown(quote: str) -> str:
    """Return a quote as a claim shows it; what is cited stays exact.

    It is on one line; marks like "[3]" of the article's own, which would pass for marks of this answer, are in round
    brackets; and what a chat program would take for a link, a picture or HTML is parted by a space, so that it stays words.
    """
    return " ".join(_MARKUP.sub(r"\1 \2", _FOREIGN_MARK.sub(r"(\1)", quote)).split())


class Composition:
    """An answer as it grows: every claim is followed by its mark `[n]`, and there is one citation per mark, in order.

    Where the cited words stand in other articles, too, that is said behind the marks; one `about_now` begins with its day.
    """

    def __init__(self, *, about_now: bool = False) -> None:
        self._about_now = about_now
        self.text = ""
        self.citations: list[Citation] = []

    def add(self, said: str, sources: Sequence[Claim], gap: str = " ", before: str = "") -> Iterator[Delta | Citation]:
        """Add one claim and the words that it rests on; yield its text, and each citation behind its mark.

        `before` is put in front of it and belongs to no citation.

        Raises `CitationError` unless every quotation is, character by character, what its article says.
        """
        cited = [quotation(source.reading, source.start, source.end) for source in sources]
        for source, quoted in zip(sources, cited, strict=True):
            verify(quoted, source.reading.hit.article)
        if self._about_now and sources and not self.citations:
            day = as_of(sources[0].reading.hit.article.published)
            before = f"{day}, {before}" if before else f"{day}:"
        gap = (gap if self.text else "") + (f"{before} " if before else "")
        start, added = len(self.text) + len(gap), gap + said
        for quoted in cited:
            number = len(self.citations) + 1
            added += f" [{number}]"
            self.text += added
            yield Delta(added)
            self.citations.append(Citation(number, start, len(self.text), quoted))
            yield self.citations[-1]
            added = ""
        added += _counted(cited)
        if added:
            self.text += added
            yield Delta(added)


def _counted(cited: Sequence[Quotation]) -> str:
    """Return in how many articles besides those cited the words stand, too."""
    others = {copy.article_id for quoted in cited for copy in quoted.also_in} - {quoted.article_id for quoted in cited}
    return also_in(len(others))


def compose(claims: Sequence[Claim], *, about_now: bool = False) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer's text, every claim followed by its mark `[n]`, and one citation per mark, in order.

    Raises `CitationError` unless every quotation is, character by character, what its article says.
    """
    composition = Composition(about_now=about_now)
    for claim in claims:
        for _ in composition.add(claim.text, (claim,), before=claim.before):
            pass
    return composition.text, tuple(composition.citations)


def verify(cited: Quotation, article: Article) -> None:
    """Raise `CitationError` unless the quotation is non-empty and stands in this version of this article, at its offsets."""
    is_in_bounds = 0 <= cited.start < cited.end <= len(article.text)
    if not is_in_bounds or article.text[cited.start : cited.end] != cited.quote:
        raise CitationError(f"{cited.article_id}:{cited.start}-{cited.end} does not read {cited.quote[:60]!r}")
    if (article.id, article.content_hash) != (cited.article_id, cited.content_hash):
        raise CitationError(f"{cited.article_id} is cited in a version that was not read")


def near_misses(readings: Sequence[Reading]) -> tuple[Quotation, ...]:
    """Return the passages that came closest to answering."""
    best_of_passage = {reading.hit.passage.id: reading for reading in reversed(readings)}
    best = sorted(best_of_passage.values(), key=lambda reading: (-reading.rank_score, reading.hit.rank))[:NEAR_MISSES]
    return tuple(quotation(reading, reading.hit.passage.start, reading.hit.passage.end) for reading in best)


def pieces(text: str, citations: Sequence[Citation]) -> Iterator[Event]:
    """Yield the text a few words at a time, and each citation as soon as its claim is complete."""
    position = 0
    for citation in citations:
        yield from _deltas(text[position : citation.claim_end])
        yield citation
        position = citation.claim_end
    yield from _deltas(text[position:])


def _deltas(text: str) -> Iterator[Delta]:
    parts = text.split(" ")
    for start in range(0, len(parts), _WORDS_AT_A_TIME):
        piece = " ".join(parts[start : start + _WORDS_AT_A_TIME])
        last = start + _WORDS_AT_A_TIME >= len(parts)
        if piece or not last:
            yield Delta(piece if last else piece + " ")
