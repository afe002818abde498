"""The words that the reader points at, as an answer: whole, with their negation, and telling something. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.reader import Span
from rag.terms import content_stems, names
from rag.types import Query

# By these the confidence was fitted, too (rag/confidence.py): whoever changes one fits it anew.
_DATE = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b(?:ago|yesterday|today|tomorrow|last|next|recent(?:ly)?|week|month|year|decade|century|since|after|before|during|hours?|days?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?|half"
    r"|several|few|many|numerous|once|twice|no information)\b",
    re.IGNORECASE,
)
_LINE_END = re.compile("\n")
_NOT = (
    r"\b(?:not|never|no|no longer|without|cannot|\w+n['’]t"
    r"|(?:den(?:y|ies|ied|ying)|no evidence)(?: that)?|(?:refus|declin)(?:e|es|ed|ing) to|fail(?:s|ed|ing)? to)\b"
)
IS_NEGATED = re.compile(_NOT, re.IGNORECASE)
_NEGATION_BEFORE = re.compile(rf"{_NOT}\s+(?:(?!only\b)\w+ly\s+)?\Z", re.IGNORECASE)
_CHANGE = (
    r"\b(?:lower|rais|cut|reduc|increas|rise|rising|rose|fall|fell|drop|grow|grew|jump|climb|declin|revis|chang|shr[aiu]nk"
    r"|doubl|went)\w*\b"
)
_CHANGES = re.compile(_CHANGE, re.IGNORECASE)
_CHANGED_FROM = re.compile(rf"{_CHANGE}[^.!?;]*\bfrom\s+(?:about\s+|some\s+)?\Z", re.IGNORECASE)
_OLD_VALUE = re.compile(r"[$€£¥]?\d\S*(?:\s(?!to\b)\S+){0,2}\s+to\s+(?=[$€£¥]?\d)")
_UNIT = re.compile(r"\s?(?:%|per\s?cent\b|(?:million|billion|trillion)\b)", re.IGNORECASE)
_IS_LASTING = re.compile(r"\w+\s(?:second|minute|hour|day|week|month|year)s?\b", re.IGNORECASE)
_LASTING_BEFORE = re.compile(r"(?:\b\d+\s(?:minute|hour|day|week|month|year)s?(?:,|\sand|,\sand)?\s){1,3}\Z", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]\W?\s")
_QUOTES = re.compile('[“”"«»„]')
_OPENED = {"“": "”", '"': '"', "«": "»", "„": "“"}
_MONTH = r"(?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)\w*\.?"
_DAY = re.compile(  # by itself it is no length of time
    rf"(?:on\s)?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\d{{1,2}}\s{_MONTH}|{_MONTH}(?:\s\d{{1,2}}\b)?)(?:,?\s\d{{4}})?\W*"
)
_HOW_LONG = re.compile(r"\bhow long\b", re.IGNORECASE)
_REACHES = re.compile(r"\b(?:since|until|till|from|to|through|by|before|after|and)\s+\Z", re.IGNORECASE)
_BESIDE = 100  # characters in front of a number in which it is told that it changed, or how it begins


def in_one_line(text: str, span: Span, wrapped: Sequence[tuple[int, int]]) -> Span:
    """Return the words up to the end of their line: what stands on the next one, of a list or a table, is another matter.

    Inside a sentence of a text that is wrapped at a column, the next line goes on with it.
    """
    ends = (match.start() for match in _LINE_END.finditer(text, span.start, span.end))
    return replace(span, end=next((at for at in ends if not any(start < at < end for start, end in wrapped)), span.end))


def whole(text: str, span: Span) -> Span:
    """Return the words with what they were cut from: "per cent" behind a number, "2 hours" before "and 5 minutes"; what begins
    inside a quotation ends with it."""
    closing = _OPENED.get(text[span.start - 1 : span.start])
    if closing and len(_QUOTES.findall(text, span.start, span.end)) == 1:
        closed = text.find(closing, span.start + 1, span.end)
        is_one_sentence = closed > 0 and not _SENTENCE_END.search(text, closed - 1, span.end)
        return replace(span, end=closed) if is_one_sentence else span
    if text[span.start : span.end][-1:].isdigit() and (unit := _UNIT.match(text, span.end)):
        span = replace(span, end=unit.end())
    lasts = _IS_LASTING.match(text, span.start, span.end)
    longer = _LASTING_BEFORE.search(text, max(0, span.start - _BESIDE), span.start) if lasts else None
    return replace(span, start=longer.start()) if longer else span


def with_its_not(query: Query, text: str, span: Span) -> Span:
    """Return the words with a negation directly before them: "accept a Shiite government" is false of who will not.

    A question that is negated itself, "What will Israel not do?", wants the words alone.
    """
    if span.start == span.end or IS_NEGATED.search(query.text):
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
    is_changed = old and _CHANGED_FROM.search(text, max(0, span.start - _BESIDE), span.start)
    return replace(span, start=old.end()) if old and is_changed else span


def can_answer(query: Query, text: str, span: Span) -> bool:
    """Whether the words tell anything: not "its", nor a part of the name asked about, "Qassem" to "Who killed Soleimani?", nor
    a day to "How long?"."""
    if not content_stems(text[span.start : span.end]):
        return False
    if _HOW_LONG.search(query.text) and _DAY.fullmatch(text, span.start, span.end):
        return bool(_REACHES.search(text, max(0, span.start - 10), span.start))
    if query.kind != "who":
        return True
    asked = {word for name in names(query.text) for word in name.split()}
    covering = (name for name in names(text) for at, end in places(text, name) if at <= span.start and span.end <= end)
    return not any(asked & set(name.split()) for name in covering)


def fits(query: Query, text: str) -> bool:
    """Whether the text holds what the question word asks for: a date, a number, a name that the question has not."""
    if query.kind == "when":
        return bool(_DATE.search(text))
    if query.kind == "number":
        return bool(_NUMBER.search(text))
    if query.kind in {"who", "where"}:
        return any(name not in query.text for name in names(text))
    return True


def places(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Yield `start, end` of a name wherever a text has it."""
    return (match.span() for match in re.finditer(re.escape(name), text))
