"""Whether the words of the articles support a sentence, and which words those are. Knows no language model.

Two questions, in this order. *Exists*: what the sentence quotes, its numbers and its names must stand in what is cited,
exactly (`rag/locating.py`). *Supported*: a logistic score over signals that a person could check, fitted on one half of
`wice_claim_dev` and measured on the other by `benchmarks/wice.py`; its weights are data (`rag/support.json`).
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from index.passages import Span, sentences
from rag.locating import Normalised, find_quotation, quotations
from rag.sentences import SentenceScorer
from rag.terms import content_stems, names, numbers, stem, words
from rag.types import Claim, Reading

WEIGHTS_FILE = Path(__file__).with_name("support.json")
MOST_SOURCES = 3
_MOST_SENTENCES = 3  # of a passage, next to each other, that one citation quotes
_PRICE_OF_A_SENTENCE = 0.04  # of coverage: a quotation grows only for something that it adds
_SHORTEST_ROOT = 4  # letters of a name from which others may be derived
_WORTH_ADDING = 0.12  # of coverage: a further source that adds less is not cited

_NUMBER_WORDS = """
    0:zero 2:two 3:three 4:four 5:five 6:six 7:seven 8:eight 9:nine 10:ten 11:eleven 12:twelve 13:thirteen 14:fourteen
    15:fifteen 16:sixteen 17:seventeen 18:eighteen 19:nineteen 20:twenty 30:thirty 40:forty 50:fifty 60:sixty 70:seventy
    80:eighty 90:ninety 2:second 3:third 4:fourth 5:fifth 6:sixth 7:seventh 8:eighth 9:ninth 10:tenth
"""
_SPELLED = {word: number for number, _, word in (pair.partition(":") for pair in _NUMBER_WORDS.split())}
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t|den(?:y|ies|ied)|refus\w+|fail\w*|lack\w*|unable|halt\w*)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|cannot|\w+n['’]t)\s+(?:(?:be|been|yet|have|to|even|really|fully|a|an|the)\s+)*(\w[\w'’-]*)", re.IGNORECASE
)


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
                return Checked(claims, score)
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
            names=_share(_name_stems(sentence), together | stems(_about(claims))),
            numbers=_share(_figures(sentence), _figures(" ".join(quotes))),
            cosine=float(max(self._scorer.cosines(sentence, quotes))),
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
    if not _figures(sentence) <= _figures(" ".join([*quotes, about])):
        return False
    known = stems(about).union(*(_article_stems(article.text) for article in articles))
    unknown = (name for name in _name_stems(sentence) - known if not _derived(name, known))
    return not any(unknown) and not _contradicts(sentence, quotes)


def _derived(name: str, known: frozenset[str]) -> bool:
    """Say whether a name comes from one that is known, or the other way round: "Libyan" and "Libya"."""
    short = [one for one in known if len(one) >= _SHORTEST_ROOT]
    return any(name.startswith(one) or (len(name) >= _SHORTEST_ROOT and one.startswith(name)) for one in short)


def _contradicts(sentence: str, quotes: Sequence[str]) -> bool:
    """Say whether one side denies what the other says: "did not close" against "closed". Sees only words next to each other."""
    denied_here, denied_there = _denied(sentence), frozenset().union(*map(_denied, quotes))
    if denied_here:
        return not denied_here & denied_there and not any(_NEGATION.search(quote) for quote in quotes)
    plain = frozenset().union(*(stems(_DENIED.sub(" ", quote)) for quote in quotes))
    return not _NEGATION.search(sentence) and bool((denied_there - plain) & stems(sentence))


def _denied(text: str) -> frozenset[str]:
    return frozenset(stem(match.group(1)) for match in _DENIED.finditer(text))


def quoted(claim: Claim) -> str:
    return claim.reading.hit.article.text[claim.start : claim.end]


def _window(sentence: str, left: frozenset[str], reading: Reading) -> tuple[float, Claim]:
    """Return the run of a passage's sentences that adds most of the stems `left`, and how many it adds, less its price."""
    passage = reading.hit.passage
    spans = [(passage.start + start, passage.start + end) for start, end in sentences(passage.text)] or [
        (passage.start, passage.end)
    ]
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


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """Return the stems of the words that carry meaning."""
    return frozenset(content_stems(text))


@lru_cache(maxsize=64)
def _article_stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _name_stems(text: str) -> frozenset[str]:
    """Return the stems of names; a single capital word that begins a sentence may be any word, so it is none."""
    beginnings = {text[start:end].split()[0].rstrip(",.:;") for start, end in sentences(text)}
    return frozenset(term for name in names(text) if name not in beginnings for term in stems(name))


def _figures(text: str) -> frozenset[str]:
    """Return the numbers of a text, "nine" and "9" alike, "1,000" without its comma."""
    spelled = (_SPELLED.get(word.lower()) for word in words(text))
    written = (re.sub(r"[.,](?=\d{3}\b)", "", number).lstrip("0") or "0" for number in numbers(text))
    return frozenset([*written, *filter(None, spelled)])


def _about(claims: Sequence[Claim]) -> str:
    articles = [claim.reading.hit.article for claim in claims]
    return " ".join(part for article in articles for part in (article.title, article.source, article.published) if part)
