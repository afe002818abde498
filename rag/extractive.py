"""The writer that quotes: readings become one to three claims, each whole sentences of an article. Invents no word."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.passages import sentences
from rag.evidence import shown
from rag.sources import attributed, introduced, others
from rag.speech import covering, standing_alone
from rag.terms import content_stems
from rag.types import Claim, Query, Reading

MAX_CLAIMS = 3
_MUCH_WORSE = 0.75  # of the best rank score: below that a further sentence is off the point
_REASON_BONUS = 0.15  # for a sentence that gives a reason, when the question wants one
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|as a result|result(?:s|ed)? (?:of|from)|caused? by|reasons?"
    r"|so that|in order to"
    r"|to (?:avoid|prevent|counter|secure|ensure|protect)|fear(?:s|ing|ed)?|concern(?:s|ed)?|citing|amid"
    r"|aim(?:s|ed|ing)? (?:to|at))\b",
    re.IGNORECASE,
)
_SAME_WORDS = 0.6  # Jaccard overlap of stems from which two sentences say the same


class ExtractiveWriter:
    """Chooses and quotes sentences."""

    mode = "extractive"

    def write(self, query: Query, readings: Sequence[Reading]) -> list[Claim]:
        """Return the claims of an answer, the most telling first. `readings` are not empty."""
        ranked = sorted(readings, key=lambda reading: -_worth(query, reading))
        least = _MUCH_WORSE * _worth(query, ranked[0])
        claims: list[Claim] = []
        for reading in ranked:
            if claims and (query.wants_span or len(claims) == MAX_CLAIMS or _worth(query, reading) < least):
                break
            claim = _claim(reading)
            if not any(_repeats(claim, other) for other in claims):
                claims.append(claim)
        return _beside_others(query, claims[0], ranked) if query.wants_span else claims


def _beside_others(query: Query, lead: Claim, ranked: Sequence[Reading]) -> list[Claim]:
    """Put beside the answer what other articles say to the same question."""
    told = others(query, lead.reading, ranked)
    disputed = any(verdict == "different" for verdict, _ in told)
    first = replace(lead, before=attributed(lead)) if disputed else lead
    return [first, *(replace(_claim(reading), before=before) for before, reading in introduced(lead.reading, told))]


def _worth(query: Query, reading: Reading) -> float:
    gives_reason = query.kind == "why" and _REASON.search(reading.hit.article.text[slice(*reading.sentence)])
    return reading.rank_score + (_REASON_BONUS if gives_reason else 0.0)


def _claim(reading: Reading) -> Claim:
    """Return the words around a reading that can be quoted on their own."""
    text = reading.hit.article.text
    spans = sentences(text)
    touched = covering(spans, reading.start, reading.end)
    start, end = standing_alone(text, spans, *touched) if touched else reading.sentence
    return Claim(text=shown(text[start:end]), reading=reading, start=start, end=end)


def _repeats(claim: Claim, other: Claim) -> bool:
    same_article = claim.reading.hit.article.id == other.reading.hit.article.id
    if same_article and claim.start < other.end and other.start < claim.end:
        return True
    here, there = set(content_stems(claim.text)), set(content_stems(other.text))
    return len(here & there) > _SAME_WORDS * len(here | there)
