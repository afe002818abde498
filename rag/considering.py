"""The best answer to a query, before it is decided whether to give it: what was found is read, written and measured, and what
would be refused is looked at again. Knows no text of answers and no web."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from index.library import Library
from index.snapshot import EVERYTHING, Within
from rag.abbreviations import in_other_words
from rag.clock import Clock
from rag.confidence import Confidence, Frequencies, Signals, signals
from rag.extractive import write
from rag.news import news
from rag.overview import overview
from rag.question import understand
from rag.recency import AS_GOOD, NEARLY_AS_GOOD, is_of_another_year, is_of_the_newest, newer
from rag.retriever import Retriever, in_order, most_telling
from rag.spelling import capitals, respelled, with_capitals
from rag.terms import terms
from rag.told import PLAINLY_TOLD, as_told, is_a_topic, told
from rag.types import Claim, Query, Reading, Turn

WORDS_LOOKED_UP = 8  # of a follow-up in small letters, and of what was asked before it; the last of them
PASSAGES_LOOKED_UP = 5  # for each word, to see whether they write it as a name


@dataclass(frozen=True, slots=True)
class Considered:
    """The best answer to a query before it is decided whether to give it. Without readings nothing was found."""

    query: Query
    within: Within
    clock: Clock
    readings: Sequence[Reading] = ()
    claims: Sequence[Claim] = ()
    measured: Signals | None = None
    is_plainly_told: bool = False  # see rag/told.py


class Considering:
    """Finds the best answers there are. Safe to use from several threads."""

    def __init__(self, library: Library, retriever: Retriever, confidence: Confidence) -> None:
        self._library, self._retriever, self._confidence = library, retriever, confidence

    def understand(self, question: str, history: Sequence[Turn], within: Within) -> Query:
        """Return the question as it will be searched, and what it asks for."""

        def holding(text: str) -> Iterator[str]:
            with self._library.reading() as snapshot:
                for word in islice(terms(text).values(), WORDS_LOOKED_UP):
                    found = [number for number, _ in snapshot.keyword_hits([word], PASSAGES_LOOKED_UP, within)]
                    yield from (passage.text for passage, _ in snapshot.passages(found).values())

        return understand(question, history, holding)

    def is_enough(self, considered: Considered) -> bool:
        """Whether an answer is likely enough to be right to be given."""
        return bool(considered.claims) and self.probability(considered) >= self._confidence.threshold

    def probability(self, considered: Considered) -> float:
        """Return how likely an answer is right, 0 to 1."""
        if considered.claims and is_of_another_year(considered.query, considered.claims[0]):
            return 0.0
        likely = self._confidence.probability(considered.measured) if considered.measured else 0.0
        return max(likely, PLAINLY_TOLD) if considered.is_plainly_told else likely

    def probability_of_words(self, considered: Considered) -> float | None:
        """Return how likely the reader's words are the right ones, 0 to 1; None where nothing tells."""
        return self._confidence.of_words(considered.measured) if considered.measured else None

    def consider(self, query: Query, within: Within = EVERYTHING, k: int = 8) -> Considered:
        """Search, read and write the best answer there is, and measure how good it is.

        What would be refused is asked again: of two questions in one the first alone, and in the passages' spelling, where it
        has words that nobody knows. Its query then says so.
        """
        clock = Clock()
        if query.kind == "overview":
            readings, claims = overview(self._library, within)
            return Considered(query, within, clock, readings, claims, is_plainly_told=bool(claims))
        asked = self._in_both_forms(query, within, k, clock)
        if self.is_enough(asked) or not asked.readings:
            return asked
        for other in (query.first_part, self._respelled(query, asked.readings)):
            if other and other != query.text:
                again = self._in_both_forms(understand(other), within, k, clock)
                clock.lap("look_again")
                if self.is_enough(again):
                    return again
        return asked

    def _respelled(self, query: Query, readings: Sequence[Reading]) -> str:
        counts = self._frequencies(query).of
        unknown = [word for term, word in query.terms.items() if not counts[term]]
        return respelled(query.text, unknown, dict.fromkeys(reading.hit.passage.text for reading in readings))

    def _in_both_forms(self, query: Query, within: Within, k: int, clock: Clock) -> Considered:
        """Consider a query in both forms of its names.

        Where an article explains one, "Hayat Tahrir al-Sham (HTS)", passages that have only the other form are read for the
        question in that form.
        """
        asked = self._as_it_stands(query, within, k, clock)
        query = asked.query
        found = {reading.hit.article.id: reading.hit.article.text for reading in asked.readings}
        said, forms = in_other_words(query.text, found.values())
        if not forms:
            return asked
        other = understand(said)
        hits = [hit for hit in self._retriever.hits(other, k, within) if not any(form in hit.passage.text for form in forms)]
        if not hits:
            return asked
        again = self._written(other, within, clock, self._retriever.read(other, hits))
        clock.lap("look_again")
        as_asked = replace(again, query=replace(query, kind=again.query.kind))
        return max(asked, as_asked, key=self.probability)

    def _as_it_stands(self, query: Query, within: Within, k: int, clock: Clock) -> Considered:
        """Consider a query as it stands, but that names typed in small letters are written as the passages write them.

        What would be refused gets a second look, wider and at the passages that hold the question's names and numbers.
        """
        hits = self._retriever.hits(query, k, within)
        if query.text.islower():
            query = understand(with_capitals(query.text, capitals(hit.passage.text for hit in hits)))
        clock.lap("retrieve")
        readings = self._retriever.read(query, hits)
        clock.lap("read")
        first = self._written(query, within, clock, readings)
        if first.measured is None or self.is_enough(first):
            return first
        more = self._retriever.read(query, self._retriever.hits_with_anchors(query, hits, within))
        ordered = in_order([*readings, *more])
        second = self._written(query, within, clock, ordered)
        clock.lap("look_again")
        best = max(first, second, key=self.probability)
        if is_a_topic(query) and not self.is_enough(best):
            return self._written(replace(query, kind="summary"), within, clock, ordered)
        return best

    def _written(self, query: Query, within: Within, clock: Clock, readings: Sequence[Reading]) -> Considered:
        """Write the best answer of these readings. Where plain words tell what somebody said, or the latest on a topic, that;
        what there is about a topic where the best answer would be refused."""
        if not readings:
            return Considered(query, within, clock)
        plain = told(query, readings)
        latest = news(query, plain) if query.kind == "summary" and query.is_about_now else []
        if latest:
            return Considered(query, within, clock, [claim.reading for claim in latest], latest, is_plainly_told=True)
        if not plain or query.kind == "summary":
            best = self._best(Considered(query, within, clock, readings))
            if not plain or self.is_enough(best):
                return best
        return self._best(Considered(as_told(query), within, clock, plain, is_plainly_told=True))

    def _best(self, read: Considered) -> Considered:
        """Return what was read with its best answer; when the newest is wanted, that which is nearly as likely right."""
        query, readings = read.query, read.readings

        def led_by(lead: Reading) -> Considered:
            first = replace(lead, rank_score=readings[0].rank_score)
            ordered = [first, *(reading for reading in readings if reading is not lead)]
            claims = write(query, ordered)
            return replace(
                read, readings=ordered, claims=claims, measured=signals(query, ordered, claims, self._frequencies(query))
            )

        best = led_by(most_telling(readings))
        share = NEARLY_AS_GOOD if query.is_about_now else AS_GOOD
        enough = max(self._confidence.threshold, share * self.probability(best))
        preferred = map(led_by, newer(readings)) if is_of_the_newest(query) else ()
        return next((one for one in preferred if self.probability(one) >= enough), best)

    def _frequencies(self, query: Query) -> Frequencies:
        with self._library.reading() as snapshot:
            counted = self._library.frequencies(snapshot, query.terms.values())
            return Frequencies(snapshot.state().passages, {term: counted[word] for term, word in query.terms.items()})
