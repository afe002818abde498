"""How a mix becomes the examples of one pass, and which examples are kept for choosing. Knows no network."""

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.terms import content_stems
from training.data import Example, bucket, is_held_out
from training.negatives import Pairing, changed, names

MAX_ANSWER_CHARS = 160
MAX_REPEATS = 3
BESIDE = 150
MORE_FREQUENT = 1.3  # of written unanswerable questions so many times the answerable ones' share of each question word is kept
SEED = 20261121
_ASKS = re.compile(r"\b(how many|how much|how long|what year|when|who|whose|where|why|which|how|what)\b")


@dataclass(frozen=True, slots=True)
class Share:
    """Of one set: how many questions as they are (more than there are: repeated), paired, and changed.

    `asks_like` names a set whose proportions of question words the plain questions take on; `reworded`: the plain questions
    are drawn the more often the fewer of their words stand beside the answer.
    """

    plain: int
    paired: int = 0
    changed: int = 0
    asks_like: str | None = None
    reworded: bool = False


Mix = Mapping[str, Share]


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Return (to learn from, kept for choosing); no paragraph is on both sides."""
    held_out = [e for e in examples if is_held_out(e)]
    return [e for e in examples if not is_held_out(e)], held_out


def compose(
    examples: Sequence[Example], mix: Mix, seed: int = SEED, weights: Mapping[str, float] | None = None
) -> list[Example]:
    """Return the training examples of one pass in a shuffled order that depends on mix, seed and weights alone.

    `weights`, by id, in place of `rewording_weight`: how often questions of the sets that are `reworded` are drawn.
    """
    rng = random.Random(seed)
    mixed: list[Example] = []
    for source, share in mix.items():
        own = [e for e in examples if e.source == source and _is_short(e)]
        rng.shuffle(own)
        plain = min(share.plain, MAX_REPEATS * len(own))
        if share.reworded:
            drawn = [(weights or {}).get(e.id) or rewording_weight(e) for e in own]
            mixed += rng.choices(own, drawn, k=plain)
        elif share.asks_like is None:
            mixed += [own[n % len(own)] for n in range(plain)]
        else:
            mixed += asking_like(own, [e for e in examples if e.source == share.asks_like], plain, rng)
        mixed += negatives_of([e for e in own if e.answers], share, rng)
    rng.shuffle(mixed)
    return mixed


def asking_like(own: Sequence[Example], model: Sequence[Example], count: int, rng: random.Random) -> list[Example]:
    """Return `count` of `own`, drawn with repeats so that question words are as frequent as in `model`."""
    mine, theirs = (Counter(asks(e.question) for e in some) for some in (own, model))
    weights = [theirs[asks(e.question)] / mine[asks(e.question)] for e in own]
    return rng.choices(own, weights, k=count)


def without_short_cuts(examples: Sequence[Example]) -> list[Example]:
    """Return the examples of one source without some unanswerable ones, or a reader learns that "how many" has no answer.

    Of those that stay, no question word's share is more than `MORE_FREQUENT` times its share of the answerable ones.
    """
    answered = Counter(asks(e.question) for e in examples if e.answers)
    unanswered: dict[str, list[Example]] = {}
    for example in examples:
        if not example.answers:
            unanswered.setdefault(asks(example.question), []).append(example)
    kept = {word: len(some) for word, some in unanswered.items()}
    while too_many := [word for word in kept if kept[word] > _allowed(word, kept, answered)]:
        kept |= {word: int(_allowed(word, kept, answered)) for word in too_many}
    stay = {e.id for word, some in unanswered.items() for e in sorted(some, key=lambda e: bucket(e.id))[: kept[word]]}
    return [e for e in examples if e.answers or e.id in stay]


def _allowed(word: str, kept: Mapping[str, int], answered: Counter[str]) -> float:
    return MORE_FREQUENT * sum(kept.values()) * answered[word] / max(1, answered.total())


def shared_words(example: Example) -> float:
    """Return which share of the question's content words stands within `BESIDE` characters of the answer, 0 to 1."""
    asked = set(content_stems(example.question))
    if not asked or not example.answers:
        return 1.0
    start, end = example.answers[0]
    return len(asked & set(content_stems(example.context[max(0, start - BESIDE) : end + BESIDE]))) / len(asked)


def rewording_weight(example: Example) -> float:
    """Return the weight of a question, 1 to 2, greater the fewer of its words stand beside the answer."""
    return 2 - shared_words(example)


def asks(question: str) -> str:
    """Return the question word, or nothing."""
    found = _ASKS.search(question.lower())
    return found.group() if found else ""


def negatives_of(answerable: Sequence[Example], share: Share, rng: random.Random) -> list[Example]:
    """Return at most `share.paired` paired and `share.changed` changed questions, each from another example."""
    if not share.paired and not share.changed:
        return []
    pairing = Pairing(list(dict.fromkeys(e.context for e in answerable)))
    foreign = sorted({name for e in answerable for name in names(e.question)})
    made: list[Example] = []
    candidates = iter(answerable)
    kinds: list[tuple[int, Callable[[Example], Example | None]]] = [
        (share.paired, lambda e: pairing.negative(e, rng)),
        (share.changed, lambda e: changed(e, foreign, rng)),
    ]
    for wanted, make in kinds:
        goal = len(made) + wanted
        while len(made) < goal and (example := next(candidates, None)) is not None:
            negative = make(example)
            if negative is not None:
                made.append(negative)
    return made


def _is_short(example: Example) -> bool:
    return not example.answers or example.answers[0][1] - example.answers[0][0] <= MAX_ANSWER_CHARS
