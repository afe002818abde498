"""Fragments of a question that ask the one before of another speaker, of today, or for another count. Pure.

Each returns what it is sure of, else None; names, years and things are exchanged by `rag/followups.py`.
"""

import re

from rag.antecedents import CALENDAR
from rag.kinds import AUXILIARY, PERSON, PREPOSITION
from rag.reported import asked_words
from rag.terms import YEAR, names

Place = tuple[int, int, str]  # `start, end` in the question before, and what stands there now

_TODAY = re.compile(r"(?:right )?now|today|currently|nowadays|at (?:the moment|present)", re.IGNORECASE)
_THEN = re.compile(
    rf"\b(?:in|on|at|by|before|after|during|since|until)\s+(?:(?:[A-Z][a-z]+|\d\d?),?\s+){{0,2}}{YEAR}"
    rf"(?=\W*$|\s+{PREPOSITION}\b)"
)
_IS_PERSON = re.compile(rf"(?:[\w’'-]+\s+){{0,4}}?{PERSON}(?:\s+(?:of|in|for)\s+.+)?", re.IGNORECASE)
_ABOUT = re.compile(r"about\s+\S", re.IGNORECASE)
_LAST_ABOUT = re.compile(r".*\b(about\s.*?)\W*$", re.IGNORECASE)
_COUNTED = re.compile(r"(?:\w+\s+){0,2}?how many\s+(people|men|women|children|[a-z]+s)\b(?=\s)", re.IGNORECASE)
_COUNTS = re.compile(rf"how many\s+((?:{AUXILIARY}\s+)?(\w+))", re.IGNORECASE)
_IS_COUNTED = re.compile(r"people|men|women|children|\w+(?<![siu])s", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:he|she|it|they)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"(?:the|an?)\s+[a-z]", re.IGNORECASE)
_WHERE = re.compile(r"\s(?:in|at|near|during)\s[^?!]*")


def today(fragment: str, before: str) -> Place | None:
    """Return "today" in the place of the only year: "And now?" after "What did bread cost in May 2015?"."""
    then = list(_THEN.finditer(before))
    return (*then[0].span(), "today") if len(then) == 1 and _TODAY.fullmatch(fragment) else None


def topic(fragment: str, before: str) -> Place | None:
    """Return what begins with "about" in the place of all that does: "And about resigning?" after "... say about the dam?"."""
    told = _LAST_ABOUT.match(before) if _ABOUT.match(fragment) else None
    return (*told.span(1), fragment) if told else None


def person_speaking(fragment: str, before: str) -> Place | None:
    """Return a person in the place of whose words were asked for: "And the mayor?" after "What did Ida Brandt say?"."""
    return speaking(fragment, before) if _IS_PERSON.fullmatch(fragment) else None


def speaking(fragment: str, before: str) -> Place | None:
    """Return whoever it is in the place of whose words were asked for: "and the company" after "what did ida brandt say?"."""
    asked = asked_words(before)
    if asked is None or re.match(rf"{PREPOSITION}\s", fragment, re.IGNORECASE):
        return None
    speaker = re.search(rf"(?<!\w){re.escape(asked.speaker)}(?!\w)", before)
    return (*speaker.span(), fragment) if speaker else None


def whom_nobody_knew(fragment: str, before: str) -> Place | None:
    """Return somebody or something in the place of the only pronoun, where nothing is named: "And Marsh?" after "What did he
    say?"."""
    pronouns = list(_PRONOUN.finditer(before))
    is_thing = (names(fragment) or _DEFINITE.match(fragment)) and not CALENDAR.search(fragment)
    is_led = re.match(rf"{PREPOSITION}\s", fragment, re.IGNORECASE)
    return (*pronouns[0].span(), fragment) if is_thing and not is_led and len(pronouns) == 1 and not names(before) else None


def counted_again(fragment: str, before: str) -> str | None:
    """Return the count asked of the same people, and of the same place: after "How many people live in Velm?", "how many have
    left" asks "How many people have left in Velm?", and "how many dogs", "How many dogs live in Velm?"."""
    counted, counts = _COUNTED.match(before), _COUNTS.fullmatch(fragment)
    if not counted or not counts:
        return None
    if _IS_COUNTED.fullmatch(counts.group(1)):
        return before[: counted.start(1)] + counts.group(1) + before[counted.end(1) :]
    where = _WHERE.search(before, counted.end(1))
    return f"{before[: counted.end(1)]} {counts.group(1)}{where.group() if where else ''}?"
