"""How likely an answer is right, and whether to give it: a logistic model over signals that a person could check.

Its weights are data (`rag/confidence.json`), fitted on development sets by `benchmarks/fit_confidence.py`. Knows no store.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.sentences import surroundings
from rag.spans import fits
from rag.terms import anchors, content_stems
from rag.types import Claim, Query, Reading

FARTHEST_AHEAD = 10.0  # beyond it the reader is as sure as it ever is
WEIGHTS_FILE = Path(__file__).with_name("confidence.json")


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against an answer. Shares are 0 to 1, weighted by how rare each word is in the library."""

    span: float  # the reader's score of the best span
    no_answer: float  # the reader's score that the passage does not answer
    least_no_answer: float  # the same of the passage that it takes most for an answer: it may be another
    cosine: float  # of question and passage
    sentence: float  # cosine of question and sentence
    in_passage: float  # share of the question's words in the passage and its title
    around: float  # share of them in the passage, its title, and what stands before and behind it
    in_claim: float  # share of them in the quoted words
    unknown: float  # share of them that the whole library does not have
    names_in_passage: float  # share of the question's names and numbers in the passage and its title
    names_in_claim: float  # share of them in the quoted words
    echoes: float  # share of the reader's span that only repeats the question
    type_fits: float  # 1 when the quoted words hold what the question word asks for: a date, a number, a name
    margin: float  # rank score over the next sentence's
    selection: float  # the reader's log-odds that the sentence belongs to a complete answer
    ahead: float  # how much better the reader likes its words than any others of the passage, at most so much either way

    @property
    def is_far_off(self) -> bool:
        """Whether the library does not even deal with the question's topic."""
        return self.in_passage < 0.5 and self.cosine < 0.4


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of a library's passages each stem of a question occurs."""

    passages: int
    of: Mapping[str, int]

    def rarity(self) -> dict[str, float]:
        """Return how telling each stem is: the logarithm of how few passages have it."""
        return {term: math.log(1 + self.passages / (0.5 + count)) for term, count in self.of.items()}


def signals(query: Query, readings: Sequence[Reading], claims: Sequence[Claim], frequencies: Frequencies) -> Signals:
    """Measure the answer made of `claims`, whose first comes from the best reading."""
    lead, rarity = claims[0], frequencies.rarity()
    best = lead.reading
    others = [reading.rank_score for reading in readings if reading is not best]
    there = set(content_stems(f"{best.hit.article.title} {best.hit.passage.text} {lead.text}"))
    quoted = set(content_stems(lead.text))
    span = set(content_stems(best.hit.article.text[best.start : best.end]))
    wanted = anchors(query.text)
    return Signals(
        span=best.score,
        no_answer=best.no_answer_score,
        least_no_answer=min(reading.no_answer_score for reading in readings),
        cosine=best.hit.vector_score,
        sentence=best.cosine,
        in_passage=_share(rarity, there),
        around=_share(rarity, there | set(content_stems(surroundings(best.hit)))),
        in_claim=_share(rarity, quoted),
        unknown=1 - _share(rarity, {term for term, count in frequencies.of.items() if count}) if rarity else 0.0,
        names_in_passage=len(wanted & there) / len(wanted) if wanted else 1.0,
        names_in_claim=len(wanted & quoted) / len(wanted) if wanted else 1.0,
        echoes=len(span & set(query.terms)) / len(span) if span else 0.0,
        type_fits=float(fits(query, lead.text)),
        margin=best.rank_score - max(others, default=best.rank_score),
        selection=best.selection,
        ahead=min(max(best.ahead, -FARTHEST_AHEAD), FARTHEST_AHEAD),
    )


def _share(weights: Mapping[str, float], present: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in present) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model of signals, by their names; those that it does not name have no say."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, measured: Signals) -> float:
        logit = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in asdict(measured).items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


class Confidence:
    """The fitted models: how likely an answer is right, with the threshold under which it is not given, and how likely the
    reader's words in it are."""

    def __init__(self, weights: Mapping[str, float], bias: float, threshold: float, words: Logistic | None = None) -> None:
        self._answer, self._words, self.threshold = Logistic(weights, bias), words, threshold

    @classmethod
    def load(cls, reader: str) -> "Confidence":
        """Return the model that was fitted for this reader ("sentences" or "trained")."""
        fitted = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))[reader]
        words = Logistic(**fitted["words"]) if "words" in fitted else None
        return cls(fitted["weights"], fitted["bias"], fitted["threshold"], words)

    def probability(self, measured: Signals) -> float:
        """Return the estimated probability that the answer is right, 0 to 1."""
        return self._answer.probability(measured)

    def of_words(self, measured: Signals) -> float | None:
        """Return the estimated probability that the reader's words tell what is asked for, 0 to 1; None: it is not fitted."""
        return self._words.probability(measured) if self._words else None
