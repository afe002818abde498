"""Whether the words that the reader points at are a short answer: they tell what is asked for, by themselves. Pure."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from rag.kinds import ADDED
from rag.spans import IS_NEGATED, fits, places
from rag.spelling import ALIKE
from rag.terms import NAME, content_stems
from rag.types import Query

_MARKS = " \n.,;:!?…“”\"'‘’«»"
_HOW_MANY = re.compile(r"\bhow many\b", re.IGNORECASE)
_QUANTITY = re.compile(  # by which "how many" can be told; 3,436 of 3,459 annotated answers have one
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh"
    r"|nine)ty|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|scores?|several|many|multiple|various|few|fewer"
    r"|couple|pair|half|both|none|nobody|no|not|single|sole|quarter|third|all|most|majority|some|numerous|countless|handful"
    r"|once|twice|double|triple|dual|decades?|century|centuries|an?|every|each|any|first|second|fourth|fifth)\b",
    re.IGNORECASE,
)
_MOST_NUMBER_WORDS = 12  # "250 in the north and 30 in the south"; benchmarks/LOG.md
_RELATIVE = re.compile(r"(?:who|whom|whose|which)\b", re.IGNORECASE)
_NOBODY_KNOWN = re.compile(r"(?:the|an?)\s(?:man|woman|person|boy|girl|child|other|latter)\W*\Z", re.IGNORECASE)
_FORBIDS = re.compile(r"(?:do not|don['’]t|never|avoid)\s", re.IGNORECASE)
_WHO_DID_WRONG = re.compile(
    r"\bwho\b.*\b(?:kill|murder|shot|shoot|stabb|st[oe]le|steal|robb|attack|poison|bomb|kidnap|abduct|assassinat|rap(?:ed|ing)"
    r"|assault|embezzl|defraud|hack)",
    re.IGNORECASE,
)
_ALLEGED = re.compile(r"\b(?:charged with|accused of|suspected of|on suspicion of|alleged(?:ly)?|suspects?)\b", re.IGNORECASE)
_BESIDE = 100  # characters from a name to what it may be explained by, all of them punctuation or words like "is" and "called"
_ARTICLE = r"(?:(?i:the|an?)\s+)?"
_WHO_IS = re.compile(rf"(?i:who|what)(?:['’]s|\s+(?i:is|was|are|were))\s+{_ARTICLE}({NAME})\W*")
_DESCRIBED = re.compile(rf"(?<![\w’'-])({NAME}),\s+\Z")
_NAME_ALONE = re.compile(rf"{_ARTICLE}{NAME}\W*")
_BETWEEN = re.compile(r"\W*(?:(?:is|was|are|were|or|alias|called|named|as|known|also|formerly|the|an?)\b\W*){0,4}", re.I)


def is_short_for(query: Query, quoted: str, text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` tells in short what is asked for: it is not all of what is quoted, another's name or
    description, no quantity, forbidden or only alleged, the answer to the first part of "Who won, and when?", or one word of
    what somebody said."""
    words = text[start:end]
    return not (
        words.strip(_MARKS) == quoted.strip(_MARKS)
        or is_another_name(query, text, start, end)
        or is_of_somebody_else(query, text, start)
        or is_no_quantity(query, words)
        or tells_nothing(query, words)
        or (_FORBIDS.match(quoted) and not IS_NEGATED.search(query.text))
        or (_WHO_DID_WRONG.search(query.text) and _ALLEGED.search(quoted) and not _ALLEGED.search(query.text))
        or (ADDED.search(query.text) and (query.kind == "how" or not fits(query, words)))
        or (query.kind == "said" and len(words.split()) == 1)
    )


def is_no_quantity(query: Query, words: str) -> bool:
    """Whether it is asked how many, and the words do not tell: "number" of "There is no information on the number of dead"."""
    return bool(_HOW_MANY.search(query.text)) and not _QUANTITY.search(words)


def tells_nothing(query: Query, words: str) -> bool:
    """Whether the words by themselves say nothing: "who as a judge", "the man" of whom we ask who he is, the
    place that is asked for, more than a number."""
    return bool(
        _RELATIVE.match(words)
        or (_WHO_IS.fullmatch(query.text) and _NOBODY_KNOWN.match(words))
        or (query.kind == "where" and set(content_stems(words)) <= query.terms.keys())
        or (query.kind == "number" and len(words.split()) > _MOST_NUMBER_WORDS)
    )


def is_another_name(query: Query, text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is just a name that stands near the one that is to be explained, and not beside it: who Ali
    Vaez is, "Ali Vaez from the International Crisis Group" does not tell by his employer's name."""
    asked, told = _WHO_IS.fullmatch(query.text), _NAME_ALONE.fullmatch(text, start, end)
    if asked is None or told is None:
        return False
    if told.group().endswith(("'s", "’s")):
        return True
    before, behind = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
    gaps = [before[stop:] for word in asked.group(1).split() for _, stop in places(before, word)]
    gaps += [behind[:begin] for word in asked.group(1).split() for begin, _ in places(behind, word)]
    return not any(_BETWEEN.fullmatch(gap) for gap in gaps)


def is_of_somebody_else(query: Query, text: str, start: int) -> bool:
    """Whether what begins at `start` describes whoever is named before its comma, and somebody else is to be explained: who
    Bashar Assad is, "Maher Assad, the brother of the dictator Bashar Assad" does not tell by "the brother of the dictator"."""
    asked, described = _WHO_IS.fullmatch(query.text), _DESCRIBED.search(text, max(0, start - _BESIDE), start)
    if asked is None or described is None:
        return False
    one, other = (re.split(r"[\s-]+", name.casefold()) for name in (asked.group(1), described.group(1)))
    return not (_are_all_in(one, other) or _are_all_in(other, one))


def _are_all_in(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether each word stands among the others, if spelt a little differently: "Mohamad" is "Mohammad"."""
    return all(get_close_matches(word, others, n=1, cutoff=ALIKE) for word in some)
