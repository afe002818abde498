"""Do other articles say the same as an answer's first claim, or something else? Both are shown, neither is chosen silently.

Only for questions whose answers can be compared: a date, a number, a person, a place. Pure: no model, no store.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from index.months import MONTH, SHORT_MONTHS
from index.wording import places
from rag.evidence import shown
from rag.facts import amounts, is_derived
from rag.measure import normalized
from rag.recency import published
from rag.remarks import agreeing, differing, whose
from rag.terms import content_stems, names, stem
from rag.types import Claim, Kind, Query, Reading

_COMPARABLE: frozenset[Kind] = frozenset({"when", "number", "who", "where"})
_NEARLY_AS_GOOD = 0.85  # of the first claim's rank score
_DOUBTS = 0.0  # no-answer score above which the reader does not trust a passage to answer at all
_MOST_SHOWN = 2

_DATE = re.compile(
    rf"(?:\b(?P<before>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<month>{MONTH})\b\.?"
    r"(?:\s+(?P<behind>\d{1,2})(?:st|nd|rd|th)?\b(?!:))?"
    r"|\b\d{4}-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)\b"
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?=day\b)")

_RELATIVE_DAY = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|(?i:today|yesterday|tomorrow|tonight|ago|(?:this|last|next|past) [a-z]+))\b"
)

_SAID = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[$€£¥]")
_FILLERS = """
    the a an of in on at to by for and or its their his her this that was were is are be been it they he she about around
    roughly approximately some nearly almost exactly just only later ago people hundred thousand million billion trillion mn
    bn tn m k percent per cent
"""
_TELLS_NOTHING = frozenset(_FILLERS.split())

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
    told = [(compared(query, _words(lead), _words(reading)), reading) for reading in best.values()]
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


def compared(query: Query, one: str, other: str) -> Verdict | None:
    """Say whether two short answers are the same or differ, None where that cannot be told.

    They differ where they tell other facts of one sort, and are the same where one says nothing that the other lacks; what the
    question says itself is none. "4 March" and "5 March" differ, "Lena Brandt" and "Jonas Brandt" are neither, nor are "before
    2011" and "after 2011".
    """
    pairs = zip(_facts(query, one), _facts(query, other), strict=True)
    told = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
    if not told:
        return "same" if _is_within(one, other) or _is_within(other, one) else None
    if _is_short_for(one, other) or _is_short_for(other, one):
        return "same"
    if any(not mine & theirs for mine, theirs in told):
        is_derived_name = query.kind in {"who", "where"} and any(is_derived(name, told[0][1]) for name in told[0][0])
        return None if is_derived_name else "different"  # "Israel" and "Israeli" may be the same, "Niger" and "Nigeria" are not
    told.append((_qualified(query, one), _qualified(query, other)))
    return "same" if all(mine <= theirs or theirs <= mine for mine, theirs in told) else None


def _qualified(query: Query, answer: str) -> frozenset[str]:
    """Return what else an answer says, by stem: "before", "northern", "brother", "$"; words that tell nothing are left out."""
    in_names = {part for name in names(answer) for part in content_stems(name)}
    said = _SAID.findall(_YEAR.sub(" ", _DATE.sub(" ", answer)).lower())
    if query.kind != "when":
        said = [word for word in said if not word[0].isdigit()]  # these are compared as amounts
    return frozenset(stem(word) for word in said if word not in _TELLS_NOTHING) - in_names - query.terms.keys()


def _facts(query: Query, answer: str) -> Sequence[frozenset[str]]:
    """Return what a short answer tells, each sort of fact by itself."""
    if query.kind == "when":
        return _times(answer, query.text)
    if query.kind == "number":
        return [amounts(answer) - amounts(query.text)]
    return [frozenset(stem for name in names(answer) for stem in content_stems(name)) - query.terms.keys()]


def _times(answer: str, question: str) -> Sequence[frozenset[str]]:
    """Return years, months, days of the month, days of the week, and, of an answer without these, its other numbers."""
    dates = list(_DATE.finditer(answer))
    days = {day.lstrip("0") for found in dates for day in found.group("before", "behind", "iso_day") if day}
    months = {found["month"][:3] for found in dates if found["month"]} | {
        SHORT_MONTHS[int(found["iso_month"]) - 1]
        for found in dates
        if found["iso_month"] and 0 < int(found["iso_month"]) <= len(SHORT_MONTHS)
    }
    years, weekdays = set(_YEAR.findall(answer)) - set(_YEAR.findall(question)), set(_WEEKDAY.findall(answer))
    others = amounts(answer) - amounts(question) if not (dates or years or weekdays) else frozenset[str]()
    return [*map(frozenset, (years, months, days, weekdays)), others]


def _is_within(one: str, other: str) -> bool:
    return f" {normalized(one)} " in f" {normalized(other)} "


def _is_short_for(one: str, other: str) -> bool:
    """Say whether the first letters of the other's words make the one: "the U.S." and "the United States"."""
    letters = "".join(word for word in one.replace(".", "").split() if word.isupper() and word.isalpha())
    return len(letters) > 1 and letters == "".join(word[0] for name in names(other) for word in name.split())


def introduced(lead: Reading, told: Sequence[tuple[Verdict, Reading]]) -> list[tuple[str, Reading]]:
    """Return what to show of the other articles, each with the words in front of it: differences first, the newest of them
    at the front, and whether they are newer or older than the first claim."""
    different = [reading for verdict, reading in told if verdict == "different"][:_MOST_SHOWN]
    different.sort(key=lambda reading: published(reading.hit.article), reverse=True)
    same = [reading for verdict, reading in told if verdict == "same"]
    beside = [(differing(_relation(lead, reading) + _named(reading)), reading) for reading in different]
    if same:
        beside.append((agreeing(_named(same[0]), len(same) - 1), same[0]))
    return beside


def _relation(lead: Reading, other: Reading) -> str:
    """Return "Later, " or "Earlier, " where both articles are dated, and to different days."""
    one, two = ((reading.hit.article.published or "")[:10] for reading in (lead, other))
    if not one or not two or one == two:
        return ""
    return "Later, " if two > one else "Earlier, "


def with_its_day(query: Query, claim: Claim) -> Claim:
    """Return a claim that tells when with its outlet and day in front, where these are needed: "Monday" is a Monday of 2024."""
    words = _words(claim.reading)
    is_relative = _RELATIVE_DAY.search(words) or (_DATE.search(words) and not _YEAR.search(words))
    is_needed = query.kind == "when" and is_relative and not _YEAR.search(claim.text) and claim.reading.hit.article.published
    return replace(claim, before=attributed(claim)) if is_needed else claim


def attributed(claim: Claim) -> str:
    """Return the words in front of a claim that say whose it is, and of which day."""
    return f"{_named(claim.reading)}:"


def _named(reading: Reading) -> str:
    article = reading.hit.article
    name = shown(article.source) if article.source else f"“{shown(article.title)}”"
    return whose(name, article.published)


def _story(reading: Reading) -> str:
    hit = reading.hit
    return hit.tellings[0].id if hit.tellings else hit.article.id


def _is_sure(reading: Reading) -> bool:
    return (reading.start, reading.end) != reading.sentence and reading.no_answer_score < _DOUBTS


def _words(reading: Reading) -> str:
    return reading.hit.article.text[reading.start : reading.end]
