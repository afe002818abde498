"""Who says what: the question that asks for somebody's words, and the sentences that report them. Pure: text in, text out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.kinds import PERSON
from rag.terms import CALENDAR, POSSESSIVE, content_stems, names, plain, words

_REPORTING = """
    accused accuses acknowledged acknowledges added adding adds admits admitted affirmed affirms alleged alleges announced
    announces apologised apologises apologized apologizes argued argues arguing asks asserted asserts assured assures
    believed believes blamed blames boasted cautioned cautions claimed claiming claims commented comments complained
    complains conceded concedes concluded concludes condemned condemns confirmed confirms contended contends countered
    criticised criticises criticized criticizes declared declares demanded demands denied denies deplored deplores described
    describes disclosed discloses emphasised emphasises emphasized emphasizes estimated estimates expected expects explained
    explains feared fears hoped hopes insisted insisting insists joked lamented maintained maintains noted notes pledged
    pledges praised praises predicted predicts promised promises quipped reaffirmed reaffirms reassured reassures recalled
    recalls regarded regards reiterated reiterates remarked remarks replied replies reported reports retorted revealed
    reveals said say saying says speculated speculates stated states stressed stresses suggested suggests tell telling tells
    testified testifies think thinks thought threatened threatens told tweeted tweets urged urges vowed vows warned warning
    warns welcomed welcomes
"""
# Besides, where what follows shows that something is said: "called the ranking an insult", "asked why", "wrote that".
_SAYS = (
    rf"(?:{'|'.join(_REPORTING.split())}|call(?:s|ed|ing)(?= (?:for|on|it|him|her|them|the|this|that|his|their)\b)"
    r"|asked(?= (?:why|whether|if|how|what|who)\b)|(?<=\x00 )asked"  # behind a quotation, see _MASK
    r"|(?:writes|wrote|written)(?=\W*$|[,:]|\s\W|\s(?:that|in|on|to|of|(?-i:[A-Z])\w+)\b))"
)
_VERB = re.compile(rf"(?<![\w-]){_SAYS}(?![\w-])", re.IGNORECASE)

# Asked with these, anything that somebody says is wanted; "What did she deny?" wants that verb.
_SAY = r"(?:say|said|tell|told|think|believe|argue|claim|state|comment|report|write|written|have to say|had to say)"
_VIEW = r"(?:view|opinion|position|stance|comment|message|statement|take|assessment|reaction)s?"
_ABOUT = r"(?:about|on|of|regarding|concerning|towards?)"
_ASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:and |but |so )?what (?:else |exactly )?(?:did|does|do|has|have|had|would) (?P<who>[^?]+?)"
        rf"(?: (?:also|actually|really|publicly|later))? {_SAY}\b(?P<rest>[^?]*)\W*",
        r"(?:and |but |so )?how (?:did|does|do|has|have|had) (?P<who>[^?]+?) react(?:ed)?\b(?P<rest>[^?]*)\W*",
        rf"what (?:is|was|are|were) (?P<who>[^?]+?)['’]s? (?:\w+ )?{_VIEW}\b(?P<rest>[^?]*)\W*",
        rf"what (?:is|was|are|were) the {_VIEW} of (?P<who>[^?]+?)(?P<rest> {_ABOUT} [^?]*)?\W*",
    )
)
_LONGEST = 300  # characters of such a question: the patterns are quadratic
_NO_SPEAKER = re.compile(r"\b(?:do|is|are|was|were|to|when|if|than|about)\b|,|['’]s?$", re.IGNORECASE)
# Behind the verb stands what it was about, when, where, or to whom. Anything else makes it another question: "What did she say
# was wrong?", "What do police think he took?".
_CIRCUMSTANCE = re.compile(
    r"(?:(?<=tell)|(?<=told))(?:\s+(?!(?:is|are|was|were|to|had|has|would|did)\b)[\w’'-]+){1,4}?"
    rf"(?=\s+(?:{_ABOUT}|in|at|after|when)\b|\W*$)"
    rf"|\s+(?:{_ABOUT}|to|in|at|after|before|when|during|under|over|for|as|from|against|by|with|once|while)\b|\W*$",
    re.IGNORECASE,
)

_QUOTED = re.compile(r"[“\"«„][^”\"»“]*[”\"»“]?")
_MASK = "\x00"
_FARTHEST = 150  # characters from a verb back to the beginning of its subject, appositions and all
_MOST_PARTS = 3  # between commas, of one subject: "his adviser, Dr Meera Pillai, had written"
_CLAUSE = re.compile(
    rf"{_MASK}|[;:—–]"
    r"|\s(?:and|but|while|whereas|although|because|that|which|when|as|if|whether|where|after|before|since)\s",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:been|was|were|is|are|be|being)(?:\s+(?:not|also|never|once))?\s*$", re.IGNORECASE)
_NEGATED = re.compile(r"(?:\b(?:not|never)|n['’]t)\s*$", re.IGNORECASE)
_ADDED = r"(?:has|had|have|also|later|then|once|now|even|further|recently|publicly|repeatedly)"
_AUXILIARIES = re.compile(rf"(?:\s+{_ADDED})+\s*$", re.IGNORECASE)
_WHO = re.compile(r",?\s+who\s*$", re.IGNORECASE)
_RELATIVE = re.compile(r",\s(?:which|who|whose)\s[^,]{3,90},")
_PRONOUN = re.compile(r"\b(?:he|she|they)\s*$", re.IGNORECASE)
_PRONOUN_BEHIND = re.compile(rf"[{_MASK},]\s*{_SAYS}\s+(?:he|she|they)\s*(?:[,.;:]|$)", re.IGNORECASE)
_BEHIND = re.compile(rf"[,;:.{_MASK}]|\s(?:who|in|on|at|after|to|when)\s")
_ACCORDING = re.compile(r"\b(?:according to|in the (?:words|view|opinion) of)\s+([^,;:.“”\"]{2,120})", re.IGNORECASE)
# "a critic of Vaez said" and "Vaez's brother said" are not Vaez's words; "a spokesman for the army said" are the army's.
_OF_OTHERS = re.compile(r"\b(?:of|for|to|with|against|from|about|by|on|in|like)\s+(?:the\s+)?(?:\w+\s+)?$", re.IGNORECASE)
_SPEAKS_FOR = re.compile(
    r"\b(?:spokes\w+|minist\w+|government|office|officials?|representatives?|lawyers?|army|leader\w*|envoy)\b", re.IGNORECASE
)
_FURTHER = re.compile(
    r"(?<=\w)\s(?:of|with|in|from|at|on|for|into|by|she|he|they|who|that|which)\s"
)  # what a speaker is told by
_POSSESSED = re.compile(r"\s+\w")
_FIRST_NAME = re.compile(r"([^\W\d_a-z][\w’'-]*\.?)\s+(?:al-|de |van |von |bin )?$")
_TITLE = re.compile(
    rf"(?:{PERSON}|mr|mrs|ms|dr|prof|gen|maj|col|lt|capt|sgt|sen|rep|gov|sir|dame|lord|lady|the)\.?", re.IGNORECASE
)
_WORD = re.compile(r"\w[\w’'.-]*\w|\w")
_BEFORE = 400  # characters in front of a sentence in which whom a pronoun means is sought
_NEAR = 200


@dataclass(frozen=True, slots=True)
class AskedWords:
    """Whose words are asked for, and the stems of what they are about; without any, all that was said is wanted."""

    speaker: str
    topic: frozenset[str]


def asked_words(question: str) -> AskedWords | None:
    """Return what a question like "What did Ali Vaez say about Iran?" asks for, None where it asks for something else."""
    if len(question) > _LONGEST:
        return None
    for pattern in _ASKED:
        found = pattern.fullmatch(question.strip())
        if found and not _NO_SPEAKER.search(found["who"]) and content_stems(found["who"]):
            rest = found["rest"] or ""
            is_all = not rest or _CIRCUMSTANCE.match(found.string, found.start("rest"))
            return AskedWords(found["who"], frozenset(content_stems(rest))) if is_all else None
    return None


def says(text: str, start: int, end: int, speaker: str) -> bool:
    """Whether the sentence `text[start:end]` reports what the speaker says, thinks or demands: "Vaez, of the Crisis Group,
    warned", "said Vaez", "according to Vaez", or "he added" where the sentence before names him."""
    sentence = _QUOTED.sub(lambda quoted: _MASK * len(quoted.group()), text[start:end])
    if any(is_meant(_in_full(subject, speaker, text), speaker) for subject in _subjects(sentence)):
        return True
    line = text[max(0, start - _BEFORE) : start].rstrip().rpartition("\n")[2]
    return _is_by_pronoun(sentence) and _is_named_last(line, speaker)


def _subjects(sentence: str) -> Iterator[str]:
    """Yield what may be the subject of each verb of speech, before it or behind it, and what stands behind "according to"."""
    for verb in _VERB.finditer(sentence):
        before = sentence[max(0, verb.start() - _FARTHEST) : verb.start()]
        if _NEGATED.search(before) or (_PASSIVE.search(before) and not verb.group().endswith("ing")):
            continue
        bare = _RELATIVE.sub(",", _WHO.sub(" ", _AUXILIARIES.sub(" ", before)))
        clause = _CLAUSE.split(bare)[-1].rstrip()
        parts = [part for part in clause.split(",") if part.strip()]
        if not clause.endswith(","):
            yield from parts[-1:]
        elif len(parts) <= _MOST_PARTS:
            yield from parts[-2:]
        if before.rstrip().endswith((",", _MASK)):
            behind = sentence[verb.end() : verb.end() + _FARTHEST]
            first, comma, further = behind.partition(",")
            yield (described := _BEHIND.split(first, maxsplit=1)[0])
            if comma and described == first and not names(described):  # "asked its secretary, Ida Brandt"
                yield _BEHIND.split(further, maxsplit=1)[0]
    for found in _ACCORDING.finditer(sentence):
        yield found.group(1)


def _in_full(subject: str, speaker: str, text: str) -> str:
    """Return a subject with the name of who is asked for in full, where the text has it so: "Acmar" is "Acmar Foundries"."""
    whole = speaker.casefold()
    short = next((name for name in names(subject) if whole.startswith(f"{name.casefold()} ")), None)
    return subject.replace(short, speaker, 1) if short and whole in text.casefold() else subject


def _is_by_pronoun(sentence: str) -> bool:
    before = (sentence[max(0, verb.start() - _FARTHEST) : verb.start()] for verb in _VERB.finditer(sentence))
    return any(_PRONOUN.search(_AUXILIARIES.sub(" ", words)) for words in before) or bool(_PRONOUN_BEHIND.search(sentence))


def _is_named_last(text: str, speaker: str) -> bool:
    """Whether a pronoun behind this text means the speaker: the last name in it is theirs, or what describes them is near."""
    asked, named = content_stems(speaker), [name for name in names(text) if not CALENDAR.fullmatch(name)]
    if named and _last(speaker) in content_stems(named[-1]):
        return True
    return not names(speaker) and set(asked) <= set(content_stems(text[-_NEAR:])) and len(named) <= 1


def is_meant(subject: str, speaker: str) -> bool:
    """Whether a subject, "Ali Vaez of the Crisis Group", is who is asked for: "Vaez", or "the analyst" by all words of it."""
    asked, surname = content_stems(speaker), _last(speaker)
    last = next((word for word in _WORD.finditer(subject) if surname in content_stems(word.group())), None)
    if last is None:
        return False
    before, behind = subject[: last.start()], subject[last.end() :]
    if POSSESSIVE.search(last.group()) and _POSSESSED.match(behind) and not _SPEAKS_FOR.search(behind):
        return False
    if _OF_OTHERS.search(before) and not _SPEAKS_FOR.search(before):
        return False
    if _has_another_first_name(before, speaker):
        return False
    is_same = _bare(last.group()) in map(_bare, _WORD.findall(speaker))  # "Engineers" are not "Tzlil Engineering"
    is_name = last.group()[0].isupper() and is_same and not _FURTHER.search(speaker)
    return is_name or set(asked) <= set(content_stems(subject))


def _has_another_first_name(before: str, speaker: str) -> bool:
    """Whether what stands before a surname is somebody else's first name: "Hanna" of "Hanna Brandt" for "Ida Brandt"."""
    first = _FIRST_NAME.search(before)
    own = {_bare(word) for word in _WORD.findall(speaker)}
    is_told_apart = len(own) > 1 and not own & {_bare(word) for word in _WORD.findall(before)}
    return is_told_apart and first is not None and not _TITLE.fullmatch(first.group(1))


def _last(speaker: str) -> str:
    """Return the stem of the word that a speaker must be named by: the surname, or, of "the mayor of Velm", "mayor"."""
    head = _FURTHER.split(speaker, maxsplit=1)[0]
    return next(stem for word in reversed([*words(speaker), *words(head)]) for stem in content_stems(word))


def _bare(word: str) -> str:
    return plain(POSSESSIVE.sub("", word))
