"""The whole story of a question, top to bottom. Knows no web.

question + history -> query -> hits -> readings -> claims -> confidence -> verified citations -> Answer
"""

import math
import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.search import Search
from index.snapshot import EVERYTHING, Within
from rag.abbreviations import in_other_words
from rag.clock import Clock
from rag.confidence import Confidence, Frequencies, Signals, signals
from rag.evidence import compose, near_misses, pieces
from rag.extractive import ExtractiveWriter, in_reading_order
from rag.generative import GenerativeWriter
from rag.question import understand
from rag.reader import Reader, ReaderError, TrainedReader
from rag.recency import NEARLY_AS_GOOD, newer
from rag.recent import Recent
from rag.retriever import Retriever, in_order, most_telling
from rag.sentences import SentenceReader, SentenceScorer
from rag.spans import is_another_name
from rag.terms import names
from rag.types import (
    Answer,
    Citation,
    Claim,
    Event,
    Kind,
    LibraryState,
    Query,
    Reading,
    Reason,
    Searched,
    Turn,
)

# The reader's score from which its words are a short answer: below the first they are hardly ever right; benchmarks/LOG.md.
POSSIBLE = -6.0
SURE: Mapping[Kind, float] = {"why": 1.0, "list": 1.0, "how": 3.0, "yes_no": 3.0}  # where sentences are wanted
RECENT = 256  # answers that are kept, a few KB each
REFUSALS: dict[Reason, str] = {
    "empty_library": "The library is empty, so there is nothing to answer from yet.",
    "outside_dates": "No article inside these dates answers this.",
    "nothing_relevant": "The articles do not deal with this.",
    "not_answered_by_sources": "The articles touch on this but do not answer it.",
}


@dataclass(frozen=True, slots=True)
class Considered:
    """The best answer to a query before it is decided whether to give it. Without readings nothing was found."""

    query: Query
    within: Within
    clock: Clock
    readings: Sequence[Reading] = ()
    claims: Sequence[Claim] = ()
    measured: Signals | None = None


class Answerer:
    """Answers questions from a library. Complete when constructed; safe to use from several threads."""

    def __init__(
        self,
        search: Search,
        reader: Reader,
        scorer: SentenceScorer,
        confidence: Confidence,
        notice: str | None = None,
        generative: GenerativeWriter | None = None,
    ) -> None:
        self.notice = notice
        self._generative = generative
        self._library = search.library
        self._retriever = Retriever(search, reader, scorer)
        self._confidence, self._writer = confidence, ExtractiveWriter()
        self._recent: Recent[tuple[object, ...], Answer] = Recent(RECENT)

    @classmethod
    def over(cls, search: Search, generative: GenerativeWriter | None = None) -> "Answerer":
        """Return an answerer with the trained reader, or, with a `notice` why, with the sentence reader.

        With `generative`, a language model writes what may be answered; without, answers quote.
        """
        scorer = SentenceScorer(search.embedder)
        try:
            return cls(search, TrainedReader.load(), scorer, Confidence.load("trained"), generative=generative)
        except ReaderError as error:
            return cls(search, SentenceReader(scorer), scorer, Confidence.load("sentences"), str(error), generative)

    def ask(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Answer:
        """Return the whole answer: the last event of `stream`."""
        *_, last = self.stream(question, history, within, k)
        assert isinstance(last, Answer)  # noqa: S101 - for the type checker: a stream ends with its Answer
        return last

    def stream(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Iterator[Event]:
        """Yield Searched, then the text in Deltas with each Citation behind its claim, then the whole Answer.

        Only articles that lie `within` are used.
        """
        query = understand(question, history)
        yield Searched(query.text)
        if self._generative is None:
            answer = self._quoted(question, query, within, k)
        else:
            considered = self.consider(query, within, k)
            answer = self.decide(question, considered)
            if not answer.abstained:
                yield (yield from _written(self._generative, considered, answer))
                return
        yield from pieces(answer.text, answer.citations)
        yield answer

    def _quoted(self, question: str, query: Query, within: Within, k: int) -> Answer:
        """Return the answer; what was asked before, of the same state of the library, is not worked out again."""
        clock = Clock()
        with self._library.reading() as snapshot:
            asked = (query.text, within, k, snapshot.library, snapshot.generation)
        known = self._recent.get(asked)
        if known:
            return replace(known, id=uuid.uuid4().hex, question=question, timings_ms=clock.done())
        answer = self.decide(question, self.consider(query, within, k))
        self._recent.put(asked, answer)
        return answer

    def consider(self, query: Query, within: Within = EVERYTHING, k: int = 8) -> Considered:
        """Search, read and write the best answer there is, and measure how good it is; whether to give it comes after.

        Where an article explains a name of the question, "Hayat Tahrir al-Sham (HTS)", passages that have only the other form
        are read for the question in that form.
        """
        clock = Clock()
        asked = self._considered(query, within, k, clock)
        found = {reading.hit.article.id: reading.hit.article.text for reading in asked.readings}
        said, forms = in_other_words(query.text, found.values())
        if not forms:
            return asked
        other = understand(said)
        hits = [hit for hit in self._retriever.hits(other, k, within) if not any(form in hit.passage.text for form in forms)]
        told = self._written(other, within, clock, self._retriever.read(other, hits))
        clock.lap("look_again")
        return max(asked, replace(told, query=query), key=self._probability)

    def _considered(self, query: Query, within: Within, k: int, clock: Clock) -> Considered:
        """Consider a query as it stands.

        What would be refused gets a second look, wider and at the passages that hold the question's names and numbers.
        """
        hits = self._retriever.hits(query, k, within)
        clock.lap("retrieve")
        readings = self._retriever.read(query, hits)
        clock.lap("read")
        first = self._written(query, within, clock, readings)
        if first.measured is None or self._probability(first) >= self._confidence.threshold:
            return first
        more = self._retriever.read(query, self._retriever.hits_with_anchors(query, hits, within))
        second = self._written(query, within, clock, in_order([*readings, *more]))
        clock.lap("look_again")
        return max(first, second, key=self._probability)

    def _written(self, query: Query, within: Within, clock: Clock, readings: Sequence[Reading]) -> Considered:
        """Write the best answer of these readings; when it is asked about now, the newest that is nearly as likely right."""
        if not readings:
            return Considered(query, within, clock)

        def led_by(lead: Reading) -> Considered:
            first = replace(lead, rank_score=readings[0].rank_score)
            ordered = [first, *(reading for reading in readings if reading is not lead)]
            claims = self._writer.write(query, ordered)
            measured = signals(query, ordered, claims, self._frequencies(query))
            return Considered(query, within, clock, ordered, claims, measured)

        best = led_by(most_telling(readings))
        enough = max(self._confidence.threshold, NEARLY_AS_GOOD * self._probability(best))
        preferred = map(led_by, newer(readings)) if query.is_about_now else ()
        return next((one for one in preferred if self._probability(one) >= enough), best)

    def _probability(self, considered: Considered) -> float:
        return self._confidence.probability(considered.measured) if considered.measured else 0.0

    def decide(self, question: str, considered: Considered) -> Answer:
        """Return the answer that was considered if it is likely enough to be right, else a refusal that says why."""
        state, confidence = LibraryState.of(self._library.state()), self._probability(considered)
        reason = self._reason_to_refuse(considered, confidence, state)
        text, citations = (REFUSALS[reason], ()) if reason else _composed(considered)
        return Answer(
            id=uuid.uuid4().hex,
            question=question,
            searched_for=considered.query.text,
            text=text,
            short_answer=None if reason else _short_answer(considered),
            abstained=reason is not None,
            reason=reason,
            confidence=round(confidence, 4),
            mode="extractive",
            citations=citations,
            near_misses=near_misses(considered.readings) if reason else (),
            library=state,
            timings_ms=considered.clock.done(),
        )

    def _reason_to_refuse(self, considered: Considered, confidence: float, state: LibraryState) -> Reason | None:
        if not state.articles:
            return "empty_library"
        if considered.measured and confidence >= self._confidence.threshold:
            return None
        if considered.within.has_dates and self._is_answered_outside(considered):
            return "outside_dates"
        return "not_answered_by_sources" if _is_touched_on(considered) else "nothing_relevant"

    def _is_answered_outside(self, considered: Considered) -> bool:
        """Whether nothing is inside the dates, or only what is outside them would be an answer."""
        with self._library.reading() as snapshot:
            if not snapshot.count(considered.within):
                return True
        return self._probability(self.consider(considered.query)) >= self._confidence.threshold

    def _frequencies(self, query: Query) -> Frequencies:
        with self._library.reading() as snapshot:
            counted = self._library.frequencies(snapshot, query.terms.values())
            return Frequencies(snapshot.state().passages, {term: counted[word] for term, word in query.terms.items()})


def _written(writer: GenerativeWriter, considered: Considered, answer: Answer) -> Generator[Event, None, Answer]:
    """Let the writer put into words what is answered already; when it finds no answer, that is a refusal."""
    written = yield from writer.write(considered.query, considered.readings, considered.claims)
    considered.clock.lap("generate")
    if written.refused:
        yield from pieces(REFUSALS["not_answered_by_sources"], ())
        text, missed = REFUSALS["not_answered_by_sources"], near_misses(considered.readings)
        answer = replace(answer, text=text, abstained=True, reason="not_answered_by_sources", near_misses=missed)
    else:
        answer = replace(answer, text=written.text)
    is_quoted = any((answer.short_answer or "\n") in citation.quotation.quote for citation in written.citations)
    return replace(
        answer,
        short_answer=answer.short_answer if is_quoted else None,
        mode=written.mode,
        citations=written.citations,
        timings_ms=considered.clock.done(),
    )


def _is_touched_on(considered: Considered) -> bool:
    """Whether the best passage is about what was asked: its words or meaning say so, or it holds every name of the question."""
    measured = considered.measured
    if measured is None:
        return False
    return not measured.is_far_off or (bool(names(considered.query.text)) and measured.names_in_passage == 1)


def _composed(considered: Considered) -> tuple[str, tuple[Citation, ...]]:
    query = considered.query
    return compose(in_reading_order(query, considered.claims), about_now=query.is_about_now)


def _short_answer(considered: Considered) -> str | None:
    """Return the reader's span where it may well be right, unless it is the whole quotation anyway, or another name; where
    sentences are wanted, only when the reader is sure of it."""
    lead = considered.claims[0]
    reading = lead.reading
    text = reading.hit.article.text
    is_part_of_it = (
        lead.start <= reading.start and reading.end <= lead.end and (reading.start, reading.end) != (lead.start, lead.end)
    )
    query = considered.query
    is_enough = reading.score >= (POSSIBLE if query.wants_span else SURE.get(query.kind, math.inf))
    is_answer = is_enough and is_part_of_it and not is_another_name(query, text, reading.start, reading.end)
    return text[reading.start : reading.end] if is_answer else None
