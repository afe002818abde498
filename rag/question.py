"""A follow-up becomes a question that stands alone, and every question becomes a `Query`. Knows no search and no model.

The rules carry over only what the follow-up leaves open: the thing a pronoun means, the rest of a question that is only
"Why?" or "What about Russia?". A question that is complete, a new topic too, is left exactly as it was typed.
The result is shown to the user ("Searched for: ..."), who can correct it.
"""

import re
from collections.abc import Sequence

from rag.terms import STOP_WORDS, names, terms, words
from rag.types import Kind, Query, Turn

_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        "summary",
        r"^(?:please\s+)?(?:summari[sz]e|give (?:me )?(?:a |an )?(?:summary|overview))\b"
        r"|\bwhat (?:is|are) th(?:is|e|ese) articles? about\b|\bin summary\b",
    ),
    (
        "list",
        r"^(?:please\s+)?(?:list|name|enumerate)\b|\b(?:which|what)\s+(?:\w+\s+)?(?:groups|countries|factors|reasons|names|members|parties"
        r"|examples|kinds|types|ways|people|allies|proxies|challenges|concerns|consequences|effects|steps|options|choices)\b",
    ),
    (
        "why",
        r"\bwhy\b|\bwhat (?:is|was|were|are) the (?:reasons?|causes?|motives?)\b|\bhow come\b|\bfor what reason|\bwhat for\b",
    ),
    (
        "number",
        r"\bhow (?:many|much|old|far|long|often|large|big|high|tall|fast)\b|\bwhat (?:number|percentage|share|amount|age)\b",
    ),
    ("when", r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|week|century|decade)\b|\bhow long ago\b|\bsince when\b"),
    (
        "where",
        r"\bwhere\b|\b(?:what|which) (?:city|country|place|province|region|town|airport|airbase|location)\b|\blocation\b",
    ),
    ("who", r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|politician|general|president|leader|commander|expert)\b"),
    ("how", r"\bhow\b"),
    # One that offers a choice, "a failure or a success?", is answered by a few words of a sentence; yes or no is not.
    ("yes_no", r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\b(?!.*\bor\b)"),
)
_KIND_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

# "Which paper reported how ...?" asks for a paper: what a later question word begins is only told about it.
_WHICH_CLAUSE = re.compile(
    r"^((?:and |but )?(?:which|what)\s+(?!is\b|are\b|was\b|were\b|do\b|does\b|did\b)\w+\b.*?)\s(?:how|why|when|where|who)\b.*$",
    re.IGNORECASE,
)
_WH = r"(?:who(?:m|se)?|what|when|where|why|how(?:\s+(?:many|much|long|old|far|often|come))?|which(?:\s+\w+)?)"
_BARE = re.compile(
    rf"^(?:and|but|so|ok|okay)?[\s,]*({_WH})"
    r"(?:\s+(?:so|then|not|exactly|(?:was|is|did|does)\s+(?:that|this|it(?=\s+happen))(?:\s+happen)?))?\s*[?.!]*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:and|but|so|ok|okay)?[\s,]*(?:what|how)\s+about\s+(.+)$", re.IGNORECASE)
_AND = re.compile(rf"^(?:and|but|or)[\s,]+(?!{_WH}\b)(.+)$", re.IGNORECASE)
_LEADING_WH = re.compile(rf"^{_WH}\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_PERSON = {"he": "{}", "she": "{}", "him": "{}", "his": "{}'s", "her": "{}'s", "hers": "{}'s"}
_THING = {"it": "{}", "its": "{}'s", "they": "{}", "them": "{}", "their": "{}'s", "there": "in {}"}
_PRONOUN = re.compile(rf"\b({'|'.join(_PERSON | _THING)})\b", re.IGNORECASE)
_BOUND = frozenset({"he", "she", "they", "his", "her", "hers", "their", "its", "it"})
_ASKS_FOR_A_THING = re.compile(
    r"^(?:who(?:m|se)?\b|where\b|(?:which|what)\s+(?!is\b|are\b|was\b|were\b|do\b|does\b|did\b)(\w+))", re.IGNORECASE
)
_DEMONYM = re.compile(r"^\S+(?:ian|ean|ese|ish|eli|aqi|can)s?$")  # "Israeli media" are not a thing that "it" means
_NO_REFERENCE = re.compile(
    r"\b(?:is|was|are|were) there\b|\bthere (?:is|are|was|were)\b|\b(?:this|that|these|those)\s+(?!happen|mean|true)[a-z]\w+"
    r"|\bit (?:true|possible|likely|clear)\b"
    r"|\b\w+s? that\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<!\s)\s*\[\d+\]")  # begins where the space begins: sought once in a long run of it
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
_ASKS_THE_PAST = re.compile(rf"(?:^|\b(?:and|but|so)\s+){_WH}\s+(?:\w+\s+){{0,2}}?(?:did|was|were|had)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“‘\"][^”’\"]*[”’\"]")
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


def kind_of(question: str) -> Kind:
    """Say what a question asks for, by its question words; anything else is "what"."""
    asked = _WHICH_CLAUSE.sub(r"\1", question)
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.search(asked)), "what")


def is_about_now(question: str) -> bool:
    """Say whether a question asks for the present or the latest state; one that names a past year or day does not."""
    said = _QUOTED.sub(" ", question)
    words_of_now = _LATEST_NOW if _ASKS_THE_PAST.search(said) else _NOW
    return bool(words_of_now.search(said)) and not _THEN.search(said)


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Resolve a follow-up against the turns before it, oldest first, so that "And he?" after "And then?" still resolves."""
    before, answer = "", ""
    for turn in history:
        if turn.role == "user":
            before = _resolve(" ".join(turn.content.split()), before, answer)
        else:
            answer = _MARK.sub("", turn.content)
    return _resolve(question, before, answer)


def _resolve(question: str, before: str, answer: str) -> str:
    if not before:
        return question
    bare = _BARE.match(question)
    if bare:
        return _asked_again(bare.group(1), before)
    added = _ABOUT.match(question) or _AND.match(question)
    fragment = added.group(1).rstrip("?.! ") if added else ""
    if fragment:
        return _with_exchanged(before, fragment)
    return _with_names_for_pronouns(question, before, answer)


def _asked_again(question_word: str, before: str) -> str:
    """ "Why?" after "When did Iran leave?" asks "Why did Iran leave?"; after "Who killed him?", "Who killed him, and why?"."""
    rest = _LEADING_WH.sub("", before, count=1).strip()
    if rest and rest.split()[0].lower() in STOP_WORDS:
        return f"{question_word.capitalize()} {rest[0].lower()}{rest[1:]}"
    return f"{before.rstrip('?.! ')}, and {question_word.lower()}?"


def _with_exchanged(before: str, fragment: str) -> str:
    """ "What about Russia?" asks the question before of Russia; "And in 2018?" asks it of 2018."""
    year, year_before = _YEAR.search(fragment), _YEAR.search(before)
    if year:
        return (
            before[: year_before.start()] + year.group() + before[year_before.end() :]
            if year_before
            else f"{before.rstrip('?.! ')} {fragment}?"
        )
    replaced = names(before)
    if replaced and names(fragment) and len(words(fragment)) <= 5:
        return re.sub(rf"{re.escape(replaced[0])}(?!\w)", lambda _: fragment, before, count=1)
    return f"{before.rstrip('?.! ')} {fragment}?" if len(words(fragment)) <= 2 else fragment


def _with_names_for_pronouns(question: str, before: str, answer: str) -> str:
    """Put the name that a pronoun means in its place."""
    no_reference = [match.span() for match in _NO_REFERENCE.finditer(question)]
    pronoun = next((match for match in _PRONOUN.finditer(question) if not _is_inside(match.start(), no_reference)), None)
    if pronoun is None:
        return question
    named_here = set(names(question))
    words_here = {word for name in named_here for word in name.split()}
    meant = [name for name in _antecedents(question, before, answer) if not words_here & set(name.split())]
    word = pronoun.group().lower()
    # "Why did Trump announce his plan?" means Trump's; but in "What did Trump say about him?" he is somebody else.
    if not meant or (word in _BOUND and any(question.find(name) < pronoun.start() for name in named_here)):
        return question
    return question[: pronoun.start()] + (_PERSON | _THING)[word].format(meant[0]) + question[pronoun.end() :]


def _antecedents(question: str, before: str, answer: str) -> list[str]:
    """Return what a pronoun may mean, the likeliest first: what the question before asked for, or what it was about.

    After "Who killed Soleimani?", "Where is he now?" means whom the answer names, "When was he killed?" Soleimani.
    """
    asked_for = [] if terms(question).keys() & terms(before).keys() else _asked_for(before, answer)
    known = [*asked_for, *names(before), *names(answer)]
    return [name for name in known if not _DEMONYM.search(name)] or known


def _asked_for(before: str, answer: str) -> list[str]:
    """Return what answers a question for a thing ("Which airbase ...?"): "T4 airbase", else names that it did not have."""
    asks = _ASKS_FOR_A_THING.match(before)
    if not asks:
        return []
    noun = asks.group(1)
    with_noun = [f"{name} {noun}" for name in names(answer) if noun and f"{name} {noun}" in answer]
    return [*with_noun, *(name for name in names(answer) if name not in before)]


def _is_inside(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
