"""The words of a question or a sentence that carry its meaning: stems, names, numbers. Pure: no model, no store."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\w+(?:[.'’\-]\w+)*\.?", re.UNICODE)
POSSESSIVE = re.compile(r"['’]s?$")
_STOP_WORDS = """
    a about after al again against all also although always am among an and another any are aren't as at be because been
    before being between both but by can can't could couldn't did didn't do does doesn't doing don't done down during
    each either else ever every few for from further get gets give given gives got had has have having he her here hers
    him his how i if in into is isn't it its itself just know known let like made make makes many may me might more most
    much must my near neither no nor not of off often on once one only or other our out over own per please rather
    really said same say saying says shall she should since so some such take taken tell than that that's the their them
    themselves then there these they thing things this those through to told too under until up upon us use used very
    was wasn't we well were weren't what what's when where whether which while who whom whose why will with within
    without would wouldn't yes yet you your explain describe according article articles text news question answer happen
    happened happening
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_FEWEST_WORDS_CALLED_OUT = 3  # "US" and "US ARMY" are names, "WHO SAID THAT" is a question in capitals
_CAPITAL = r"(?:[^\W\d_a-z](?:[\w’'&-]|\.(?=\w))*\.?|al-[^\W\d_a-z][\w’'-]*)"
_STARTER = "|".join(sorted(word.capitalize() for word in STOP_WORDS))
_PARTICLE = "(?:of|bin|ibn|bint|al|da|de|dos|di|du|la|le|van|von|der|den)"
NAME = rf"{_CAPITAL}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_CAPITAL})*"  # a pattern: "Juan de la Cruz" is one name
_NAME = re.compile(rf"(?!(?:{_STARTER})\b)(?<![\w’']){NAME}")
_SENTENCE_END = re.compile(  # not in "Gen. Aasen", "Capt. Aasen"
    r"(?<=[a-z]{3}[.!?])(?<!\b(?:Prof|Capt|Supt|Insp|Sept)\.)\s+(?=[^\W\d_a-z])"
)
# People and things that are counted: "the 2000 refugees" tells no year, "the 2016 floods" does.
_COUNTED = (
    r"(?!(?:winners|numbers|orders|papers|disasters|murders|mergers|finalists|grants|errors)\b)"
    r"(?:\w+(?:ers|ors|ees|ists|ians|ants|men|women)|people|persons|children|troops|residents|students|patients|agents|victims"
    r"|families|homes|houses|jobs|police|personnel|staff|dead|wounded|injured|hostages|civilians|rebels|officials|animals|sheep"
    r"|cattle|birds|trees|votes|seats|rockets|missiles|drones|tanks|vehicles|cars|ships|boats|trucks|buildings|buses|planes"
    r"|flights|tickets|copies|pages|words|schools|shops|companies|villages|cases|deaths|casualties|tons|tonnes|kilos|dollars"
    r"|euros|pounds|miles|met(?:er|re)s|kilomet(?:er|re)s|feet|acres|hectares|litres|barrels|years|days|hours|minutes|per\s?cent"
    r"|km|kg)"
)
# A year from 1500 on. A pattern without regard to case: no year are "2000-strong", "2000 refugees", "2000 U.S. soldiers" (but
# "in 2015 Syrian refugees"), "how many of the 2000".
YEAR = (
    r"(?<!ow many of the )\b(?:1[5-9]|20)\d\d\b(?!-[^\W\d_])"
    rf"(?!\s+{_COUNTED}\b)(?!(?<!\bin \d\d\d\d)(?<!\bsince \d\d\d\d)\s+[\w.’'-]+\s+{_COUNTED}\b)"
)
_MARKS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")  # of Latin letters alone: other scripts are not read without theirs
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe"})
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June|July|Aug(?:ust)?|(?:Sept|Nov|Dec)(?:ember)?|Oct(?:ober)?)"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)"
CALENDAR = re.compile(rf"\b(?:{_MONTH}|{_WEEKDAY})\b|{YEAR}")
_NO_PART_OF_A_NAME = re.compile(rf"^(?:{_MONTH}(?=['’]|$)|{_WEEKDAY}\b\s*)")
_NOBODY = frozenset(f"{part}{who}" for part in ("No", "Some", "Any", "Every") for who in ("body", "one", "thing"))
_stemmer = snowballstemmer.stemmer("english")


def is_stop_word(word: str, called_out: bool = False) -> bool:
    """Say whether a word carries no meaning. "US", "WHO" and "IT" are names, unless all of the text is `called_out` in
    capitals."""
    is_name = len(word) > 1 and word.isupper() and not called_out
    return not is_name and word.lower().replace("’", "'") in STOP_WORDS


def _is_called_out(text: str) -> bool:
    return text.isupper() and len(text.split(maxsplit=_FEWEST_WORDS_CALLED_OUT)) >= _FEWEST_WORDS_CALLED_OUT


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the Porter2 stem of one word, lower-case, without possessive, and in letters that every keyboard has."""
    bare = POSSESSIVE.sub("", plain(word).rstrip(".")).replace("’", "'").replace(".", "")
    return str(_stemmer.stemWord(bare))


def plain(word: str) -> str:
    """Return a word as it is typed where its letters are not on the keyboard: "Kılıç" is "kilic"."""
    lower = word.lower()
    return lower if lower.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", lower).translate(_LETTERS))


def words(text: str) -> list[str]:
    """Return the words of a text as written, without punctuation around them; "U.S." and "al-Assad" are one word each."""
    return [POSSESSIVE.sub("", match.rstrip(".") if match.count(".") == 1 else match) for match in _WORD.findall(text)]


def terms(text: str) -> dict[str, str]:
    """Return the words that carry meaning, by stem, each once, the last first. Parts of "al-Assad" count on their own."""
    parts = [part for word in words(text) for part in re.split(r"[-/]", word)]
    called_out = _is_called_out(text)
    kept = [part for part in parts if not is_stop_word(part, called_out) and (len(part) > 1 or part.isdigit())]
    return {stem(part): part for part in reversed(kept)}


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, each once."""
    return list(terms(text))


def names(text: str) -> list[str]:
    """Return the runs of capitalised words, which in news are names ("Ali Vaez", "U.S.", "Hayat Tahrir al-Sham").

    None goes on over the end of a sentence.
    """
    called_out = _is_called_out(text)
    runs = (match.group() for sentence in _SENTENCE_END.split(text) for match in _NAME.finditer(sentence))
    return list(dict.fromkeys(_without_last_stop(run) for run in runs if not _only_stop_words(run, called_out)))


def borne_names(text: str) -> list[str]:
    """Return the names in a text that somebody or something has: no month or day, and without "'s"."""
    bare = (POSSESSIVE.sub("", _NO_PART_OF_A_NAME.sub("", name)) for name in names(text))
    return list(dict.fromkeys(name for name in bare if name and name not in _NOBODY))


def _without_last_stop(text: str) -> str:
    """Strip a stop that ends a sentence; the last of "the U.S." belongs to the word."""
    return text.rstrip(".,") if text.split()[-1].count(".") == 1 else text.rstrip(",")


def _only_stop_words(run: str, called_out: bool) -> bool:
    return all(is_stop_word(word, called_out) for word in run.split())


def anchors(text: str) -> set[str]:
    """Return the stems of the names and numbers of a text: what a passage must hold to be about the same."""
    return {stem(word) for name in (*names(text), *numbers(text)) for word in words(name)}


def numbers(text: str) -> list[str]:
    """Return the numbers in a text as written: years, counts, amounts."""
    return re.findall(r"\d+(?:[.,]\d+)*", text)
