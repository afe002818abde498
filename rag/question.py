"""Every question becomes a `Query`: as it will be searched, what it asks for, and whether it is about now. Knows no search."""

import re
from collections.abc import Sequence

from rag.followups import stand_alone
from rag.kinds import WH, kind_of
from rag.terms import terms
from rag.types import Query, Turn

# Lower-case, or the first word: "USA Today" and "Apocalypse Now" are names. A current flows where no noun follows it.
_LATEST = (
    r"^(?:[Ll]atest|[Cc]urrent(?:ly)?|[Tt]oday|[Mm]ost recent(?:ly)?)\b"
    r"|\b(?:latest|newest|most recent(?:ly)?|currently|today|nowadays|at present|to date|as of now|these days)\b"
    r"|\bat (?:the|this) moment\b"
    r"|(?<!first )\bcurrent(?=\s+[\w“\"'])"
)
# These may as well tell of the past: "he still raised it", "the rebels who now rule" in a question that begins "Why did".
_LASTING = (
    r"^(?:[Nn]ow(?!-)|[Ss]o far)\b|(?<![\w-])now(?![\w-])"
    r"|\bso far\b(?!\s+(?:away|from|apart|off|out|north|south|east|west|as|that)\b)"
    r"|(?<!stand )(?<!stood )(?<!sit )(?<!sat )(?<!were )(?<!was )\bstill\b"
    r"(?!\s+(?:lifes?|lives|waters?|images?|photo\w*|birth\w*|\w+ed)\b)"
    r"|\b(?:[Ii]s|[Aa]re|[Hh]as|[Hh]ave)\b[^?.,;]*\bstill\s+\w+ed\b"
)
_NOW = re.compile(f"{_LATEST}|{_LASTING}")
_LATEST_NOW = re.compile(_LATEST)
_ASKS_THE_PAST = re.compile(rf"(?:^|\b(?:and|but|so)\s+){WH}\s+(?:\w+\s+){{0,2}}?(?:did|was|were|had)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“‘\"][^”’\"]{0,400}[”’\"]")  # bounded: every mark of a long run of them begins one
# A year, or a day or month of one, that the question is about; "since 2019" reaches to now.
_THEN = re.compile(
    r"\b(?<!since )(?<!since \w{3} )(?:1[5-9]|20)\d\d\b|\b(?:back then|at (?:that|the) time|in those days)\b", re.I
)


def understand(question: str, history: Sequence[Turn] = ()) -> Query:
    """Return the question as it will be searched, with what kind of answer it wants."""
    text = stand_alone(" ".join(question.split()), history)
    about_now = is_about_now(text)
    # "Now" asks for a time and is no topic: a passage need not hold the word to be about it.
    topic = terms(_NOW.sub(" ", text)) or terms(text) if about_now else terms(text)
    return Query(text=text, kind=kind_of(text), terms=topic, is_about_now=about_now)


def is_about_now(question: str) -> bool:
    """Say whether a question asks for the present or the latest state; one that names a past year or day does not."""
    said = _QUOTED.sub(" ", question)
    words_of_now = _LATEST_NOW if _ASKS_THE_PAST.search(said) else _NOW
    return bool(words_of_now.search(said)) and not _THEN.search(said)
