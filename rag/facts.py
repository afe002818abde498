"""What a sentence says that can be checked word by word: its names, its numbers, and what it denies. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from index.passages import sentences
from rag.terms import content_stems, names, numbers, stem, words

_SHORTEST_ROOT = 4  # letters of a name from which others may be derived
_NUMBER_WORDS = """
    0:zero 2:two 3:three 4:four 5:five 6:six 7:seven 8:eight 9:nine 10:ten 11:eleven 12:twelve 13:thirteen 14:fourteen
    15:fifteen 16:sixteen 17:seventeen 18:eighteen 19:nineteen 20:twenty 30:thirty 40:forty 50:fifty 60:sixty 70:seventy
    80:eighty 90:ninety 2:second 3:third 4:fourth 5:fifth 6:sixth 7:seventh 8:eighth 9:ninth 10:tenth
"""
_SPELLED = {word: number for number, _, word in (pair.partition(":") for pair in _NUMBER_WORDS.split())}
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
    spelled = (_SPELLED.get(word.lower()) for word in words(text))
    written = (re.sub(r"[.,](?=\d{3}\b)", "", number).lstrip("0") or "0" for number in numbers(text))
    return frozenset([*written, *filter(None, spelled)])


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
