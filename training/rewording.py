"""Questions in other words than their passage's, and questions that a single word takes off it. Knows no network.

The sets ask nearly always with the words of the passage, so a reader learns to look for these; people ask in words of their
own. Words come from WordNet, their fit in the question from the embedder: the question must stay close to what it was.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.embedder import Embedder
from rag.terms import content_stems, stem
from training.data import Example
from training.wordnet import WordNet, load

_WORD = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’-])")
PORTION = 256  # questions at a time
AT_MOST = 3  # words of a question that are tried
CANDIDATES = 4  # words in place of each
SAME_MEANING = 0.9  # cosine of the question and the reworded one, one word changed
OTHER_MEANING = (0.55, 0.9)  # below it is nonsense, above it the same again


@dataclass(frozen=True, slots=True)
class Rewording:
    """Of one set: how many questions in other words, and how many that one word takes off their passage."""

    reworded: int
    off: int


@dataclass(frozen=True, slots=True)
class Swap:
    """One word of a question and another in its place; `cosine` is of the two questions."""

    start: int
    end: int
    word: str
    cosine: float


def worded_anew(
    examples: Sequence[Example], counts: Mapping[str, Rewording], seed: int, embedder: Embedder
) -> tuple[list[Example], list[Example]]:
    """Return (reworded, off the passage) of every set; fewer where a set has fewer. A question may be in both."""
    rng, words = random.Random(seed), load()
    alike: list[Example] = []
    off: list[Example] = []
    for source, wanted in counts.items():
        asked = [e for e in examples if e.source == source and e.answers]
        rng.shuffle(asked)
        alike += _until(wanted.reworded, asked, lambda some: reworded(some, words, embedder, rng))
        rng.shuffle(asked)
        off += _until(wanted.off, asked, lambda some: off_the_passage(some, words, embedder, rng))
    return alike, off


def _until(count: int, examples: Sequence[Example], make: Callable[[Sequence[Example]], list[Example]]) -> list[Example]:
    made: list[Example] = []
    for start in range(0, len(examples), PORTION):
        if len(made) < count:
            made += make(examples[start : start + PORTION])
    return made[:count]


def reworded(examples: Sequence[Example], words: WordNet, embedder: Embedder, rng: random.Random) -> list[Example]:
    """Return those examples that can be asked in other words, each once, with all the words changed that have a synonym."""
    found = []
    for example, swaps in zip(examples, _swaps(examples, words, embedder, rng, alike=True), strict=True):
        best: dict[int, list[Swap]] = {}
        for swap in swaps:
            if swap.cosine >= SAME_MEANING:
                best.setdefault(swap.start, []).append(swap)
        if best:
            question = _swapped(example.question, [rng.choice(some) for some in best.values()])
            found.append(replace(example, id=f"{example.id}-reworded", question=question))
    return found


def off_the_passage(examples: Sequence[Example], words: WordNet, embedder: Embedder, rng: random.Random) -> list[Example]:
    """Return those examples of which one word has an opposite or a sister, each once, with it: unanswerable."""
    low, high = OTHER_MEANING
    found = []
    for example, swaps in zip(examples, _swaps(examples, words, embedder, rng, alike=False), strict=True):
        fitting = [swap for swap in swaps if low <= swap.cosine <= high]
        if fitting:
            question = _swapped(example.question, [rng.choice(fitting)])
            found.append(replace(example, id=f"{example.id}-off", question=question, answers=()))
    return found


def _swaps(
    examples: Sequence[Example], words: WordNet, embedder: Embedder, rng: random.Random, *, alike: bool
) -> list[list[Swap]]:
    """Return for each example what could be swapped: words that its passage has, for words that it lacks."""
    tried = [_candidates(example, words, rng, alike=alike) for example in examples]
    texts = [_swapped(e.question, [swap]) for e, swaps in zip(examples, tried, strict=True) for swap in swaps]
    asked = embedder.vectors([example.question for example in examples])
    others = iter(embedder.vectors(texts))
    return [
        [replace(swap, cosine=float(np.dot(vector, next(others)))) for swap in swaps]
        for vector, swaps in zip(asked, tried, strict=True)
    ]


def _candidates(example: Example, words: WordNet, rng: random.Random, *, alike: bool) -> list[Swap]:
    there, counted = set(content_stems(example.context)), set(content_stems(example.question))
    no_names = {stem(word) for word in _WORD.findall(example.context)}  # some sets ask in small letters: "star wars"
    spots = [m for m in _WORD.finditer(example.question) if stem(m.group()) in no_names & counted]
    found = []
    for spot in rng.sample(spots, min(AT_MOST, len(spots))):
        form = words.form(spot.group())
        if form is None:
            continue
        others = words.similar(form) if alike else words.different(form)
        fresh = [word for word in others if stem(word) not in there | counted]
        found += [Swap(spot.start(), spot.end(), word, 0.0) for word in rng.sample(fresh, min(CANDIDATES, len(fresh)))]
    return found


def _swapped(question: str, swaps: Sequence[Swap]) -> str:
    for swap in sorted(swaps, key=lambda swap: -swap.start):
        question = question[: swap.start] + swap.word + question[swap.end :]
    return question
