"""What a sentence says that can be checked word by word: its names, its numbers, and what it denies. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from index.passages import sentences
from rag.terms import content_stems, names, numbers, stem, words

_SHORTEST_ROOT = 4  # letters of a name from which others may be derived
_UNIT_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen
"""
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth"
_UNITS, _TENS = _UNIT_WORDS.split(), _TEN_WORDS.split()
_VALUES = {word: n for n, word in enumerate(_UNITS)} | {word: 10 * n for n, word in enumerate(_TENS, 2)} | {"hundred": 100}
_POSITIONS = {word: str(n) for n, word in enumerate(_ORDINALS.split(), 2)}
_SCALES = "hundred:2 thousand:3 million:6 billion:9 trillion:12 k:3 m:6 mn:6 bn:9 tn:12"
_POWERS = {word: int(power) for word, _, power in (pair.partition(":") for pair in _SCALES.split())}
_SCALE = re.compile(r"hundred|thousand|million|billion|trillion|mn|bn|tn|m|k", re.IGNORECASE)
# "forty-two", "two hundred and fifty"; "one" by itself is a pronoun as often as a number.
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_UNITS[1:10])}))?|{'|'.join(sorted(_UNITS, reverse=True))})\b"
_SPELLED = (
    r"(?!one\b(?![\s-](?:hundred|thousand|million|billion|trillion)\b))"
    rf"{_BELOW_HUNDRED}(?:[\s-]hundred\b(?:(?:\s+and)?\s+{_BELOW_HUNDRED})?)?"
)
_SPELLED_NUMBER = re.compile(rf"\b{_SPELLED}", re.IGNORECASE)
_NUMBER = (
    r"(?P<money>[$€£¥])?(?<!\w)"
    rf"(?P<number>\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}})+(?!\w)|\d+(?:[.,]\d+)*|{_SPELLED})"
)
_AMOUNT = re.compile(
    rf"{_NUMBER}"
    r"(?P<scale>(?:[\s-](?:hundred|thousand|million|billion|trillion|mn|bn|tn)\b|(?:mn|bn|tn)\b|(?(money)[mk]\b|(?!)))*)"
    r"(?P<unit>[mk]\b)?"  # metres or millions, kilo or thousands: nobody can tell
    r"(?P<share>\s?%|[\s-]per\s?cent(?:age)?\b)?",
    re.IGNORECASE,
)
_RATIO = re.compile(  # "one in five" is no number of anything
    rf"\b(?:one\s+in|(?:one|\d+|{_SPELLED})\s+out\s+of(?:\s+every)?)\s+(?:\d{{1,3}}\b|{_SPELLED})", re.IGNORECASE
)
_LONGEST_NUMBER = 40
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t|den(?:y|ies|ied)|refus\w+|fail\w*|lack\w*|unable|halt\w*)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|cannot|\w+n['’]t)\s+(?:(?:be|been|yet|have|to|even|really|fully|a|an|the)\s+)*(\w[\w'’-]*)", re.IGNORECASE
)


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """Return the stems of the words that carry meaning."""
    return frozenset(content_stems(text))


def name_stems(text: str) -> frozenset[str]:
    """Return the stems of names; a single capital word that begins a sentence may be any word, so it is none."""
    beginnings = {text[start:end].split()[0].rstrip(",.:;") for start, end in sentences(text)}
    return frozenset(term for name in names(text) if name not in beginnings for term in stems(name))


def figures(text: str) -> frozenset[str]:
    """Return the numbers of a text, "nine" and "9" alike, "1,000" without its comma."""
    spelled = (str(_value(match.group())) for match in _SPELLED_NUMBER.finditer(text))
    positions = (_POSITIONS.get(word.lower()) for word in words(text))
    written = (re.sub(r"[.,](?=\d{3}\b)", "", number).lstrip("0") or "0" for number in numbers(text))
    return frozenset([*written, *spelled, *filter(None, positions)])


def amounts(text: str) -> frozenset[str]:
    """Return the numbers of a text with their size and whether they are per cent: "1.5 million", "1,500,000" and "$1.5m" are
    "1500000", "40 percent" is "40%". In "5 to 6 million" both are millions. What may be one number or another is left out."""
    text = _RATIO.sub(" ", text)
    found: list[tuple[str, int, bool]] = []  # number, power of ten, per cent
    for match in reversed(list(_AMOUNT.finditer(text))):
        if match["unit"]:
            continue
        power = sum(_POWERS[word.lower()] for word in _SCALE.findall(match["scale"]))
        is_share = bool(match["share"])
        if found and not power and not is_share and _is_first_of_two(text, match):
            _, power, is_share = found[-1]
        found.append((match["number"], power, is_share))
    return frozenset(_amount(*one) for one in found)


def _is_first_of_two(text: str, number: re.Match[str]) -> bool:
    """Say whether a number is the first of "5 to 6 million", "between 5 and 6 million"; a year never is."""
    between = (
        r"(?:to|or|[-–—]|and)" if text[max(0, number.start() - 9) : number.start()].endswith("between ") else r"(?:to|or|[-–—])"
    )
    follows = re.match(rf"\s*{between}\s*{_NUMBER}", text[number.end() : number.end() + 60], re.IGNORECASE)
    return bool(follows) and not re.fullmatch(r"(?:1[5-9]|20)\d\d", number["number"])


def _amount(written: str, power: int, is_share: bool) -> str:
    if written[0].isalpha():
        plain = str(_value(written))
    else:
        is_fraction = power and written.count(".") == 1 and "," not in written  # "1.125 billion"
        plain = re.sub(r"[\s\u00a0\u202f]" if is_fraction else r"[.,\s\u00a0\u202f](?=\d{3}\b)", "", written).replace(",", ".")
    if plain.count(".") > 1 or len(plain) > _LONGEST_NUMBER:
        return written
    size = Decimal(plain).scaleb(power)
    return f"{size.normalize():f}" + ("%" if is_share else "")


def _value(spelled: str) -> int:
    """Return the number that words say: "two hundred and fifty" is 250."""
    total = 0
    for word in re.split(r"[\s-]+", spelled.lower()):
        value = _VALUES.get(word, 0)  # 0: "and"
        total = total * value if word == "hundred" else total + value
    return total


def is_derived(name: str, known: frozenset[str]) -> bool:
    """Say whether a name comes from one that is known, or the other way round: "Libyan" and "Libya"."""
    short = [one for one in known if len(one) >= _SHORTEST_ROOT]
    return any(name.startswith(one) or (len(name) >= _SHORTEST_ROOT and one.startswith(name)) for one in short)


def contradicts(sentence: str, quotes: Sequence[str]) -> bool:
    """Say whether one side denies what the other says: "did not close" against "closed". Sees only words next to each other."""
    denied_here, denied_there = _denied(sentence), frozenset().union(*map(_denied, quotes))
    if denied_here:
        return not denied_here & denied_there and not any(_NEGATION.search(quote) for quote in quotes)
    plain = frozenset().union(*(stems(_DENIED.sub(" ", quote)) for quote in quotes))
    return not _NEGATION.search(sentence) and bool((denied_there - plain) & stems(sentence))


def _denied(text: str) -> frozenset[str]:
    return frozenset(stem(match.group(1)) for match in _DENIED.finditer(text))
