"""Every question becomes a `Query`: as it will be searched, what it asks for, and whether it is about now. Knows no search."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rag.followups import stand_alone
from rag.kinds import ADDED, AUXILIARY, PREPOSITION, WH, kind_of, topic_of
from rag.spelling import capitals, is_small, with_capitals
from rag.terms import YEAR, terms
from rag.types import Query, Turn

# A current flows, or is one of electricity, where no noun follows it or such a word stands before.
_FLOWS = (
    rf"(?:{AUXILIARY}|{PREPOSITION}|that|which|so|too|very|flow\w*|runs?|ran|carri\w+|swe\w+|and|or"
    r"|(?:strong|weak|fast|swift|slow|powerful|dangerous|cold|warm)(?:er)?(?=\W*$|\s+(?:enough|when|here|there|today|than)\b"
    rf"|\s+{PREPOSITION}\b))\b"
)
_CURRENT = (
    r"(?<!first )(?<!direct )(?<!alternating )(?<!electric )(?<!electrical )(?<!ocean )(?<!river )(?<!tidal )(?<!before the )"
    rf"\bcurrent(?=\s+[\w“\"'])(?!\s+{_FLOWS})"
)
# Lower-case, or the first word: "USA Today" and "Apocalypse Now" are names.
_LATEST = (
    r"^(?:[Ll]atest|[Cc]urrent(?:ly)?|[Tt]oday|[Mm]ost recent(?:ly)?)\b"
    r"|(?<!at the )\blatest\b(?!\s+possible\b|\s+(?:date|day|time|moment)\s+(?:for|by|to|that|when)\b)"
    r"|\b(?:newest|most recent(?:ly)?|currently|today|nowadays|at present|to date|as of now|these days)\b"
    r"|\b(?:[Aa]ny (?:news|developments?|updates?)|[Ww]hat(?:['’]s| is) new)(?=\s+(?:about|on|of|with|in|from)\b|\W*$)"
    r"|\bat (?:the|this) moment\b(?!\s+(?:of|when|that|the|he|she|they|it)\b)"
    rf"|{_CURRENT}"
)
# These may as well tell of the past: "he still raised it", "the rebels who now rule" in a question that begins "Why did".
_LASTING = (
    r"^(?:[Nn]ow(?!-)|[Ss]o far)\b|(?<![\w-])now(?![\w-])"
    r"|\bso far\b(?!\s+(?:away|from|apart|off|out|north|south|east|west|as|that|behind|ahead|above|below|beyond|short)\b)"
    r"|(?<!stand )(?<!stood )(?<!sit )(?<!sat )(?<!were )(?<!was )\bstill\b"
    r"(?!\s+(?:lifes?|lives|waters?|images?|photo\w*|birth\w*|\w+ed)\b)"
    r"|\b(?:[Ii]s|[Aa]re|[Hh]as|[Hh]ave)\b[^?.,;]*\bstill\s+\w+ed\b"
)
_NOW = re.compile(f"{_LATEST}|{_LASTING}")
_LATEST_NOW = re.compile(_LATEST)
_ASKS_THE_PAST = re.compile(rf"(?:^|\b(?:and|but|so)\s+){WH}\s+(?:\w+\s+){{0,2}}?(?:did|was|were|had)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“‘\"][^”’\"]{0,400}[”’\"]")  # bounded: every mark of a long run of them begins one
# A year, or a day or month of one, that the question is about; "since 2019" reaches to now.
_THEN = re.compile(rf"(?<!\bsince )(?<!\bsince \w{{3}} ){YEAR}|\b(?:back then|at (?:that|the) time|in those days)\b", re.I)

# What people say around a question: "Hi, when ...", "thanks! and Hama?", "who runs it pls".
_GREETING = r"(?:hi|hello|hey|thanks|thank you|thx|ok|okay)(?: (?:there|a lot|so much|very much))?"
_ASKING = rf"(?:{WH}|and|but|so|can|could|would|will|do|tell)\b"
_COURTESY = re.compile(
    rf"^(?:{_GREETING}\s(?={_ASKING}|{_GREETING}|please\b)|please\s(?={_ASKING})"
    rf"|(?:{_GREETING}|please|great|good|nice|cool|interesting|i see|got it|hm+|oh|ah|well|yes)\s?[,.!…]+\s?"
    rf"(?={_ASKING}|{_GREETING}|(?:please|{AUXILIARY}|{PREPOSITION}|i)\b))+",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    r"(?:[,.!?]\s?(?:please|thanks|thank you)|\s(?:pls|plz|thx)|(?<!say)(?<!said)\splease)[\s.!?]*$", re.IGNORECASE
)
# "Could you tell me who Brandt is?": the padding, and what is left where it has a verb of its own.
_POLITE = re.compile(
    r"^(?:(?:(?:can|could|would|will) you (?:please |kindly |maybe )?)?tell (?:me|us)(?:,? please,?)?|do you know"
    rf"|i(?:['’]d| would) like to know|i want to know)\s+(?={WH}\b)",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    rf"(who|what|where|how old)\s+((?:(?!{AUXILIARY}\b)[^\s?]+\s+){{1,6}})(is|are|was|were)\s?\W*", re.IGNORECASE
)

MOST_LOOKED_UP = 4  # questions whose names are looked for in the library
_GOES_ON = re.compile(rf"(?:and|but|or|so|no|not|oh|sorry|i meant?|(?:what|how) about|{PREPOSITION})\b", re.IGNORECASE)


def _direct(question: str) -> str:
    """Return a question without polite words around it: "Could you tell me who Brandt is?" asks "who is Brandt?"."""
    asked = _PLEASE.sub("", _COURTESY.sub("", " ".join(question.split()), count=1), count=1)
    direct = _POLITE.sub("", asked, count=1)
    indirect = _INDIRECT.fullmatch(direct) if direct != asked else None
    return f"{indirect[1]} {indirect[3]} {indirect[2].strip()}?" if indirect else direct


def understand(question: str, history: Sequence[Turn] = (), holding: Callable[[str], Iterable[str]] | None = None) -> Query:
    """Return the question as it will be searched, with what kind of answer it wants.

    In a conversation names typed in small letters are written as the answers write them, or "and russia?" would name nobody;
    where it goes on so, or went on, also as the passages do that `holding` gives for the words of a text.
    """
    asked = _direct(question)
    history = [replace(turn, content=_direct(turn.content)) if turn.role == "user" else turn for turn in history]
    small = [typed for typed in (*(turn.content for turn in history if turn.role == "user"), asked) if is_small(typed)]
    if history and small:
        answers = (turn.content for turn in reversed(history) if turn.role == "assistant")
        goes_on = any(map(_GOES_ON.match, small))
        passages = holding(" ".join(small[-MOST_LOOKED_UP:])) if holding and goes_on else ()
        written = capitals((*answers, *passages))
        asked = with_capitals(asked, written)
        history = [replace(turn, content=with_capitals(turn.content, written)) for turn in history]
    text = stand_alone(asked, history)
    kind, about_now = kind_of(text), is_about_now(text)
    # "Now" asks for a time and is no topic: a passage need not hold the word to be about it.
    subject = topic_of(text, kind)
    topic = terms(_NOW.sub(" ", subject) if about_now else subject)
    if kind == "summary" and not topic:
        return Query(text=text, kind="overview", terms=terms(text))
    is_double = text == asked and ADDED.search(text)  # a follow-up, "And when?", wants no answer to what was asked before
    return Query(text, kind, topic or terms(text), about_now, ADDED.sub("?", text) if is_double else None)


def is_about_now(question: str) -> bool:
    """Say whether a question asks for the present or the latest state; one that names a past year or day does not."""
    said = _QUOTED.sub(" ", question)
    words_of_now = _LATEST_NOW if _ASKS_THE_PAST.search(said) else _NOW
    return bool(words_of_now.search(said)) and not _THEN.search(said)
