"""A query becomes hits, and hits become readings in the order in which they answer. LangChain's face of it, too.

Knows no prompts and no SQL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.search import Hit, Search
from index.snapshot import Within
from rag.reader import Reader, Span
from rag.recency import newest
from rag.sentences import SentenceScorer, sentences_of, shared, surroundings, wrapped_sentences
from rag.sources import without_copies
from rag.spans import at_its_new_value, can_answer, in_one_line, whole, with_its_not
from rag.speech import asks, is_withdrawn
from rag.terms import anchors, content_stems
from rag.types import Query, Reading

# What a sentence's rank score is made of; benchmarks/LOG.md, 2026-12-01. The cosine is of the sentence.
HIT_WEIGHT = 1.0
SPAN_WEIGHT = 0.08  # the reader's score is a log-odds, about -15 to 15
COSINE_WEIGHT = 1.25
MISSING_WEIGHT = 0.75  # of the share of the question's words that stands neither in the passage nor around it
WORST_SPAN = -12.0  # also for a sentence in which the reader found nothing
SELECTION_WEIGHT = 0.1  # of the log-odds that the sentence belongs to a complete answer
LEAST_SELECTION, MOST_SELECTION = -8.0, 3.0  # beyond these it tells nothing more
SPANS = 4  # of each passage
# Which sentence of the best passage leads: its rank score, plus this much of how far the reader's score of its words is behind
# the best in the passage, at most so far; benchmarks/LOG.md, 2026-11-22.
BEHIND_WEIGHT = 0.1
FARTHEST_BEHIND = -3.0
SURE_OF_SECOND_BEST = 1.0  # the score that words need where the reader likes others better that cannot be the answer

WIDER = 5  # how many times as many hits a second look goes through
MIN_HITS = 8  # read even when fewer are asked for: the answer must not depend on how many hits a caller wants


class Retriever:
    """Searches, reads what was found, and orders its sentences by both."""

    def __init__(self, search: Search, reader: Reader, scorer: SentenceScorer) -> None:
        self._search, self._reader, self._scorer = search, reader, scorer

    def hits(self, query: Query, k: int, within: Within) -> list[Hit]:
        """Return the best `max(k, MIN_HITS)` hits inside the dates; when it is asked about now, the newest of more, too."""
        best = self._search.search(query.text, max(k, MIN_HITS), within)
        if not query.is_about_now:
            return best
        return best + newest(self._further(query, best, within), len(best) // 2)

    def hits_with_anchors(self, query: Query, known: Sequence[Hit], within: Within) -> list[Hit]:
        """Return hits further down that hold every name and number of the question, as many as were known at most."""
        wanted = anchors(query.text)
        further = self._further(query, known, within)
        holding = [hit for hit in further if wanted <= set(content_stems(f"{hit.article.title} {hit.passage.text}"))]
        return holding[: len(known)]

    def _further(self, query: Query, known: Sequence[Hit], within: Within) -> list[Hit]:
        """Return what a search `WIDER` finds besides the known hits, which need not be its first."""
        seen = {hit.passage.id for hit in known}
        return [hit for hit in self._search.search(query.text, WIDER * len(known), within) if hit.passage.id not in seen]

    def read(self, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """Return a reading for every sentence of the hits, the best `rank_score` first.

        None of the parts is enough alone: the reader finds the words that fit the question but not always its topic, the
        embedding finds the topic, shared words the names and numbers, of which some are told only around the passage.
        """
        texts = [hit.passage.text for hit in hits]
        sentences = [sentences_of(hit) for hit in hits]
        read = self._reader.read_closely(query.text, texts, sentences, SPANS)
        found = [list(_by_sentence(query, hit, of_text.spans)) for hit, of_text in zip(hits, read, strict=True)]
        quoted = [[text[start:end] for start, end in of_text] for text, of_text in zip(texts, sentences, strict=True)]
        cosines = self._scorer.cosines(query.text, quoted)
        around = shared(query.text, [surroundings(hit) for hit in hits])
        flat = [
            (hit, *one, float(of_hit), selection)
            for hit, of_text, of_hit, closely in zip(hits, found, around, read, strict=True)
            for one, selection in zip(of_text, closely.selection, strict=True)
        ]
        return in_order([_reading(*one, float(cosine)) for one, cosine in zip(flat, cosines, strict=True)])


def in_order(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings with the best `rank_score` first, without those of copies of what is among them."""
    return without_copies(sorted(readings, key=lambda reading: (-reading.rank_score, reading.hit.rank, reading.start)))


def most_telling(readings: Sequence[Reading]) -> Reading:
    """Return the reading to begin an answer with: of the best one's passage, where the reader's words count for more.

    The other parts find the topic, which all sentences of a passage share; which of them tells it, the reader knows best.
    """
    beside = [reading for reading in readings if reading.hit.passage.id == readings[0].hit.passage.id]
    best = max(WORST_SPAN, *(reading.score for reading in beside))

    def worth(reading: Reading) -> float:
        return reading.rank_score + BEHIND_WEIGHT * max(FARTHEST_BEHIND, max(reading.score, WORST_SPAN) - best)

    return max(beside, key=worth)


def _by_sentence(query: Query, hit: Hit, spans: Sequence[Span]) -> Iterator[tuple[tuple[int, int], Span, float]]:
    """Yield each sentence of a passage with the best span that begins in it, and how far it is ahead of all others of the
    passage; with an empty span where there is none."""
    text, wrapped = hit.passage.text, wrapped_sentences(hit)
    found = [at_its_new_value(query, text, whole(text, in_one_line(text, span, wrapped))) for span in spans]
    found = sorted((with_its_not(query, text, span) for span in found), key=lambda span: -span.score)
    able = [span for span in found if can_answer(query, text, span)]
    for start, end in sentences_of(hit):
        inside = [span for span in found if start <= span.start < end]
        telling = [span for span in inside if span in able and not _tells_nothing(query, text[start:end])]
        best = telling[0] if telling else Span(start, start, WORST_SPAN, spans[0].no_answer_score)
        ahead = best.score - max((span.score for span in able if span is not best), default=WORST_SPAN)
        if inside[:1] != telling[:1] and best.score < SURE_OF_SECOND_BEST:
            best = replace(best, start=start, end=start)  # the sentence tells it, in words that the reader did not find
        yield (start, end), best, ahead


def _tells_nothing(query: Query, sentence: str) -> bool:
    """Whether it was withdrawn, or asks what is asked: a heading, the words of a link. Other questions may tell something."""
    return is_withdrawn(sentence) or (asks(sentence) and query.terms.keys() <= set(content_stems(sentence)))


def _reading(
    hit: Hit, sentence: Sequence[int], span: Span, ahead: float, around: float, selection: float, cosine: float
) -> Reading:
    rank_score = (
        HIT_WEIGHT * hit.score
        + SPAN_WEIGHT * max(span.score, WORST_SPAN)
        + COSINE_WEIGHT * cosine
        + SELECTION_WEIGHT * min(max(selection, LEAST_SELECTION), MOST_SELECTION)
        - MISSING_WEIGHT * (1 - around)
    )
    at = hit.passage.start
    first, last = at + sentence[0], at + sentence[1]
    start, end = (at + span.start, at + span.end) if span.start < span.end else (first, last)
    return Reading(hit, (first, last), start, end, span.score, span.no_answer_score, cosine, rank_score, selection, ahead)


class FootnoteRetriever(BaseRetriever):
    """LangChain's retriever over the library: a Document per hit, with its offsets, its article's facts and every score.

    `as_of`, `since` and `until` are days as `Within` takes them; a call may give its own.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    search: Search
    k: int = 8
    as_of: str | None = None
    since: str | None = None
    until: str | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,
    ) -> list[Document]:
        within = Within(**{name: kwargs.get(name, getattr(self, name)) for name in ("since", "until", "as_of")})
        hits: list[Hit] = self.search.search(query, kwargs.get("k", self.k), within)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    article, passage = hit.article, hit.passage
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "source": article.source,
            "url": article.url,
            "published_at": article.published,
            "content_hash": article.content_hash,
            "start_char_index": passage.start,
            "end_char_index": passage.end,
            "score": hit.score,
            "keyword_score": hit.keyword_score,
            "vector_score": hit.vector_score,
            "rank": hit.rank,
            "also_in": [copy.id for copy in hit.also_in],
        },
    )
