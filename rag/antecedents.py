"""What a pronoun of a follow-up may mean: a person, a thing or a place of the question before or of its answer. Pure.

A wrong replacement is worse than none: where nothing is sure, there is no antecedent, and the pronoun stays.
"""

import re
from itertools import islice

from rag.kinds import ADDED, INTRODUCTION, OFFICE, PERSON, PREPOSITION, WH, kind_of
from rag.terms import CALENDAR, NAME, POSSESSIVE, STOP_WORDS, borne_names, terms

_PERSONAL = frozenset({"he", "she", "him", "his", "her", "hers"})
_PLURAL = frozenset({"they", "them", "their"})
_MOST_NAMES = 200  # of one text: an answer has a few
_ACCORDING = re.compile(r"\baccording to [^,?.]*,?\s*", re.IGNORECASE)
_ABOUT_A_NAME = re.compile(rf"who(?:se)?\s+(?:is|was|are|were)\s+(?-i:{NAME})[?.!]*$", re.IGNORECASE)  # "Who is Ida Brandt?"
_ASKS_FOR_A_THING = re.compile(
    r"^(?:which|what)\s+(?!is\b|are\b|was\b|were\b|do\b|does\b|did\b|has\b|have\b|had\b|can\b|will\b|would\b)(\w+)",
    re.IGNORECASE,
)
# "Israeli media" are not a thing that "it" means; "Duncan" in "Duncan won" or "When did Duncan win?" is.
_DEMONYM = re.compile(
    r"(\bd(?:id|oes|o)\s+)?\b([^\W\d_a-z]\w*(?:ian|ean|ese|ish|eli|aqi|can)s?)\b(?:\s+([a-z][\w-]*)(?:\s+([a-z]\w*))?)?"
)
_PAST = re.compile(
    r"(?:\w+ed|became|began|came|fell|fought|got|held|knew|led|left|lost|met|paid|ran|rose|saw|sold|spoke|took|went|won|wrote)$"
)
_PEOPLE = re.compile(
    r"\w+(?:ers|ors|ents|ants|ees|ials|ists)$|(?:Police|Rebels|Critics|Troops|People)$"
)  # "Residents said" names nobody
_BEGINS = re.compile(r"(?:^|[.!?:“\"\n])\s?$")
_IS_PREPOSITION = re.compile(PREPOSITION, re.IGNORECASE).fullmatch
_OF_MANY = frozenset({"have", "are", "were"})  # "Kestrel Rovers have sold" names nobody; in "Ida and Odo were" one may be meant
_NEXT = re.compile(r"\s+([a-z][\w-]*)")
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|from|into|across|outside|around)\s+(?:the\s+)?$", re.IGNORECASE)
_OFFICE_BEFORE = re.compile(rf"\b{OFFICE}\s+of\s+(?:the\s+)?$", re.IGNORECASE)
_THE_BEFORE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_SHORT_FORM = re.compile(r"[^\W_a-z]{2,}|(?:\w\.)+")

_BESIDE = 120  # characters on either side of an office in which the name of who holds it is sought
_MOST_OFFICES = 20
_BEHIND_OFFICE = re.compile(rf"(?:\s+of\s+(?:the\s+)?{NAME})?,?\s+({NAME})")
_AHEAD_OF_OFFICE = re.compile(rf"({NAME})(?:,|\s+(?:is|was|became|as))\s+(?:the\s+|an?\s+|its\s+)?(?:[a-z-]+\s+){{0,2}}?\Z")

_PARTICLE = r"(?:out|up|down|off|back|away|again)"
_ENDS = rf"(?:\s+{PREPOSITION}\b|\W*$)"
_VERB_FOLLOWS = rf"(?=\s+(?!{_PARTICLE}\b|{PREPOSITION}\b)[a-z]+(?:\s+{_PARTICLE})?{_ENDS})"
_WHERE_IT_IS = rf"(?:\s+(?:in|of|at|near)\s+(?:the\s+)?{NAME})?"
_OWN_THINGS = tuple(
    re.compile(pattern)
    for pattern in (
        # "the museum in Torvik", "the T4 airbase", "the 2016 flood": to the end, before a preposition or "opened"
        rf"\bthe\s+(?:\d+\s+)?(?:{NAME}\s+)?(?!doing\b)[a-z]+(?=\s+[a-z]+ed\b|{_ENDS}){_WHERE_IT_IS}",
        rf"\bthe\s+{NAME}(?={_ENDS}|\s+doing\b)",
        # "did the museum open?", "did the Lindvale dam break?", "did the US leave?"
        rf"(?:(?<=\b[Dd]id )|(?<=\b[Dd]oes )|(?<=\b[Dd]o ))the\s+(?:{NAME}(?:\s+[a-z]+)?|[a-z]+){_VERB_FOLLOWS}",
        # "Is the museum open?", not "Who is the energy minister?"
        r"(?:(?<=\b[Ii]s )|(?<=\b[Ww]as ))(?<!ho is )(?<!hat is )(?<!ho was )(?<!hat was )the\s+[a-z]+(?=\s+[a-z]+\W*$)",
        # "did oil prices rise?"
        r"(?:(?<=\bdid )|(?<=\bdo )|(?<=\bare )|(?<=\bwere ))(?!the\b)"
        r"(?:[a-z]+\s+)?[a-z]+(?<![sui])s(?=\s+[a-z]+(?<!s)(?<!ly)\b)",
    )
)
_IS_ALL = re.compile(rf"^(?:{PREPOSITION}\s+)?{WH}\s+(?:is|are|was|were)\s+(the\s+[\w\s’'-]+?)\W*$", re.IGNORECASE)
_OF_ANOTHER_TIME = frozenset({"now", "today", "currently", "yesterday", "again", "here", "there", "so"})
_PLACE = re.compile(rf"\b(?:in|at|near)\s+((?:the\s+)?{NAME})")
_PLACE_ASKED = re.compile(rf"\b(?:in|at|near|to|from|of|into)\s+((?:the\s+)?{NAME})")


def antecedents(pronoun: str, question: str, before: str, answer: str) -> list[str]:
    """Return what a pronoun (in small letters) of a question may mean, the likeliest first.

    After "Who killed Soleimani?", "Where is he now?" means whom the answer names, "When was he killed?" Soleimani: what the
    question before asked for is meant only where it is not asked again.
    """
    before = ADDED.sub("", INTRODUCTION.sub("", _ACCORDING.sub("", before), count=1))
    is_asked_again = bool(terms(question).keys() & terms(before).keys())
    if pronoun == "there":
        return _places(before, answer)
    if pronoun in _PERSONAL:
        return _persons(before, answer, is_asked_again)
    return _things(before, answer, is_asked_again, pronoun in _PLURAL)


def adjectives(text: str) -> set[str]:
    """Return the words like "Israeli" that stand before a noun wherever the text has them."""
    before_noun: set[str] = set()
    alone: set[str] = set()
    for asked, name, following, then in (found.groups() for found in _DEMONYM.finditer(text)):
        is_verb = not following or following in STOP_WORDS or _PAST.match(following)
        is_asked_verb = asked and (not then or then in STOP_WORDS)
        (alone if is_verb or is_asked_verb else before_noun).add(name)
    return before_noun - alone


def _persons(before: str, answer: str, is_asked_again: bool) -> list[str]:
    """Names of several words come first, and before all of them one beside the office asked for."""
    asked = [name for name in _names_of_persons(before, before + answer) if not _is_any_word(name, before)]
    told = [
        name for name in _names_of_persons(answer, before + answer) if not _is_any_word(name, answer) and name not in before
    ]
    offices = [thing for thing in _own_things(before) if _is_person(thing)]
    beside = [name for office in _offices(before) for name in _beside(office, answer) if name in told]
    (asked_long, asked_short), (told_long, told_short) = _by_length(asked), _by_length(told)
    if kind_of(before) == "who" and not _ABOUT_A_NAME.match(before) and not is_asked_again:
        return [*beside, *told_long, *asked_long, *told_short, *asked_short, *offices]
    if asked:
        return [*asked_long, *asked_short, *told]
    sure = told_long if len(told_long) == 1 else told_short if not told_long and len(told_short) == 1 else []
    return [*beside, *(offices or ([] if kind_of(before) == "where" else sure))]


def _names_of_persons(text: str, context: str) -> list[str]:
    """Return the names that are not of a place, an organisation, a people, as far as the words before them tell."""
    kept = []
    no_persons = adjectives(context)
    for name in borne_names(text)[:_MOST_NAMES]:
        at = text.find(name)
        ahead = text[max(0, at - 40) : at]
        following = _NEXT.match(text, at + len(name))
        is_thing = (
            _PLACE_BEFORE.search(ahead)
            or (following and following.group(1) in _OF_MANY and not ahead.endswith(" and "))
            or _OFFICE_BEFORE.search(ahead)
            or (" " in name and _THE_BEFORE.search(ahead) is not None)
        )
        if not is_thing and not _SHORT_FORM.fullmatch(name) and name not in no_persons:
            kept.append(name)
    return kept


def _is_any_word(name: str, text: str) -> bool:
    """Say whether one capital word begins a sentence and may be any word: "Fire chief Anton Wessel" is no name "Fire"."""
    at = text.find(name)
    if not name.isalpha() or name.isupper() or not _BEGINS.search(text[max(0, at - 3) : at]):
        return False
    following = _NEXT.match(text, at + len(name))
    if not following:
        return False
    is_subject = _PAST.match(following.group(1)) or (
        following.group(1) in STOP_WORDS and not _IS_PREPOSITION(following.group(1))
    )
    return not is_subject or _PEOPLE.match(name) is not None


def _by_length(found: list[str]) -> tuple[list[str], list[str]]:
    return [name for name in found if " " in name], [name for name in found if " " not in name]


def _offices(before: str) -> list[str]:
    return list(dict.fromkeys(match.group().lower() for match in re.finditer(rf"\b{PERSON}\b", before, re.IGNORECASE)))[:3]


def _beside(office: str, answer: str) -> list[str]:
    """Return the names beside a noun: "the mayor of Harrow, Ilse Dahlgren", "Ilse Dahlgren, the mayor"."""
    found: list[str] = []
    for noun in islice(re.finditer(rf"(?i:\b{re.escape(office)}\b)", answer), _MOST_OFFICES):
        behind = _BEHIND_OFFICE.match(answer[noun.end() : noun.end() + _BESIDE])
        ahead = _AHEAD_OF_OFFICE.search(answer[max(0, noun.start() - _BESIDE) : noun.start()])
        found += [match.group(1) for match in (behind, ahead) if match]
    return [POSSESSIVE.sub("", name.rstrip(".,")) for name in found]


def _things(before: str, answer: str, is_asked_again: bool, is_plural: bool) -> list[str]:
    """A thing that was asked for ("Which airbase ...?"), else the question's own; "Where ...?" asks for no thing."""
    asks = _ASKS_FOR_A_THING.match(before)
    noun = asks.group(1) if asks and kind_of(before) != "who" and not _PAST.match(asks.group(1)) else ""  # "What happened"
    if is_plural and kind_of(before) == "number":
        return []  # "How many soldiers does Iran have?": the soldiers, or Iran
    of_the_question = _own(before)
    named, no_things = borne_names(answer)[:_MOST_NAMES], adjectives(f"{before} {answer}")
    with_noun = [f"{name} {noun}" for name in named if noun and f"{name} {noun}" in answer]
    others = [name for name in named if name not in no_things and name not in before and not _is_any_word(name, answer)]
    doers = [name for name in others if not _PLACE_BEFORE.search(answer[max(0, answer.find(name) - 40) : answer.find(name)])]
    if noun and not is_asked_again:
        is_one_of_many = kind_of(before) == "list" and len(others) > 1
        return [] if is_one_of_many else [*with_noun, *others, *of_the_question]
    if is_plural and kind_of(before) == "who" and not _ABOUT_A_NAME.match(before) and not is_asked_again:
        return [*doers, *of_the_question]
    return of_the_question


def _own(before: str) -> list[str]:
    """Return the things and names that a question is about itself, in its order; of people only names."""
    things = [thing for thing in _own_things(before) if not _is_person(thing)]
    no_things = adjectives(before)
    named = borne_names(before)
    known = [*things, *([name for name in named if name not in no_things] or named)]
    return sorted(known, key=before.find)


def _own_things(before: str) -> list[str]:
    whole = _IS_ALL.match(before)
    all_of_it = [whole.group(1)] if whole and _is_one_thing(whole.group(1)) else []
    found = {match.start(): match.group().strip() for pattern in _OWN_THINGS for match in pattern.finditer(before)}
    return list(dict.fromkeys([*all_of_it, *(thing for _, thing in sorted(found.items()))]))


def _is_one_thing(phrase: str) -> bool:
    said = phrase.split()[1:]
    is_of_words = not any(word in STOP_WORDS or word in _OF_ANOTHER_TIME or word.endswith(("ing", "ed")) for word in said)
    return is_of_words and 0 < len(said) <= 4


def _is_person(thing: str) -> bool:
    head = re.split(rf"\s+{PREPOSITION}\s", thing, maxsplit=1)[0]
    return re.search(rf"\b{PERSON}$", head, re.IGNORECASE) is not None


def _places(before: str, answer: str) -> list[str]:
    """Return what stands behind "in", "at" or "near": after "Where ...?" in the answer, else in the question, if it has any."""
    told = [_place(match.group(1)) for match in _PLACE.finditer(answer) if not CALENDAR.search(match.group(1))]
    asked = [_place(match.group(1)) for match in _PLACE_ASKED.finditer(before) if not CALENDAR.search(match.group(1))]
    if kind_of(before) != "where":
        return asked or told
    noun = _ASKS_FOR_A_THING.match(before)
    named = [name for name in borne_names(answer) if name not in before and not _is_any_word(name, answer)] if noun else []
    return [*told, *named] or [thing for thing in _own(before) if not _is_person(thing)]


def _place(name: str) -> str:
    (bare,) = borne_names(name)[:1] or [name]
    return f"the {bare}" if name.startswith("the ") else bare
