"""Whether the words of the articles support a sentence, and which words those are. Knows no language model.

Two questions, in this order. *Exists*: what the sentence quotes, its numbers and its names must stand in what is cited,
exactly (`rag/locating.py`). *Supported*: a logistic score over signals that a person could check, fitted on one half of
`wice_claim_dev` and measured on the other by `benchmarks/wice.py`; its weights are data (`rag/support.json`).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from index.passages import Span
from rag.facts import amounts, contradicts, figures, is_derived, name_stems, stems
from rag.locating import Normalised, find_quotation, quotations
from rag.sentences import SentenceScorer, sentences_of
from rag.speech import standing_alone
from rag.terms import content_stems
from rag.types import Claim, Reading

WEIGHTS_FILE = Path(__file__).with_name("support.json")
MOST_SOURCES = 3
_MOST_SENTENCES = 3  # of a passage, next to each other, that one citation quotes
_PRICE_OF_A_SENTENCE = 0.04  # of coverage: a quotation grows only for something that it adds
_WORTH_ADDING = 0.12  # of coverage: a further source that adds less is not cited


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence, measured against all words that it would cite. Shares are 0 to 1."""

    coverage: float  # of the sentence's words that carry meaning
    best: float  # the same, by the best single quotation
    names: float
    numbers: float
    cosine: float  # of the sentence and the nearest quotation


class Support:
    """The fitted model: how probable it is, 0 to 1, that quotations support a sentence, and from where on it counts."""

    def __init__(self, weights: Mapping[str, float], bias: float, threshold: float) -> None:
        self._weights, self._bias, self.threshold = dict(weights), bias, threshold

    @classmethod
    def load(cls, file: Path = WEIGHTS_FILE) -> "Support":
        fitted = json.loads(file.read_text(encoding="utf-8"))
        return cls(fitted["weights"], fitted["bias"], fitted["threshold"])

    def probability(self, measured: Signals) -> float:
        logit = self._bias + sum(self._weights.get(name, 0.0) * value for name, value in asdict(measured).items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence's sources, none when it is not supported, and its score, 0 to 1."""

    claims: tuple[Claim, ...]
    score: float


class Checker:
    """Finds and checks what sentences rest on. Safe to use from several threads; the same input gives the same result."""

    def __init__(self, scorer: SentenceScorer, support: Support) -> None:
        self._scorer, self._support = scorer, support

    def check(self, sentence: str, named: Sequence[Reading], evidence: Sequence[Reading]) -> Checked:
        """Check a sentence against the passages that it names, and, where these do not do, against all of the evidence."""
        best = Checked((), 0.0)
        for readings in (named, evidence):
            claims = self.sources(sentence, readings)
            if not claims or not exists(sentence, claims):
                continue
            score = self._support.probability(self.signals(sentence, claims))
            if score >= self._support.threshold:
                return Checked(tuple(map(_standing_alone, claims)), score)
            best = max(best, Checked((), score), key=lambda checked: checked.score)
        return best

    def signals(self, sentence: str, claims: Sequence[Claim]) -> Signals:
        """Measure a sentence against the words that it would cite."""
        quotes = [quoted(claim) for claim in claims]
        said, found = stems(sentence), [stems(quote) for quote in quotes]
        together = frozenset().union(*found)
        return Signals(
            coverage=_share(said, together),
            best=max(_share(said, one) for one in found),
            names=_share(name_stems(sentence), together | stems(_about(claims))),
            numbers=_share(figures(sentence), figures(" ".join(quotes))),
            cosine=float(max(self._scorer.cosines(sentence, [quotes]))),
        )

    def sources(self, sentence: str, readings: Sequence[Reading]) -> tuple[Claim, ...]:
        """Return the words of the passages that cover the sentence best: as few as it takes, of at most MOST_SOURCES."""
        said = stems(sentence)
        left, chosen = said, list[Claim]()
        while left and len(chosen) < MOST_SOURCES:
            unused = [reading for reading in readings if all(reading is not claim.reading for claim in chosen)]
            windows = (_window(sentence, left, reading) for reading in unused)
            gain, claim = max(windows, key=lambda pair: pair[0], default=(0.0, None))
            if claim is None or gain < (_WORTH_ADDING * len(said) if chosen else 1e-9):
                break
            chosen.append(claim)
            left = left - stems(quoted(claim))
        return tuple(chosen)


def exists(sentence: str, claims: Sequence[Claim]) -> bool:
    """Say whether what a sentence quotes, its numbers and its names stand in what it cites.

    Quotations must stand in the quoted words; numbers in them or in the article's title or date; names anywhere in a cited
    article, because a sentence may name whom the quoted words call "he".
    """
    articles = {claim.reading.hit.article.id: claim.reading.hit.article for claim in claims}.values()
    quotes, about = [quoted(claim) for claim in claims], _about(claims)
    for quotation in quotations(sentence):
        if not any(find_quotation(Normalised.of(quote), quotation) for quote in quotes):
            return False
    sources = " ".join([*quotes, about])
    if not (figures(sentence) <= figures(sources) and amounts(sentence) <= amounts(sources)):
        return False
    known = stems(about).union(*(_article_stems(article.text) for article in articles))
    unknown = (name for name in name_stems(sentence) - known if not is_derived(name, known))
    return not any(unknown) and not contradicts(sentence, quotes)


def quoted(claim: Claim) -> str:
    return claim.reading.hit.article.text[claim.start : claim.end]


def _standing_alone(claim: Claim) -> Claim:
    """Widen what is cited as quotations are: with its speaker, never half of what somebody said."""
    start, end = standing_alone(claim.reading.hit.article.text, claim.start, claim.end) or (claim.start, claim.end)
    return replace(claim, start=min(start, claim.start), end=max(end, claim.end))


def _window(sentence: str, left: frozenset[str], reading: Reading) -> tuple[float, Claim]:
    """Return the run of a passage's sentences that adds most of the stems `left`, and how many it adds, less its price."""
    passage = reading.hit.passage
    spans = [(passage.start + start, passage.start + end) for start, end in sentences_of(reading.hit)]
    wanted = quotations(sentence)
    best = (-1.0, spans[0])
    for start, end in _runs(spans):
        words_there = reading.hit.article.text[start:end]
        gain = len(left & stems(words_there)) - _PRICE_OF_A_SENTENCE * len(left) * sum(a < end and start < b for a, b in spans)
        if wanted:
            gain += len(left) * sum(find_quotation(Normalised.of(words_there), one) is not None for one in wanted)
        best = max(best, (gain, (start, end)), key=lambda pair: pair[0])
    gain, (start, end) = best
    return gain, Claim(sentence, reading, start, end)


def _runs(spans: Sequence[Span]) -> Iterator[Span]:
    for first in range(len(spans)):
        for last in range(first, min(first + _MOST_SENTENCES, len(spans))):
            yield spans[first][0], spans[last][1]


@lru_cache(maxsize=64)
def _article_stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _about(claims: Sequence[Claim]) -> str:
    articles = [claim.reading.hit.article for claim in claims]
    return " ".join(part for article in articles for part in (article.title, article.source, article.published) if part)
