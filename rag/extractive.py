"""The writer that quotes: readings become one to four claims, each whole sentences of an article. Invents no word."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.evidence import shown
from rag.sources import Verdict, attributed, introduced, others, with_its_day
from rag.speech import standing_alone
from rag.terms import content_stems
from rag.types import Claim, Kind, Query, Reading

MAX_CLAIMS = 4
MAX_WORDS = 140  # of all claims together, unless the first is longer
# From which log-odds a further sentence belongs to the answer, in another article and in this one, and which part of the best
# rank score it must have, or it is off the point; benchmarks/LOG.md, 2026-12-01.
_BELONGS, _BELONGS_HERE = -0.5, -2.6
_MUCH_WORSE, _MUCH_WORSE_HERE = 0.7, 0.5
_SPAN_IS_ENOUGH = 9.0  # the reader's score from which its words answer a question for a fact, and need no context
_NEED_NO_CONTEXT: frozenset[Kind] = frozenset({"when", "number"})  # a date is complete by itself
_REASON_BONUS = 0.15  # for a sentence that gives a reason, when the question wants one
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|as a result|result(?:s|ed)? (?:of|from)|caused? by|reasons?"
    r"|so that|in order to"
    r"|to (?:avoid|prevent|counter|secure|ensure|protect)|fear(?:s|ing|ed)?|concern(?:s|ed)?|citing|amid"
    r"|aim(?:s|ed|ing)? (?:to|at))\b",
    re.IGNORECASE,
)
# "How do I bake it?", "How to clean it": steps, which are taken in order
_STEPS = re.compile(r"(?:and |but |so )?how (?:to|(?:do|can|should|must) (?:i|you|we|one))\b", re.IGNORECASE)
_SAME_WORDS = 0.6  # Jaccard overlap of stems from which two sentences say the same


def write(query: Query, readings: Sequence[Reading]) -> list[Claim]:
    """Return the claims of an answer, the most telling first. `readings` are not empty."""
    ranked = sorted(readings, key=lambda reading: -_worth(query, reading))
    lead = with_its_day(query, claim_of(ranked[0]))
    told = others(query, lead.reading, ranked) if query.wants_span else []
    return _beside_others(lead, told) if told else [lead, *_further(query, lead, ranked)]


def _beside_others(lead: Claim, told: Sequence[tuple[Verdict, Reading]]) -> list[Claim]:
    """Put beside the answer what other articles say to the same question."""
    disputed = any(verdict == "different" for verdict, _ in told)
    first = replace(lead, before=attributed(lead)) if disputed else lead
    return [first, *(replace(claim_of(reading), before=before) for before, reading in introduced(lead.reading, told))]


def _further(query: Query, lead: Claim, ranked: Sequence[Reading]) -> list[Claim]:
    """Return what else is worth quoting: nothing beside words that surely answer a question for a fact; where they are not
    so sure, what their article says about it; and where more than a fact is wanted, what others say, too."""
    is_whole_sentence = (lead.reading.start, lead.reading.end) == lead.reading.sentence  # no words of it were found to tell
    is_enough = is_whole_sentence or lead.reading.score >= _SPAN_IS_ENOUGH or query.kind in _NEED_NO_CONTEXT
    if query.wants_span and is_enough:
        return []
    chosen: list[Claim] = []
    best = _worth(query, lead.reading)
    for reading in sorted(ranked, key=lambda reading: -reading.selection):
        is_here = reading.hit.article.id == lead.reading.hit.article.id
        least, share = (_BELONGS_HERE, _MUCH_WORSE_HERE) if is_here else (_BELONGS, _MUCH_WORSE)
        is_off_the_point = reading.selection < least or _worth(query, reading) < share * best
        is_theirs = is_here and query.kind == "said"  # words of the same speaker on the same topic
        if len(chosen) + 1 == MAX_CLAIMS or (is_off_the_point and not is_theirs):
            continue
        if query.wants_span and not is_here:
            continue
        claim = _behind(lead, claim_of(reading)) if is_theirs else claim_of(reading)
        is_short = sum(len(one.text.split()) for one in (lead, *chosen, claim)) <= MAX_WORDS
        if is_short and not any(_repeats(claim, other) for other in (lead, *chosen)):
            chosen.append(claim)
    return chosen


def _behind(lead: Claim, claim: Claim) -> Claim:
    """Return what a claim says behind the lead, with which it begins where its own sentence refers back to it."""
    if not claim.start <= lead.start < lead.end < claim.end:
        return claim
    rest = claim.reading.hit.article.text[lead.end : claim.end].lstrip()
    return replace(claim, text=shown(rest), start=claim.end - len(rest))


def in_reading_order(query: Query, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims of an answer as a person reads them: sentences that follow each other are one quotation; beside a
    fact, which the short answer tells already, and of steps the quotations stand in their article's order, else the most
    telling first."""
    if any(claim.before for claim in claims):
        return list(claims)  # articles that differ stand side by side, each with its introduction
    joined: list[Claim] = []
    for claim in claims:
        joined = _joined(joined, claim)
    is_of_one = len({claim.reading.hit.article.id for claim in joined}) == 1
    is_in_order = query.wants_span or (is_of_one and _STEPS.match(query.text))
    return sorted(joined, key=lambda claim: claim.start) if is_in_order else joined


def _joined(claims: Sequence[Claim], claim: Claim) -> list[Claim]:
    """Add a claim behind the others, or, when it continues or precedes some of them, in the place of the first of these."""
    beside = [other for other in claims if _follow(claim, other) or _follow(other, claim)]
    start, end = min(one.start for one in (claim, *beside)), max(one.end for one in (claim, *beside))
    whole = replace(claim, text=shown(claim.reading.hit.article.text[start:end]), start=start, end=end)
    if not beside:
        return [*claims, whole]
    return [replace(whole, reading=one.reading) if one is beside[0] else one for one in claims if one not in beside[1:]]


def _follow(one: Claim, other: Claim) -> bool:
    """Whether `other` begins where `one` ends."""
    here, there = one.reading.hit.article, other.reading.hit.article
    return here.id == there.id and one.end <= other.start and not here.text[one.end : other.start].strip()


def _worth(query: Query, reading: Reading) -> float:
    gives_reason = query.kind == "why" and _REASON.search(reading.hit.article.text[slice(*reading.sentence)])
    return reading.rank_score + (_REASON_BONUS if gives_reason else 0.0)


def claim_of(reading: Reading) -> Claim:
    """Return the words around a reading that can be quoted on their own."""
    text = reading.hit.article.text
    start, end = standing_alone(text, reading.start, reading.end) or reading.sentence
    return Claim(text=shown(text[start:end]), reading=reading, start=start, end=end)


def _repeats(claim: Claim, other: Claim) -> bool:
    same_article = claim.reading.hit.article.id == other.reading.hit.article.id
    if same_article and claim.start < other.end and other.start < claim.end:
        return True
    here, there = set(content_stems(claim.text)), set(content_stems(other.text))
    return len(here & there) > _SAME_WORDS * len(here | there)
