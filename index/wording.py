"""Do these words stand in another article, too? Sentence by sentence, small edits aside. Pure: no store.

An edit is small when it leaves the numbers, the names and what is denied as they were: what differs in one of those is other
news, and must be shown. A single plain word may turn a meaning round ("won", "lost") and is not noticed.
"""

import re
from dataclasses import dataclass

from index.lru import remembered
from index.passages import Span, sentences

MOST_COPIES = 100  # of a story with more, the earliest
MOST_CHANGED = 0.2  # of a sentence's words
_WORD = re.compile(r"\w+(?:[.,'’]\w+)*")
_TELLING_WORDS = """
    not no never none nobody nothing neither nor without cannot
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen half
    first second third more less fewer up down before after above below over under
"""
_TELLING = frozenset(_TELLING_WORDS.split())
# Words that may begin a sentence with a capital without being a name.
_STARTING_WORDS = """
    a an the and but so yet or if as at by for from in into of on to with when while where who what which how why this that
    these those there here it its he she they we you i his her their our however meanwhile also then now still some many
    most all both each other another such
"""
_STARTERS = frozenset(_STARTING_WORDS.split())
_OTHERWISE = 0.6  # shared words from which two sentences are the same one, told otherwise


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence of a text: its place, its words, and those of them that must not differ."""

    start: int
    end: int
    words: frozenset[str]
    telling: frozenset[str]

    def says(self, other: "_Sentence") -> bool:
        """Whether this sentence says what the other says."""
        if self.words == other.words:
            return True
        differing = self.words ^ other.words
        if len(differing) > MOST_CHANGED * len(self.words | other.words):
            return False
        return not differing & (self.telling | other.telling)

    def is_near(self, other: "_Sentence") -> bool:
        """Whether most words are the same."""
        return len(self.words & other.words) > _OTHERWISE * len(self.words | other.words)


def places(text: str, start: int, end: int, other: str) -> list[Span | None]:
    """Return for each sentence of `text[start:end]` where in `other` it stands, None where it does not."""
    wanted = [sentence for sentence in _sentences(text) if sentence.start < end and start < sentence.end]
    candidates = _sentences(other)
    found = (next((one for one in candidates if one.says(sentence)), None) for sentence in wanted)
    return [(one.start, one.end) if one else None for one in found]


def told_otherwise(text: str, start: int, end: int, other: str) -> bool:
    """Say whether one of the sentences of `text[start:end]` stands in `other` with another number, name or denial."""
    wanted = [sentence for sentence in _sentences(text) if sentence.start < end and start < sentence.end]
    there = _sentences(other)
    missing = [sentence for sentence in wanted if not any(one.says(sentence) for one in there)]
    return any(one.is_near(sentence) for sentence in missing for one in there)


def _split(text: str) -> list[_Sentence]:
    return [_sentence(text, start, end) for start, end in sentences(text)]


# A story's copies are walked through in the same order for every passage: with room for fewer, none would be found again.
# Bounded by characters, too: a sentence's words take some seven bytes for each of them.
_sentences = remembered(_split, most_texts=MOST_COPIES + 1, most_chars=8_000_000)


def _sentence(text: str, start: int, end: int) -> _Sentence:
    written = _WORD.findall(text[start:end].replace("’", "'"))
    words = [word.casefold() for word in written]
    telling = {
        word
        for place, (word, as_written) in enumerate(zip(words, written, strict=True))
        if word in _TELLING
        or word.endswith("n't")
        or any(map(str.isdigit, word))
        or (as_written[0].isupper() and (place or word not in _STARTERS))
    }
    return _Sentence(start, end, frozenset(words), frozenset(telling))
