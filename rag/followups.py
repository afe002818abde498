"""A follow-up becomes a question that stands alone. Knows no search and no model.

The rules carry over only what the follow-up leaves open: the thing a pronoun means, the rest of a question that is only
"Why?" or "What about Russia?". A question that is complete, a new topic too, is left exactly as it was typed.
The result is shown to the user ("Searched for: ..."), who can correct it.
"""

import re
from collections.abc import Sequence

from rag.antecedents import adjectives, antecedents
from rag.asking import QUESTION_CHARACTERS
from rag.fragments import counted_again, person_speaking, speaking, today, topic, whom_nobody_knew
from rag.kinds import ADDED, AUXILIARY, ELLIPSIS, PREPOSITION, WH
from rag.terms import CALENDAR, NAME, POSSESSIVE, YEAR, borne_names, words
from rag.types import Turn

_BARE = re.compile(
    rf"^(?:and|but|so|ok|okay)?[\s,]*{ELLIPSIS}"
    r"(?:\s+(?:so|then|exactly|(?:was|is|did|does)\s+(?:that|this|it(?=\s+happen))(?:\s+happen)?))?\s*[?.!]*$",
    re.IGNORECASE,
)
_HOW_MANY_THINGS = re.compile(r"how\s+(?:many|much)\s+\w", re.IGNORECASE)  # without "and", a new question: "How many teams?"
_QUESTION = re.compile(rf"(?:{PREPOSITION}\s+)?{WH}\s", re.IGNORECASE)  # "What about why ...?"
# These ask for what was done, or who did it: with another question word in its place, a question would lose that.
_ASKS_WHAT = re.compile(r"^(?:what|which|how (?:many|much|come))\b|\bwho(?:m|se)?\b|\b(?:else|not)$", re.IGNORECASE)
_WHERE_TO = re.compile(r"where\s+(to|from)", re.IGNORECASE)
_INVERTED = re.compile(rf"^(?:((?:{PREPOSITION}\s+)?{WH})\s+)?({AUXILIARY}\s.*)$", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:and|but|so|ok|okay)?[\s,]*(?:what|how)\s+about\s+(.+)$", re.IGNORECASE)
_AND = re.compile(rf"^(?:and|but|or)[\s,]+(?:(?=(?-i:[A-Z]{{2,}})\b)|(?!(?:{PREPOSITION}\s+)?{WH}\b))(.+)$", re.IGNORECASE)
_AND_DOES = re.compile(rf"^(?:[Aa]nd|[Bb]ut|[Oo]r|[Ss]o)[\s,]+({AUXILIARY}\s.+)$")  # not "And May 2019?"
_MOST_WORDS = 6  # of a fragment that continues the question before
_CLAUSE = re.compile(rf"\b(?:{AUXILIARY}|{WH}|that|not|(?:I|you|we|he|she|they|it)(?=\s+\w))\b")

_WHEN = re.compile(rf"(?:\b(?P<preposition>{PREPOSITION})\s+)?(?P<year>{YEAR})", re.IGNORECASE)
# "the mayor of" "Torvik", "in" "Skarn", "on" "3 May", "in" "the north"
_LED = re.compile(rf"^(?:(?:the|an?)\s+)?((?:[\w’'-]+\s+){{0,3}}?{PREPOSITION})\s+(.+)$", re.IGNORECASE)
_LED_THING = (
    rf"(?:(?:the\s+)?(?:\d{{1,2}}\s+)?{NAME}(?:\s+\d{{1,2}}\b)?"
    rf"|(?:(?:the|an?)\s+(?:[\w-]+\s+){{0,2}}?)?\w+(?=\s+{PREPOSITION}\b|\W*$))"
)
# Where it is sure that one word is the whole thing: "the museum opened", "the mayor of", "did the museum open?"
_DEFINITE_THING = re.compile(
    rf"\b(?:the|an?)\s+(?:\d+\s+)?\w+(?=\s+(?:\w+ed|{PREPOSITION})\b|\W*$)"
    rf"|(?:(?<=\bdid )|(?<=\bdoes )|(?<=^Is )|(?<=^Are )|(?<=^Was )|(?<=^Were ))the\s+\w+"
    rf"(?=\s+\w+(?:\s+{PREPOSITION}\b|\W*$))"
)
# Behind a name that nothing adds to: "did the US do in Syria", "did the US strike Iran", but not "did the Iran deal fail"
_IS_WHOLE = (
    rf"(?:['’]s?)?(?:\W*$|[,;:]|\s+(?:{PREPOSITION}|{AUXILIARY}|and|or|do|be)\b"
    rf"|\s+[a-z]+(?:\W*$|\s+(?:{PREPOSITION}|the|an?|its|his|her|their)\b|\s+[A-Z]))"
)
_ITS_NUMBER = rf"(?:\s+(?!{YEAR})\d+\b)?"  # "Apollo 11"
_NAMED_THING = re.compile(rf"(?:[a-z]+\s+){{0,2}}{NAME}(?:(?:,|\s+and|\s+or)\s+(?:the\s+)?{NAME})*{_ITS_NUMBER}")

_PERSON = {"he": "{}", "she": "{}", "him": "{}", "his": "{}'s", "her": "{}'s", "hers": "{}'s"}
_THING = {"it": "{}", "its": "{}'s", "they": "{}", "them": "{}", "their": "{}'s", "there": "in {}"}
_PRONOUN = re.compile(rf"\b({'|'.join(_PERSON | _THING)})\b", re.IGNORECASE)
_BOUND = frozenset({"he", "she", "they", "his", "her", "hers", "their", "its", "it"})
_NO_NOUN = re.compile(  # "Who met her?", "Who met her in Skarn?": no possessive
    rf"\s*(?:[^\w\s]|$)|\s+(?:{PREPOSITION}|and|or|but|because|when|where|while|if|that|than|again|today|yesterday)\b(?!-)",
    re.IGNORECASE,
)
_POSSIBLE = (
    r"(?:true|possible|impossible|likely|clear|hard|difficult|easy|safe|dangerous|legal|illegal|necessary|important|common"
    r"|normal|allowed|better|good|bad|right|wrong|worth|time|late|early)"
)
_NO_REFERENCE = re.compile(
    r"\b(?:is|was|are|were) there\b|\bthere (?:is|are|was|were|be|been)\b|\bit (?:true|possible|likely|clear|known)\b"
    r"|\bit(?=\s+(?:takes?|took|costs?)\s+(?:\w+\s+){0,4}?to\s|\s+(?:going to\s+)?(?:rain|snow)(?:s|ed|ing)?\b)"
    rf"|\bit(?=\s+(?:\w+\s+){{0,2}}?{_POSSIBLE}(?:\s+enough)?\s+(?:to\s+(?!the\b)(?-i:[a-z])|that\b|if\b|whether\b))",
    re.IGNORECASE,
)
# What an answer says itself in front of a claim: "As of 3 May 2023:", "Later, Harbour Post (2024-03-05) tells it differently:".
_REMARK = re.compile(
    r"(?:^|(?<=[\])]\s))(?:As of (?:an undated article|\d\d? \w+ \d{4}):"
    r"|(?:“[^”\n]{1,300}”|[^\[\]\n]{1,300}?) \((?:\d{4}-\d\d-\d\d|undated)\)(?: \(and \d+ more\))?"
    r"(?: tells it differently| says the same)?:)",
    re.MULTILINE,
)
_MARK = re.compile(r"(?<!\s)\s*\[\d+\]")  # begins where the space begins: sought once in a long run of it


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Resolve a follow-up against the turns before it, oldest first, so that "And he?" after "And then?" still resolves."""
    before, answer = "", ""
    for turn in history:
        if turn.role == "user":
            asked = " ".join(turn.content.split())[:QUESTION_CHARACTERS]  # no question is longer, and patterns are quadratic
            before = _resolve(asked, before, answer)
        else:
            answer = _MARK.sub("", _REMARK.sub("", turn.content))
    return _resolve(question, before, answer)


def _resolve(question: str, before: str, answer: str) -> str:
    if not before:
        return question
    bare = _BARE.match(question)
    if bare and not _is_short_form(bare.group(1), question) and not _HOW_MANY_THINGS.match(question):
        return _asked_again(bare.group(1), before)
    whole = _AND_DOES.match(question)
    asked = whole.group(1)[0].upper() + whole.group(1)[1:] if whole else question
    added = _ABOUT.match(asked) or _AND.match(asked)
    if added and _QUESTION.match(added.group(1)):
        return _with_names_for_pronouns(added.group(1), before, answer)
    if not added or _CLAUSE.search(added.group(1)):
        return _with_names_for_pronouns(asked, before, answer)
    said = _with_names_for_pronouns(added.group(1), before, answer)
    fragment, named = _without_end(said), asked[: added.start(1)] + said
    return _continued(named, fragment, before) if 0 < len(words(fragment)) <= _MOST_WORDS else named


def _is_short_form(word: str, question: str) -> bool:
    """Say whether a word that is a question word or a pronoun in small letters is a name: "WHO", "IT"."""
    return len(word) > 1 and word.isupper() and not question.isupper()


def _without_end(text: str) -> str:
    """Return a question without what ends it; the last stop of "the U.S." is the word's."""
    bare = text.rstrip("?! ")
    return bare.rstrip(".") if bare.rpartition(" ")[2].count(".") == 1 else bare


def _asked_again(question_word: str, before: str) -> str:
    """ "Why?" after "When did Iran leave?" asks "Why did Iran leave?"; after "Who killed him?", "Who killed him, and why?"."""
    asked = ADDED.sub("", before)
    counted = counted_again(question_word, asked)
    if counted:
        return counted
    inverted = _INVERTED.match(asked)
    if not inverted or _ASKS_WHAT.search(question_word) or _ASKS_WHAT.search(inverted.group(1) or ""):
        return f"{_without_end(asked)}, and {question_word.lower()}?"
    rest = inverted.group(2)[0].lower() + inverted.group(2)[1:]
    where = _WHERE_TO.fullmatch(question_word)
    return f"Where {_without_end(rest)} {where.group(1)}?" if where else f"{question_word.capitalize()} {rest}"


def _continued(question: str, fragment: str, before: str) -> str:
    """ "What about Russia?" asks the question before of Russia, "And in 2018?" of 2018; what can be added nowhere stays.

    What was added to the question before, ", and when?", is asked again of Russia, and goes before "in 2018" can be added.
    """
    asked = ADDED.sub("", before)
    exchanges = (today, person_speaking, _place, topic, speaking, whom_nobody_knew)
    place = next(filter(None, (exchange(fragment, asked) for exchange in exchanges)), None)
    if place:
        start, end, thing = place
        return asked[:start] + thing + asked[end:] + before[len(asked) :]
    stated = _without_end(asked)
    if re.match(rf"{PREPOSITION}\s", fragment, re.IGNORECASE) and not (_WHEN.search(fragment) and _WHEN.search(before)):
        return f"{stated} {fragment}?"
    return f"{stated}, and {fragment}?" if len(words(fragment)) <= 2 else question


def _place(fragment: str, before: str) -> tuple[int, int, str] | None:
    """Return `start, end` in the question before of what a fragment asks to exchange, and what for; None where that is not
    sure: a year for the only year, what follows "in" or "the mayor of" for such a thing that followed it, a name for the
    first name, "the museum" for the only thing of this shape."""
    year, years = _WHEN.fullmatch(fragment), list(_WHEN.finditer(before))
    if year and len(years) == 1:
        preposition = years[0]["preposition"]
        return *years[0].span(), f"{year['preposition'] or preposition} {year['year']}" if preposition else year["year"]
    led = _LED.match(fragment)
    if led:
        return _place_behind(led.group(1), led.group(2), before)
    if _sort(fragment) == "definite":
        found = list(_DEFINITE_THING.finditer(before))
    elif not _NAMED_THING.fullmatch(fragment):
        found = []
    elif _sort(fragment) == "calendar":
        found = [] if _WHEN.search(fragment) else list(CALENDAR.finditer(before))[:1]
    else:
        of_a_people = adjectives(before)
        name = next((re.escape(name) + _ITS_NUMBER for name in borne_names(before) if name not in of_a_people), None)
        the = r"(?:\bthe\s+)?" if fragment.startswith("the ") else rf"(?:\bthe\s+(?={name}{_IS_WHOLE}))?"
        found = list(re.finditer(rf"{the}(?<!\w){name}(?!\w)(?:\.(?=\s|['’]))?", before))[:1] if name else []
    return (*found[0].span(), POSSESSIVE.sub("", fragment)) if len(found) == 1 else None


def _place_behind(lead: str, thing: str, before: str) -> tuple[int, int, str] | None:
    """Return the last place in the question before where `lead` stands before the same sort of thing; a year stays that
    `thing` has none of: "And in June?" after "in May 2019"."""
    led = re.finditer(rf"\b(?i:{re.escape(lead)})\s+({_LED_THING})(,?\s+{YEAR})?", before)
    found = [one for one in led if _sort(one[1]) == _sort(thing)]
    if not found:
        return None
    last = found[-1]
    end = last.end() if _WHEN.search(thing) else last.start(1) + len(POSSESSIVE.sub("", last[1]))
    return last.start(1), end, thing


def _sort(thing: str) -> str:
    if re.match(r"(?:the|an?)\s+[a-z\d]", thing):
        return "definite"
    return "calendar" if CALENDAR.search(thing) else "other"


def _with_names_for_pronouns(question: str, before: str, answer: str) -> str:
    """Put the name that a pronoun means in its place."""
    no_reference = [match.span() for match in _NO_REFERENCE.finditer(question)]
    pronouns = (match for match in _PRONOUN.finditer(question) if not _is_short_form(match.group(), question))
    pronoun = next((match for match in pronouns if not _is_inside(match.start(), no_reference)), None)
    if pronoun is None:
        return question
    named_here = set(borne_names(question))
    words_here = {word for name in named_here for word in name.split()}
    word = pronoun.group().lower()
    meant = [name for name in antecedents(word, question, before, answer) if not words_here & set(name.split())]
    word = "him" if word == "her" and _NO_NOUN.match(question, pronoun.end()) else word
    # "Why did Trump announce his plan?" means Trump's; but in "What did Trump say about him?" he is somebody else, unless
    # Trump is in a clause before: "When Trump lost, who beat him?"
    is_bound = word in _BOUND or "," in question[: pronoun.start()]
    if not meant or (is_bound and any(question.find(name) < pronoun.start() for name in named_here)):
        return question
    return question[: pronoun.start()] + (_PERSON | _THING)[word].format(meant[0]) + question[pronoun.end() :]


def _is_inside(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
