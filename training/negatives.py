"""Questions that a passage does not answer, made from questions that one does. Two kinds, because one misleads:

- *paired*: the question beside another passage that shares its words (as search would bring it) but lacks the answer;
- *changed*: the question with one name, number, date, comparison or polarity changed, beside its own passage, in the
  manner of the unanswerable questions of SQuAD 2.0 (Rajpurkar, Jia and Liang 2018, arXiv:1806.03822, table 1).
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from training.bm25 import BM25
from training.data import Example

_NAME = re.compile(r"(?<![.?!:;\"”] )(?<!^)(?<![\w.-])[A-Z][\w'’-]*\w(?: (?:of |the |de |von |van )?[A-Z][\w'’-]*\w)*")
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_AUXILIARY = re.compile(r"\b(did|does|do|was|were|is|are|has|have|had|can|could|will|would|should)\b (?!not\b|n't)", re.I)
NEGATED_SHARE = 0.06  # it fits nearly every question and is the least natural change
_OPPOSITES = (
    "first last", "most least", "largest smallest", "highest lowest", "before after", "more fewer", "oldest newest",
    "increase decrease", "increased decreased", "began ended", "start end", "started stopped", "begin end",
    "north south", "east west", "northern southern", "eastern western", "win lose", "won lost", "early late",
    "earliest latest", "best worst", "minimum maximum", "male female", "men women", "son daughter", "father mother",
    "son father", "brother sister", "built destroyed", "support oppose", "supported opposed", "accept reject",
    "accepted rejected", "allowed forbidden", "allow forbid", "rise fall", "rose fell", "import export", "buy sell",
    "bought sold", "above below", "inside outside", "joined left", "arrive leave", "arrived left", "major minor",
    "positive negative", "winter summer", "advantage disadvantage", "success failure", "strong weak", "rich poor",
    "longest shortest", "old young", "older younger", "higher lower", "larger smaller", "good bad", "like dislike",
    "arrested released", "attacked defended", "signed cancelled", "approved blocked", "born died", "born buried",
)  # fmt: skip


def _opposites() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for pair in _OPPOSITES:
        a, b = pair.split()
        table.setdefault(a, []).append(b)
        table.setdefault(b, []).append(a)
    return table


OPPOSITE = _opposites()


class Pairing:
    """Finds, for answerable examples, passages of a pool that look right and are not."""

    def __init__(self, contexts: Sequence[str]) -> None:
        self._contexts = contexts
        self._folded = [context.casefold() for context in contexts]
        self._index = BM25(contexts)

    def negative(self, example: Example, rng: random.Random, depth: int = 12, choices: int = 3) -> Example | None:
        """Return the question beside one of the best `choices` other passages that contain no answer string."""
        answers = {example.context[a:b].casefold() for a, b in example.answers}
        found = []
        for number in self._index.top(example.question, depth):
            other = self._folded[number]
            if self._contexts[number] != example.context and not any(answer in other for answer in answers):
                found.append(number)
        if not found:
            return None
        other = self._contexts[rng.choice(found[:choices])]
        return replace(example, id=f"{example.id}-paired", context=other, answers=())


def changed(example: Example, foreign_names: Sequence[str], rng: random.Random) -> Example | None:
    """Return the example with its question changed so that the passage no longer answers it, or None if no rule fits."""
    rules, weights = [_other_name, _other_number, _opposite, _foreign_name], [5.0, 4.0, 5.0, 2.0]
    if rng.random() < NEGATED_SHARE:
        rules, weights = [_negated], [1.0]
    while rules:
        rule = rng.choices(rules, weights)[0]
        position = rules.index(rule)
        del rules[position], weights[position]
        question = rule(example, foreign_names, rng)
        if question is not None and question != example.question:
            return replace(example, id=f"{example.id}-{rule.__name__.strip('_')}", question=question, answers=())
    return None


def names(text: str) -> list[str]:
    """Return the capitalised phrases of a text that do not begin a sentence, in order, each once."""
    return list(dict.fromkeys(match.group() for match in _NAME.finditer(text)))


def _other_name(example: Example, _foreign: Sequence[str], rng: random.Random) -> str | None:
    known = names(example.context)
    folded = example.question.casefold()
    return _renamed(
        example.question, [n for n in known if not _overlaps(n, example) and n.casefold() not in folded], known, rng
    )


def _foreign_name(example: Example, foreign: Sequence[str], rng: random.Random) -> str | None:
    return _renamed(
        example.question,
        [n for n in rng.sample(foreign, min(3, len(foreign))) if n not in example.context],
        names(example.context),
        rng,
    )


def _renamed(question: str, others: Sequence[str], known: Sequence[str], rng: random.Random) -> str | None:
    """Put one of the other names in place of a known name that the question uses, in the question's own case."""
    asked = [m for name in known if (m := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question, re.IGNORECASE))]
    others = [other for other in others if len(other) > 3]
    if not asked or not others:
        return None
    match, other = rng.choice(asked), rng.choice(others)
    other = other.lower() if match.group().islower() else other
    return question[: match.start()] + other + question[match.end() :]


def _other_number(example: Example, _foreign: Sequence[str], rng: random.Random) -> str | None:
    for kind in (_YEAR, _NUMBER):
        asked = kind.findall(example.question)
        if not asked:
            continue
        old = rng.choice(asked)
        others = [n for n in kind.findall(example.context) if n not in example.question and not _overlaps(n, example)]
        shifted = str(int(old) + rng.choice([-20, -10, -3, -1, 1, 2, 5, 10])) if old.isdigit() else None
        new = rng.choice(others) if others and rng.random() < 0.6 else shifted
        if new is not None and not new.startswith("-"):
            return re.sub(rf"(?<!\d){re.escape(old)}(?!\d)", new, example.question, count=1)
    return None


def _opposite(example: Example, _foreign: Sequence[str], rng: random.Random) -> str | None:
    found = [m for m in re.finditer(r"[a-z]+", example.question) if m.group() in OPPOSITE]
    if not found:
        return None
    match = rng.choice(found)
    new = rng.choice(OPPOSITE[match.group()])
    return example.question[: match.start()] + new + example.question[match.end() :]


def _negated(example: Example, _foreign: Sequence[str], rng: random.Random) -> str | None:
    match = _AUXILIARY.search(example.question)
    if match is None or match.start() == 0 or re.search(r"\b(?:not|never)\b|n't", example.question):
        return None
    words = example.question[match.end() :].split(" ")
    if match.group(1).lower() in {"did", "does", "do"} and len(words) > 2:
        rest = words[0] if words[0][:1].isupper() else ""
        if rest:
            return f"{example.question[: match.end()]}{rest} not {' '.join(words[1:])}"
    return f"{example.question[: match.end()]}{rng.choice(['not', 'never'])} {example.question[match.end() :]}"


def _overlaps(phrase: str, example: Example) -> bool:
    return any(phrase in example.context[start:end] or example.context[start:end] in phrase for start, end in example.answers)
