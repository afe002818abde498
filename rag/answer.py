"""The whole story of a question, top to bottom. Knows no web.

question + history -> query -> hits -> readings -> claims -> confidence -> verified citations -> Answer
"""

import math
import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from index.lru import Lru
from index.search import Search
from index.snapshot import EVERYTHING, Within
from rag.clock import Clock
from rag.confidence import Confidence
from rag.considering import Considered, Considering
from rag.evidence import compose, near_misses, pieces
from rag.extractive import in_reading_order
from rag.generative import GenerativeWriter
from rag.reader import Reader, ReaderError, TrainedReader
from rag.retriever import Retriever
from rag.sentences import SentenceReader, SentenceScorer
from rag.short import is_short_for
from rag.terms import names
from rag.types import Answer, Citation, Event, Kind, LibraryState, Query, Reason, Searched, Turn

# The reader's score from which its words are a short answer: below the first they are hardly ever right; benchmarks/LOG.md.
POSSIBLE = -6.0
SURE: Mapping[Kind, float] = {"why": 1.0, "list": 1.0, "said": 1.0, "how": 3.0}  # where sentences are wanted
NAMELESS = 3.0  # where who or where is asked, for words without a name
RECENT = 256  # answers that are kept, a few KB each
REFUSALS: dict[Reason, str] = {
    "empty_library": "The library is empty, so there is nothing to answer from yet.",
    "outside_dates": "No article inside these dates answers this.",
    "nothing_relevant": "The articles do not deal with this.",
    "not_answered_by_sources": "The articles touch on this but do not answer it.",
}


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
        self._considering = Considering(search.library, Retriever(search, reader, scorer), confidence)
        self._recent: Lru[tuple[object, ...], Answer] = Lru(RECENT)

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

        Only articles that lie `within` are used. Searched comes again where the question is answered
        as the articles spell it, or the first part of two alone.
        """
        query = self.understand(question, history, within)
        yield Searched(query.text)
        if self._generative is None:
            answer, considered = self._quoted(question, query, within, k), None
        else:
            considered = self.consider(query, within, k)
            answer = self.decide(question, considered)
        if answer.searched_for.casefold() != query.text.casefold():
            yield Searched(answer.searched_for)
        if self._generative and considered and not answer.abstained:
            yield (yield from _written(self._generative, considered, answer))
            return
        yield from pieces(answer.text, answer.citations)
        yield answer

    def understand(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING) -> Query:
        """Return the question as it will be searched, and what it asks for."""
        return self._considering.understand(question, history, within)

    def _quoted(self, question: str, query: Query, within: Within, k: int) -> Answer:
        """Return the answer; what was asked before, of the same state of the library, is not worked out again."""
        clock = Clock()
        with self._library.reading() as snapshot:
            asked = (query.text, query.first_part, within, k, snapshot.library, snapshot.generation)
        known = self._recent.get(asked)
        if known:
            return replace(known, id=uuid.uuid4().hex, question=question, timings_ms=clock.done())
        answer = self.decide(question, self.consider(query, within, k))
        self._recent.put(asked, answer)
        return answer

    def consider(self, query: Query, within: Within = EVERYTHING, k: int = 8) -> Considered:
        """Return the best answer there is, and how good it is; whether to give it comes after."""
        return self._considering.consider(query, within, k)

    def decide(self, question: str, considered: Considered) -> Answer:
        """Return the answer that was considered if it is likely enough to be right, else a refusal that says why."""
        state, confidence = LibraryState.of(self._library.state()), self._considering.probability(considered)
        reason = self._reason_to_refuse(considered, state)
        text, citations = (REFUSALS[reason], ()) if reason else _composed(considered)
        short = None if reason else _short_answer(considered)
        right = self._considering.probability_of_words(considered) if short else None
        return Answer(
            id=uuid.uuid4().hex,
            question=question,
            searched_for=considered.query.text,
            text=text,
            short_answer=short,
            abstained=reason is not None,
            reason=reason,
            confidence=round(confidence, 4),
            mode="extractive",
            citations=citations,
            near_misses=near_misses(considered.readings) if reason else (),
            library=state,
            timings_ms=considered.clock.done(),
            short_answer_confidence=None if right is None else round(right, 4),
        )

    def _reason_to_refuse(self, considered: Considered, state: LibraryState) -> Reason | None:
        if not state.articles:
            return "empty_library"
        if self._considering.is_enough(considered):
            return None
        if considered.within.has_dates and self._is_answered_outside(considered):
            return "outside_dates"
        return "not_answered_by_sources" if _is_touched_on(considered) else "nothing_relevant"

    def _is_answered_outside(self, considered: Considered) -> bool:
        """Whether nothing is inside the dates, or only what is outside them would be an answer."""
        with self._library.reading() as snapshot:
            if not snapshot.count(considered.within):
                return True
        return self._considering.is_enough(self.consider(considered.query))


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
        short_answer_confidence=answer.short_answer_confidence if is_quoted else None,
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


def short_words(considered: Considered) -> str | None:
    """Return the reader's words where they are quoted and tell in short what is asked for."""
    lead, query = considered.claims[0], considered.query
    reading = lead.reading
    text = reading.hit.article.text
    is_quoted = lead.start <= reading.start and reading.end <= lead.end
    is_short = is_short_for(query, text[lead.start : lead.end], text, reading.start, reading.end)
    return text[reading.start : reading.end] if is_quoted and is_short else None


def _short_answer(considered: Considered) -> str | None:
    """Return the short answer where it may well be right; where sentences are wanted, or a name and it has none, only when the
    reader is sure."""
    query, words = considered.query, short_words(considered)
    least = POSSIBLE if query.wants_span else SURE.get(query.kind, math.inf)
    if query.kind in {"who", "where"} and words and not names(words):
        least = NAMELESS
    return words if considered.claims[0].reading.score >= least else None
