"""Do other articles say the same as an answer's first claim, or something else? Both are shown, neither is chosen silently.

Only for questions whose answers can be compared: a date, a number, a person, a place. Pure: no model, no store.
"""

from collections.abc import Sequence
from typing import Literal

from index.wording import places
from rag.evidence import shown
from rag.measure import normalized
from rag.recency import published
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
    agreeing = {_story(lead)}  # copies of a story are one source, however many there are; one that differs is news
    kept: list[tuple[Verdict, Reading]] = []
    for verdict, reading in told:
        if verdict == "different" or (verdict == "same" and _story(reading) not in agreeing):
            kept.append((verdict, reading))
            agreeing |= {_story(reading)} if verdict == "same" else set()
    return kept


def without_copies(readings: Sequence[Reading]) -> list[Reading]:
    """Leave out the sentences of a copy that an earlier telling of its story has among the readings, too."""
    passages = {reading.hit.passage.id: reading.hit for reading in readings if reading.hit.tellings}

    def repeats(reading: Reading) -> bool:
        ids = [article.id for article in reading.hit.tellings]
        earlier = set(ids[: ids.index(reading.hit.article.id)]) if ids else set()
        texts = [hit.passage.text for hit in passages.values() if hit.article.id in earlier]
        return any(all(places(reading.hit.article.text, *reading.sentence, text) or [None]) for text in texts)

    return [reading for reading in readings if not repeats(reading)]


def compared(kind: Kind, one: str, other: str) -> Verdict | None:
    """Say whether two short answers are the same or differ, None where that cannot be told."""
    if normalized(one) in normalized(other) or normalized(other) in normalized(one):
        return "same"
    facts = (set(numbers(one)), set(numbers(other))) if kind in {"when", "number"} else (_name_stems(one), _name_stems(other))
    if not facts[0] or not facts[1]:
        return None
    return "same" if facts[0] & facts[1] else "different"


def introduced(lead: Reading, told: Sequence[tuple[Verdict, Reading]]) -> list[tuple[str, Reading]]:
    """Return what to show of the other articles, each with the words in front of it: differences first, the newest of them
    at the front, and whether they are newer or older than the first claim."""
    different = [reading for verdict, reading in told if verdict == "different"][:_MOST_SHOWN]
    different.sort(key=lambda reading: published(reading.hit.article), reverse=True)
    same = [reading for verdict, reading in told if verdict == "same"]
    beside = [(f"{_relation(lead, reading)}{_named(reading)} tells it differently:", reading) for reading in different]
    if same:
        more = f" (and {len(same) - 1} more)" if len(same) > 1 else ""
        beside.append((f"{_named(same[0])}{more} says the same:", same[0]))
    return beside


def _relation(lead: Reading, other: Reading) -> str:
    """Return "Later, " or "Earlier, " where both articles are dated, and to different days."""
    one, two = ((reading.hit.article.published or "")[:10] for reading in (lead, other))
    if not one or not two or one == two:
        return ""
    return "Later, " if two > one else "Earlier, "


def attributed(claim: Claim) -> str:
    """Return the words in front of a first claim that others contradict."""
    return f"{_named(claim.reading)}:"


def _named(reading: Reading) -> str:
    article = reading.hit.article
    name = shown(article.source) if article.source else f"“{shown(article.title)}”"
    return f"{name} ({article.published[:10] if article.published else 'undated'})"


def _story(reading: Reading) -> str:
    hit = reading.hit
    return hit.tellings[0].id if hit.tellings else hit.article.id


def _is_sure(reading: Reading) -> bool:
    return (reading.start, reading.end) != reading.sentence and reading.no_answer_score < _DOUBTS


def _words(reading: Reading) -> str:
    return reading.hit.article.text[reading.start : reading.end]


def _name_stems(text: str) -> set[str]:
    return {stem for name in names(text) for stem in content_stems(name)}
