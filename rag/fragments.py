"""A fragment that goes on from the question before, "What about Russia?", "And in 2018?", and what it replaces there. Pure.

Each exchange is sure of its place or returns None. What none is sure of is added at the end, or stays as it was typed.
"""

import re

from rag.antecedents import adjectives
from rag.kinds import ADDED, AUXILIARY, PERSON, PREPOSITION
from rag.reported import asked_words
from rag.terms import CALENDAR, NAME, POSSESSIVE, YEAR, borne_names, names, words

Place = tuple[int, int, str]  # `start, end` in the question before, and what stands there now

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

_TODAY = re.compile(r"(?:right )?now|today|currently|nowadays|at (?:the moment|present)", re.IGNORECASE)
_THEN = re.compile(
    rf"\b(?:in|on|at|by|before|after|during|since|until)\s+(?:(?:[A-Z][a-z]+|\d\d?),?\s+){{0,2}}{YEAR}"
    rf"(?=\W*$|\s+{PREPOSITION}\b)"
)
_IS_PERSON = re.compile(rf"(?:[\w’'-]+\s+){{0,4}}?{PERSON}(?:\s+(?:of|in|for)\s+.+)?", re.IGNORECASE)
_ABOUT = re.compile(r"about\s+\S", re.IGNORECASE)
_ADDED_THING = re.compile(r", and [\w’'-]+(?: [\w’'-]+)?\?$")  # another one takes its place
_WHAT_ABOUT = re.compile(r"(?:(?:and|but|so|ok|okay)[\s,]+)?(?:what|how)\s+about\b", re.IGNORECASE)
_LAST_ABOUT = re.compile(r".*\b(about\s.*?)\W*$", re.IGNORECASE)
_COUNTED = re.compile(r"(?:\w+\s+){0,2}?how many\s+(people|men|women|children|[a-z]+s)\b(?=\s)", re.IGNORECASE)
_COUNTS = re.compile(rf"how many\s+((?:{AUXILIARY}\s+)?(\w+))", re.IGNORECASE)
_IS_COUNTED = re.compile(r"people|men|women|children|\w+(?<![siu])s", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:he|she|it|they)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"(?:the|an?)\s+[a-z]", re.IGNORECASE)
_WHERE = re.compile(r"\s(?:in|at|near|during)\s[^?!]*")


def continued(question: str, fragment: str, before: str) -> str:
    """ "What about Russia?" asks the question before of Russia, "And in 2018?" of 2018; what can be added nowhere stays.

    "What about shop theft?" then is a topic of its own.

    What was added to the question before, ", and when?", is asked again of Russia, and goes before "in 2018" can be added.
    """
    asked = ADDED.sub("", before)
    exchanges = (_today, _person_speaking, _like_for_like, _topic, _whom_nobody_knew, _told_of, _speaking)
    place = next(filter(None, (exchange(fragment, asked) for exchange in exchanges)), None)
    if place:
        start, end, thing = place
        return asked[:start] + thing + asked[end:] + before[len(asked) :]
    stated = without_end(_ADDED_THING.sub("", asked))
    if re.match(rf"{PREPOSITION}\s", fragment, re.IGNORECASE) and not (_WHEN.search(fragment) and _WHEN.search(before)):
        return f"{stated} {fragment}?"
    is_topic = _WHAT_ABOUT.match(question) and not (_TODAY.fullmatch(fragment) or CALENDAR.search(fragment))
    return f"{stated}, and {fragment}?" if len(words(fragment)) <= 2 and not is_topic else question


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


def without_end(text: str) -> str:
    """Return a question without what ends it; the last stop of "the U.S." is the word's."""
    bare = text.rstrip("?! ")
    return bare.rstrip(".") if bare.rpartition(" ")[2].count(".") == 1 else bare


def _today(fragment: str, before: str) -> Place | None:
    """Return "today" in the place of the only year: "And now?" after "What did bread cost in May 2015?"."""
    then = list(_THEN.finditer(before))
    return (*then[0].span(), "today") if len(then) == 1 and _TODAY.fullmatch(fragment) else None


def _topic(fragment: str, before: str) -> Place | None:
    """Return what begins with "about" in the place of all that does: "And about resigning?" after "... say about the dam?"."""
    told = _LAST_ABOUT.match(before) if _ABOUT.match(fragment) else None
    return (*told.span(1), fragment) if told else None


def _told_of(fragment: str, before: str) -> Place | None:
    """Return what has no name in the place of all that was asked about: "What about shop theft?" after "... about the dam?"."""
    is_topic = not re.match(rf"{PREPOSITION}\s", fragment, re.IGNORECASE) and not (names(fragment) and asked_words(before))
    return _topic(f"about {fragment}", before) if is_topic else None


def _person_speaking(fragment: str, before: str) -> Place | None:
    """Return a person in the place of whose words were asked for: "And the mayor?" after "What did Ida Brandt say?"."""
    return _speaking(fragment, before) if _IS_PERSON.fullmatch(fragment) else None


def _speaking(fragment: str, before: str) -> Place | None:
    """Return whoever it is in the place of whose words were asked for: "and the company" after "what did ida brandt say?"."""
    asked = asked_words(before)
    if asked is None or re.match(rf"{PREPOSITION}\s", fragment, re.IGNORECASE):
        return None
    speaker = re.search(rf"(?<!\w){re.escape(asked.speaker)}(?!\w)", before)
    return (*speaker.span(), fragment) if speaker else None


def _like_for_like(fragment: str, before: str) -> Place | None:
    """Return a year in the place of the only year, what follows "in" or "the mayor of" in that of such a thing that followed
    it, a name in that of the first name, "the museum" in that of the only thing of this shape."""
    year, years = _WHEN.fullmatch(fragment), list(_WHEN.finditer(before))
    if year and len(years) == 1:
        preposition = years[0]["preposition"]
        return *years[0].span(), f"{year['preposition'] or preposition} {year['year']}" if preposition else year["year"]
    led = _LED.match(fragment)
    if led:
        return _behind_lead(led.group(1), led.group(2), before)
    if _sort(fragment) == "definite":
        things = list(_DEFINITE_THING.finditer(before))
        same = [thing for thing in things if thing[0].split()[0].lower() == fragment.split()[0].lower()]  # "the", not "a"
        found = same or things
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


def _behind_lead(lead: str, thing: str, before: str) -> Place | None:
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


def _whom_nobody_knew(fragment: str, before: str) -> Place | None:
    """Return somebody or something in the place of the only pronoun, where nothing is named: "And Marsh?" after "What did he
    say?"."""
    pronouns = list(_PRONOUN.finditer(before))
    is_thing = (names(fragment) or _DEFINITE.match(fragment)) and not CALENDAR.search(fragment)
    is_led = re.match(rf"{PREPOSITION}\s", fragment, re.IGNORECASE)
    return (*pronouns[0].span(), fragment) if is_thing and not is_led and len(pronouns) == 1 and not names(before) else None
