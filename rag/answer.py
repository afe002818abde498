"""The whole story of a question, top to bottom. Knows no web.

question + history -> query -> hits -> readings -> claims -> confidence -> verified citations -> Answer
"""

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.search import Search
from rag.confidence import Confidence, Frequencies, signals
from rag.evidence import compose, quotation
from rag.extractive import ExtractiveWriter
from rag.question import understand
from rag.reader import Reader, ReaderError, TrainedReader
from rag.retriever import Retriever
from rag.sentences import SentenceReader, SentenceScorer
from rag.types import (
    Answer,
    Citation,
    Claim,
    Delta,
    Event,
    LibraryState,
    Query,
    Quotation,
    Reading,
    Reason,
    Searched,
    Turn,
)

NEAR_MISSES = 3
_WORDS_AT_A_TIME = 4
REFUSALS: dict[Reason, str] = {
    "empty_library": "The library is empty, so there is nothing to answer from yet.",
    "outside_dates": "None of the articles falls inside these dates, so they cannot answer this.",
    "nothing_relevant": "The articles do not deal with this.",
    "not_answered_by_sources": "The articles touch on this but do not answer it.",
}


class Answerer:
    """Answers questions from a library. Complete when constructed; safe to use from several threads."""

    def __init__(
        self, search: Search, reader: Reader, scorer: SentenceScorer, confidence: Confidence, notice: str | None = None
    ) -> None:
        self.notice = notice
        self._library = search.library
        self._retriever = Retriever(search, reader)
        self._scorer, self._confidence, self._writer = scorer, confidence, ExtractiveWriter(scorer)

    @classmethod
    def over(cls, search: Search) -> "Answerer":
        """Return an answerer with the trained reader, or, with a `notice` why, with the sentence reader."""
        scorer = SentenceScorer(search.embedder)
        try:
            return cls(search, TrainedReader.load(), scorer, Confidence.load("trained"))
        except ReaderError as error:
            return cls(search, SentenceReader(scorer), scorer, Confidence.load("sentences"), notice=str(error))

    def ask(self, question: str, history: Sequence[Turn] = (), as_of: str | None = None, k: int = 8) -> Answer:
        """Return the whole answer: the last event of `stream`."""
        *_, last = self.stream(question, history, as_of, k)
        assert isinstance(last, Answer)  # noqa: S101 - for the type checker: a stream ends with its Answer
        return last

    def stream(self, question: str, history: Sequence[Turn] = (), as_of: str | None = None, k: int = 8) -> Iterator[Event]:
        """Yield Searched, then the text in Deltas with each Citation behind its claim, then the whole Answer."""
        clock = _Clock()
        query = understand(question, history)
        yield Searched(query.text)
        hits = self._retriever.hits(query.text, k, as_of)
        clock.lap("retrieve")
        readings = self._retriever.read(query, hits)
        clock.lap("read")
        draft = self._draft(query, readings, as_of)
        text, citations = compose(draft.claims) if draft.reason is None else (REFUSALS[draft.reason], ())
        yield from _pieces(text, citations)
        yield Answer(
            id=uuid.uuid4().hex,
            question=question,
            searched_for=query.text,
            text=text,
            short_answer=_short_answer(query, draft, citations),
            abstained=draft.reason is not None,
            reason=draft.reason,
            confidence=round(draft.confidence, 4),
            mode="extractive",
            citations=citations,
            near_misses=_near_misses(readings) if draft.reason else (),
            library=LibraryState.of(self._library.state()),
            timings_ms=clock.done(),
        )

    def ranking(self, query: str, k: int = 10) -> tuple[str, ...]:
        """Return the ids of the articles in the order in which their passages answer best, for measuring."""
        readings = self._retriever.read(understand(query), self._retriever.hits(query, k))
        return tuple(dict.fromkeys(reading.hit.article.id for reading in readings))

    def _draft(self, query: Query, readings: Sequence[Reading], as_of: str | None) -> "_Draft":
        """Write the claims and decide whether they are good enough to be given."""
        if not readings:
            return _Draft(reason=self._why_nothing(as_of))
        claims = self._writer.write(query, readings)
        sentence = float(self._scorer.scores(query.text, [claims[0].text])[0])
        measured = signals(query, readings, claims, sentence, self._frequencies(query))
        confidence = self._confidence.probability(measured)
        if confidence >= self._confidence.threshold:
            return _Draft(claims=claims, confidence=confidence)
        far_off = measured.in_passage < 0.5 and measured.cosine < 0.4
        return _Draft(reason="nothing_relevant" if far_off else "not_answered_by_sources", confidence=confidence)

    def _frequencies(self, query: Query) -> Frequencies:
        with self._library.reading() as snapshot:
            counted = self._library.frequencies(snapshot, query.terms.values())
            return Frequencies(snapshot.state().passages, {term: counted[word] for term, word in query.terms.items()})

    def _why_nothing(self, as_of: str | None) -> Reason:
        if not self._library.state().articles:
            return "empty_library"
        return "outside_dates" if as_of else "nothing_relevant"


@dataclass(frozen=True, slots=True)
class _Draft:
    claims: Sequence[Claim] = ()
    reason: Reason | None = None
    confidence: float = 0.0


def _short_answer(query: Query, draft: _Draft, citations: Sequence[Citation]) -> str | None:
    if draft.reason or not query.wants_span:
        return None
    reading, quoted = draft.claims[0].reading, citations[0].quotation
    is_whole_claim = (reading.start, reading.end) == (quoted.start, quoted.end)
    is_inside = quoted.start <= reading.start and reading.end <= quoted.end
    return reading.hit.article.text[reading.start : reading.end] if is_inside and not is_whole_claim else None


def _near_misses(readings: Sequence[Reading]) -> tuple[Quotation, ...]:
    passages = (reading.hit.passage for reading in readings[:NEAR_MISSES])
    return tuple(quotation(reading, at.start, at.end) for reading, at in zip(readings, passages, strict=False))


def _pieces(text: str, citations: Sequence[Citation]) -> Iterator[Event]:
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


class _Clock:
    """Milliseconds of each stage of one question."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._laps: dict[str, int] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage], self._last = round(1000 * (now - self._last)), now

    def done(self) -> dict[str, int]:
        return {**self._laps, "total": round(1000 * (time.perf_counter() - self._began))}
