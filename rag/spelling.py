"""A question's words as the passages that were found write them: "Bagheri" for "Bageri", "Ali Vaez" for "ali vaez".

Only words that neither the library nor the language has are taken for misspelt. Pure but for the word list, which comes with
the default model and is read once.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain

from index.embedder import default_folder
from rag.kinds import OFFICE
from rag.terms import is_stop_word, names, plain, words

SHORTEST = 4  # letters: shorter words are like too many others
ALIKE = 0.85  # of difflib's ratio: "Bageri" and "Bagheri" 0.92, "Hanson" and "Hansen" 0.83
_MOST_TEXT = 40_000  # characters of passages that are looked through
_WORD = r"[^\W\d_]\w*(?:[.-]\w+)*"
_TYPED = re.compile(_WORD)
_INSIDE = re.compile(rf"(?<=[\w,;] )(?=[\w-]*[^\W\d_a-z]){_WORD}")  # written with a capital, though it begins no sentence
_THE_US = re.compile(r"\bthe us\b")  # no pronoun
_IS_OFFICE = re.compile(OFFICE, re.IGNORECASE).fullmatch


def respelled(question: str, unknown: Collection[str], texts: Iterable[str]) -> str:
    """Return the question with those of its words that are `unknown` to the library written as the likest word of the texts,
    unless they are English; unchanged where none is like them."""
    misspelt = [word for word in unknown if len(word) >= SHORTEST and word.isalpha() and word.lower() not in _english()]
    if not misspelt:
        return question
    written = Counter(part for word in words(" ".join(texts)[:_MOST_TEXT]) for part in word.split("-") if len(part) >= SHORTEST)
    spellings = {plain(word): word for word, _ in reversed(written.most_common())}
    for word in misspelt:
        like = _like(plain(word), spellings)
        if like:
            question = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", spellings[like], question)
    return question


def capitals(texts: Iterable[str]) -> dict[str, str]:
    """Return how the texts write names, by their words in small letters: "vaez" is "Vaez".

    A word is of a name where the texts write it inside a sentence with a capital, and nowhere without; offices are none.
    """
    text = "\n".join(texts)[:_MOST_TEXT]
    small = {word for word in words(text) if word == word.lower()}
    inside = chain(_INSIDE.findall(text), *(words(name)[1:] for name in names(text)))  # "Gen. Kifah Melhem said"
    cased = {name.lower(): name for name in inside}
    return {word: name for word, name in cased.items() if not (word in small or is_stop_word(word) or _IS_OFFICE(word))}


def with_capitals(question: str, written: Mapping[str, str]) -> str:
    """Return a question that is typed in small letters with its names as they are `written`, "who is Ali Vaez"."""
    if not is_small(question):
        return question
    return _THE_US.sub("the US", _TYPED.sub(lambda word: written.get(word.group(), word.group()), question))


def is_small(question: str) -> bool:
    """Say whether a question is typed in small letters; a keyboard may have made its first one a capital, or "I"."""
    return re.sub(r"\bI\b", "i", question[1:]).islower()


def _like(word: str, known: Collection[str]) -> str | None:
    """Return the word that is most like one, or has its letters in another order: "Isreal"."""
    swapped = (one for one in known if len(one) == len(word) and one[0] == word[0] and sorted(one) == sorted(word))
    return next(swapped, None) or next(iter(get_close_matches(word, known, 1, ALIKE)), None)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Return the words that the default model knows whole, some 23,000 of English and of names."""
    return frozenset((default_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n"))
