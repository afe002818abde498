"""The words that the reader points at, as an answer: whole, with their negation, and telling something. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from rag.confidence import fits
from rag.kinds import ADDED
from rag.reader import Span
from rag.spelling import ALIKE
from rag.terms import NAME, content_stems, names
from rag.types import Query

_LINE_END = re.compile("\n")
_MARKS = " \n.,;:!?…“”\"'‘’«»"
_HOW_MANY = re.compile(r"\bhow many\b", re.IGNORECASE)
_QUANTITY = re.compile(  # by which "how many" can be told; 3,436 of 3,459 annotated answers have one
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh"
    r"|nine)ty|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|scores?|several|many|multiple|various|few|fewer"
    r"|couple|pair|half|both|none|nobody|no|not|single|sole|quarter|third|all|most|majority|some|numerous|countless|handful"
    r"|once|twice|double|triple|dual|decades?|century|centuries|an?|every|each|any|first|second|fourth|fifth)\b",
    re.IGNORECASE,
)
_NOT = (
    r"\b(?:not|never|no|no longer|without|cannot|\w+n['’]t"
    r"|(?:den(?:y|ies|ied|ying)|no evidence)(?: that)?|(?:refus|declin)(?:e|es|ed|ing) to|fail(?:s|ed|ing)? to)\b"
)
_IS_NEGATED = re.compile(_NOT, re.IGNORECASE)
_NEGATION_BEFORE = re.compile(rf"{_NOT}\s+(?:(?!only\b)\w+ly\s+)?\Z", re.IGNORECASE)
_CHANGE = (
    r"\b(?:lower|rais|cut|reduc|increas|rise|rising|rose|fall|fell|drop|grow|grew|jump|climb|declin|revis|chang|shr[aiu]nk"
    r"|doubl|went)\w*\b"
)
_CHANGES = re.compile(_CHANGE, re.IGNORECASE)
_CHANGED_FROM = re.compile(rf"{_CHANGE}[^.!?;]*\bfrom\s+(?:about\s+|some\s+)?\Z", re.IGNORECASE)
_OLD_VALUE = re.compile(r"[$€£¥]?\d\S*(?:\s(?!to\b)\S+){0,2}\s+to\s+(?=[$€£¥]?\d)")
BESIDE = 100  # characters from a name to what it may be explained by, all of them punctuation or words like "is" and "called"
_ARTICLE = r"(?:(?i:the|an?)\s+)?"
_WHO_IS = re.compile(rf"(?i:who|what)(?:['’]s|\s+(?i:is|was|are|were))\s+{_ARTICLE}({NAME})\W*")
_DESCRIBED = re.compile(rf"(?<![\w’'-])({NAME}),\s+\Z")
_NAME_ALONE = re.compile(rf"{_ARTICLE}{NAME}\W*")
_BETWEEN = re.compile(r"\W*(?:(?:is|was|are|were|or|alias|called|named|as|known|also|formerly|the|an?)\b\W*){0,4}", re.I)


def in_one_line(text: str, span: Span, wrapped: Sequence[tuple[int, int]]) -> Span:
    """Return the words up to the end of their line: what stands on the next one, of a list or a table, is another matter.

    Inside a sentence of a text that is wrapped at a column, the next line goes on with it.
    """
    ends = (match.start() for match in _LINE_END.finditer(text, span.start, span.end))
    return replace(span, end=next((at for at in ends if not any(start < at < end for start, end in wrapped)), span.end))


def with_its_not(query: Query, text: str, span: Span) -> Span:
    """Return the words with a negation directly before them: "accept a Shiite government" is false of who will not.

    A question that is negated itself, "What will Israel not do?", wants the words alone.
    """
    if span.start == span.end or _IS_NEGATED.search(query.text):
        return span
    before = _NEGATION_BEFORE.search(text, max(0, span.start - 40), span.start)
    return replace(span, start=before.start()) if before else span


def at_its_new_value(query: Query, text: str, span: Span) -> Span:
    """Return the words without what a number was before it changed: how many died, "lowered from 41 to 38" tells by "38".

    By how much it changed, all of it tells.
    """
    if query.kind != "number" or _CHANGES.search(query.text):
        return span
    old = _OLD_VALUE.match(text, span.start, span.end)
    is_changed = old and _CHANGED_FROM.search(text, max(0, span.start - BESIDE), span.start)
    return replace(span, start=old.end()) if old and is_changed else span


def can_answer(query: Query, text: str, span: Span) -> bool:
    """Whether the words tell anything: not "its", nor a part of the name asked about, "Qassem" to "Who killed Soleimani?"."""
    if not content_stems(text[span.start : span.end]):
        return False
    if query.kind != "who":
        return True
    asked = {word for name in names(query.text) for word in name.split()}
    covering = (name for name in names(text) for at, end in _places(text, name) if at <= span.start and span.end <= end)
    return not any(asked & set(name.split()) for name in covering)


def is_short_for(query: Query, quoted: str, text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` tells in short what is asked for: it is not all of what is quoted, another's name or
    description, no quantity, the answer to the first part of "Who won, and when?", or one word of what somebody said."""
    words = text[start:end]
    return not (
        words.strip(_MARKS) == quoted.strip(_MARKS)
        or is_another_name(query, text, start, end)
        or is_of_somebody_else(query, text, start)
        or is_no_quantity(query, words)
        or (ADDED.search(query.text) and (query.kind == "how" or not fits(query, words)))
        or (query.kind == "said" and len(words.split()) == 1)
    )


def is_no_quantity(query: Query, words: str) -> bool:
    """Whether it is asked how many, and the words do not tell: "number" of "There is no information on the number of dead"."""
    return bool(_HOW_MANY.search(query.text)) and not _QUANTITY.search(words)


def is_another_name(query: Query, text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is just a name that stands near the one that is to be explained, and not beside it: who Ali
    Vaez is, "Ali Vaez from the International Crisis Group" does not tell by his employer's name."""
    asked, told = _WHO_IS.fullmatch(query.text), _NAME_ALONE.fullmatch(text, start, end)
    if asked is None or told is None:
        return False
    if told.group().endswith(("'s", "’s")):
        return True
    before, behind = text[max(0, start - BESIDE) : start], text[end : end + BESIDE]
    gaps = [before[stop:] for word in asked.group(1).split() for _, stop in _places(before, word)]
    gaps += [behind[:begin] for word in asked.group(1).split() for begin, _ in _places(behind, word)]
    return not any(_BETWEEN.fullmatch(gap) for gap in gaps)


def is_of_somebody_else(query: Query, text: str, start: int) -> bool:
    """Whether what begins at `start` describes whoever is named before its comma, and somebody else is to be explained: who
    Bashar Assad is, "Maher Assad, the brother of the dictator Bashar Assad" does not tell by "the brother of the dictator"."""
    asked, described = _WHO_IS.fullmatch(query.text), _DESCRIBED.search(text, max(0, start - BESIDE), start)
    if asked is None or described is None:
        return False
    one, other = (re.split(r"[\s-]+", name.casefold()) for name in (asked.group(1), described.group(1)))
    return not (_are_all_in(one, other) or _are_all_in(other, one))


def _are_all_in(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether each word stands among the others, if spelt a little differently: "Mohamad" is "Mohammad"."""
    return all(get_close_matches(word, others, n=1, cutoff=ALIKE) for word in some)


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in re.finditer(re.escape(name), text))
