"""A follow-up becomes a question that stands alone. Knows no search and no model.

The rules carry over only what the follow-up leaves open: the thing a pronoun means, the rest of a question that is only
"Why?" or "What about Russia?". A question that is complete, a new topic too, is left exactly as it was typed.
The result is shown to the user ("Searched for: ..."), who can correct it.
"""

import re
from collections.abc import Sequence

from rag.antecedents import antecedents
from rag.asking import QUESTION_CHARACTERS
from rag.fragments import continued, counted_again, without_end
from rag.kinds import ADDED, AUXILIARY, ELLIPSIS, PREPOSITION, WH
from rag.remarks import without_remarks
from rag.reported import asked_words
from rag.terms import CALENDAR, NAME, borne_names, words
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
_PARTICIPLES = {"beat": "beaten", "broke": "broken", "chose": "chosen", "stole": "stolen", "took": "taken", "wrote": "written"}
_DID = (
    r"(?:(?!(?:happened|died|called)\b)\w+ed|built|bought|brought|caught|cut|found|hit|held|led|lost|made|paid|sold|sent|shot"
    rf"|struck|taught|won|{'|'.join(_PARTICIPLES)})"
)
_NOUN = rf"(?:(?!(?:{PREPOSITION}|{AUXILIARY}|{WH}|that|and|or|the|an?|most)\b)[\w’'-]+)"
# Who did it, what was done, to whom: "Who killed", "Which group signed the deal"; of "Who arrived first?" nothing is sure.
_DONE = re.compile(
    rf"(?:(?:and|but|so)\s+)?(?:who|what|which)\s+(?:{_NOUN}\s+){{0,2}}?(?P<verb>{_DID})"
    rf"\s+(?P<thing>(?:the|an?|his|her|its|their)\s+(?:{_NOUN}\s+){{0,3}}?{_NOUN}(?:\s+of\s+(?:the\s+)?{_NOUN})?"
    rf"|(?-i:{NAME}))"
    rf"(?P<rest>(?:\s+(?!(?:to|of)\b){PREPOSITION}\s.+)?)",
    re.IGNORECASE,
)
_MANY = re.compile(r"[a-z’' -]+ (?:[a-z]+(?<![siu])s|people|men|women|children)")
_INVERTED = re.compile(rf"^(?:((?:{PREPOSITION}\s+)?{WH})\s+)?({AUXILIARY}\s.*)$", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:and|but|so|ok|okay)?[\s,]*(?:what|how)\s+about\s+(.+)$", re.IGNORECASE)
_AND = re.compile(rf"^(?:and|but|or)[\s,]+(?:(?=(?-i:[A-Z]{{2,}})\b)|(?!(?:{PREPOSITION}\s+)?{WH}\b))(.+)$", re.IGNORECASE)
_ABOUT_IT = re.compile(rf"^({PREPOSITION}\s.+)$", re.IGNORECASE)  # "About the dam?" asks for more words of hers
_LED = re.compile(rf"^((?!about\b){PREPOSITION}\s.+)$", re.IGNORECASE)  # "In 2018?"
_CORRECTED = re.compile(  # "no, I meant Hama", "sorry, Hama", "not Homs, Hama"
    r"^(?:(?:(?:no|nope|sorry|oops|oh|ah|well|actually|wait)\b[\s,.!…-]*)*i\s+(?:actually\s+)?meant?\b[\s,:]*(?:to\s+ask\s+)?"
    r"|(?:(?:no|nope|sorry|oops)\b\s*[,.!…]+\s*)+|not\s+[^,?.]{1,40},\s*(?:but\s+)?)(?=\w)",
    re.IGNORECASE,
)
_AND_DOES = re.compile(rf"^(?:[Aa]nd|[Bb]ut|[Oo]r|[Ss]o)[\s,]+({AUXILIARY}\s.+)$")  # not "And May 2019?"
_MOST_WORDS = 6  # of a fragment that continues the question before
_CLAUSE = re.compile(rf"\b(?:{AUXILIARY}|{WH}|that|not|(?:I|you|we|he|she|they|it)(?=\s+\w))\b")


_PERSON = {"he": "{}", "she": "{}", "him": "{}", "his": "{}'s", "her": "{}'s", "hers": "{}'s"}
_THING = {"it": "{}", "its": "{}'s", "they": "{}", "them": "{}", "their": "{}'s", "there": "in {}"}
_PRONOUN = re.compile(rf"\b({'|'.join(_PERSON | _THING)})\b", re.IGNORECASE)
# "How many people will lose their jobs?" means the people's; "How many people did their troops kill?" does not.
_OF_THEM = re.compile(
    rf"\b(?:people|men|women|children|[a-z]+(?<![siu])s)\s+(?:{AUXILIARY}\s+)?(?!{AUXILIARY}\b|{PREPOSITION}\b)[a-z]+\s$"
)
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
_MARK = re.compile(r"(?<!\s)\s*\[\d+\]")  # begins where the space begins: sought once in a long run of it


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Resolve a follow-up against the turns before it, oldest first, so that "And he?" after "And then?" still resolves."""
    before, answer = "", ""
    for turn in history:
        if turn.role == "user":
            asked = " ".join(turn.content.split())[:QUESTION_CHARACTERS]  # no question is longer, and patterns are quadratic
            before = _resolve(asked, before, answer)
        else:
            answer = _MARK.sub("", without_remarks(turn.content))
    resolved = _resolve(question, before, answer)
    return resolved if resolved == question else _undergone(resolved)


def _resolve(question: str, before: str, answer: str) -> str:
    if not before:
        return question
    corrected = _CORRECTED.match(question)
    if corrected:
        meant = question[corrected.end() :]
        question = meant if _QUESTION.match(meant) else f"and {meant}"
    bare = _BARE.match(question)
    if bare and not _is_short_form(bare.group(1), question) and not _HOW_MANY_THINGS.match(question):
        return _asked_again(bare.group(1), before)
    whole = _AND_DOES.match(question)
    asked = whole.group(1)[0].upper() + whole.group(1)[1:] if whole else question
    led = _ABOUT_IT if asked_words(before) else _LED
    added = _ABOUT.match(asked) or _AND.match(asked) or led.match(asked)
    if added and _QUESTION.match(added.group(1)):
        return _with_names_for_pronouns(added.group(1), before, answer)
    if not added or _CLAUSE.search(added.group(1)):
        return _with_names_for_pronouns(asked, before, answer)
    said = _with_names_for_pronouns(added.group(1), before, answer)
    fragment, named = without_end(said), asked[: added.start(1)] + said
    if added.start(1) == 0:  # "In 2018?"
        fragment = fragment[0].lower() + fragment[1:]
    return continued(named, fragment, before) if 0 < len(words(fragment)) <= _MOST_WORDS else named


def _is_short_form(word: str, question: str) -> bool:
    """Say whether a word that is a question word or a pronoun in small letters is a name: "WHO", "IT"."""
    return len(word) > 1 and word.isupper() and not question.isupper()


def _asked_again(question_word: str, before: str) -> str:
    """ "Why?" after "When did Iran leave?" asks "Why did Iran leave?"; after "Who killed him?", "Who killed him, and why?"."""
    asked = ADDED.sub("", before)
    counted = counted_again(question_word, asked)
    if counted:
        return counted
    inverted = _INVERTED.match(asked)
    if not inverted or _ASKS_WHAT.search(question_word) or _ASKS_WHAT.search(inverted.group(1) or ""):
        return f"{without_end(asked)}, and {question_word.lower()}?"
    rest = inverted.group(2)[0].lower() + inverted.group(2)[1:]
    where = _WHERE_TO.fullmatch(question_word)
    return f"Where {without_end(rest)} {where.group(1)}?" if where else f"{question_word.capitalize()} {rest}"


def _undergone(question: str) -> str:
    """Return a question with another one added, "Who killed Soleimani, and when?", as that one, "When was Soleimani killed?",
    where it is sure what was done to whom; it is answered more often."""
    added = ADDED.search(question)
    if not added or _ASKS_WHAT.search(added[1]) or _WHERE_TO.fullmatch(added[1]):
        return question
    done = _DONE.fullmatch(question[: added.start()])
    if not done or CALENDAR.fullmatch(done["thing"]):
        return question
    verb = done["verb"].lower()
    was = "were" if _MANY.fullmatch(done["thing"].partition(" of ")[0]) else "was"
    return f"{added[1].capitalize()} {was} {done['thing']} {_PARTICIPLES.get(verb, verb)}{done['rest']}?"


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
    if word == "their" and _OF_THEM.search(question[: pronoun.start()]):
        return question
    is_bound = word in _BOUND or "," in question[: pronoun.start()]
    if not meant or (is_bound and any(question.find(name) < pronoun.start() for name in named_here)):
        return question
    return question[: pronoun.start()] + (_PERSON | _THING)[word].format(meant[0]) + question[pronoun.end() :]


def _is_inside(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
