"""Do other articles say the same as an answer's first claim, or something else? Both are shown, neither is chosen silently.

Only for questions whose answers can be compared: a date, a number, a person, a place. Pure: no model, no store.
"""

from collections.abc import Sequence
from typing import Literal

from rag.measure import normalized
from rag.terms import content_stems, names, numbers
from rag.types import Claim, Kind, Query, Reading

_COMPARABLE: frozenset[Kind] = frozenset({"when", "number", "who", "where"})
_NEARLY_AS_GOOD = 0.85  # of the first claim's rank score
_DOUBTS = 0.0  # no-answer score above which the reader does not trust a passage to answer at all
_MOST_SHOWN = 2

Verdict = Literal["same", "different"]


def others(query: Query, lead: Reading, readings: Sequence[Reading]) -> list[tuple[Verdict, Reading]]:
    """Return the best reading of every other article that answers nearly as well, and whether it says the same.

    An answer that can be told neither the same nor different is left out: a false alarm is worse than none.
    """
    if query.kind not in _COMPARABLE or not _is_sure(lead):
        return []
    best: dict[str, Reading] = {}
    for reading in readings:
        is_other = reading.hit.article.id != lead.hit.article.id
        if is_other and _is_sure(reading) and reading.rank_score >= _NEARLY_AS_GOOD * lead.rank_score:
            best.setdefault(reading.hit.article.id, reading)
    told = [(compared(query.kind, _words(lead), _words(reading)), reading) for reading in best.values()]
    return [(verdict, reading) for verdict, reading in told if verdict]


def compared(kind: Kind, one: str, other: str) -> Verdict | None:
    """Say whether two short answers are the same or differ, None where that cannot be told."""
    if normalized(one) in normalized(other) or normalized(other) in normalized(one):
        return "same"
    facts = (set(numbers(one)), set(numbers(other))) if kind in {"when", "number"} else (_name_stems(one), _name_stems(other))
    if not facts[0] or not facts[1]:
        return None
    return "same" if facts[0] & facts[1] else "different"


def introduced(told: Sequence[tuple[Verdict, Reading]]) -> list[tuple[str, Reading]]:
    """Return what to show of the other articles, each with the words in front of it: differences first."""
    different = [reading for verdict, reading in told if verdict == "different"][:_MOST_SHOWN]
    same = [reading for verdict, reading in told if verdict == "same"]
    shown = [(f"{_named(reading)} tells it differently:", reading) for reading in different]
    if same:
        more = f" (and {len(same) - 1} more)" if len(same) > 1 else ""
        shown.append((f"{_named(same[0])}{more} says the same:", same[0]))
    return shown


def attributed(claim: Claim) -> str:
    """Return the words in front of a first claim that others contradict."""
    return f"{_named(claim.reading)}:"


def _named(reading: Reading) -> str:
    article = reading.hit.article
    return f"{article.source or f'“{article.title}”'} ({article.published[:10] if article.published else 'undated'})"


def _is_sure(reading: Reading) -> bool:
    return (reading.start, reading.end) != reading.sentence and reading.no_answer_score < _DOUBTS


def _words(reading: Reading) -> str:
    return reading.hit.article.text[reading.start : reading.end]


def _name_stems(text: str) -> set[str]:
    return {stem for name in names(text) for stem in content_stems(name)}
