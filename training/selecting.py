"""Which sentences make a complete answer: questions whose sentences somebody chose, and what the other sets tell about one.

`training/written/selected.jsonl` holds questions that want more than a name or a date, and near misses, on paragraphs of the
sets and on the written articles, `fourth.jsonl` and later ones such and others. Each names its text by `paragraph_name`, the
sentences of the answer by offsets (none: the text does not answer), and some the short answer in them. An example is a passage
as the product cuts it, or what stands around a sentence of the answer. Knows no network.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.article import Article
from index.embedder import Embedder
from index.passages import sentences, split
from rag.kinds import kind_of
from rag.terms import content_stems
from training.data import Example, bucket
from training.mix import Share, negatives_of
from training.ranking import at_home, nearest
from training.written import FOLDER, is_news

SOURCE = "selected"
BESIDE = 2  # passages of the same text that hold nothing of the answer
WINDOW_WORDS = 150  # that are read around a sentence
_NEEDS_ONE = frozenset({"who", "when", "where", "number"})  # kinds whose answer is one sentence: the others are not needed
_TOLD = {"new_wiki": 4000, "squad11_pages": 2000, "qed_train": 3000, "squad_train_orig": 800, "reddit": 1000}
_TOLD_NEWS = 3500
_ADVERSARIAL, _PAIRED, _NEAR_MISSES, _CUT = 2000, {"new_wiki": 1200, "qed_train": 800}, 1200, 2200


@dataclass(frozen=True, slots=True)
class Selected:
    """At most how many examples a stage has: questions whose sentences were chosen (`source` names their file), beside passages
    and in windows; questions of the other sets, of which one sentence tells the answer, or none. `even`: questions are drawn so
    that their words alone do not tell whether they are answered (`priors.py`)."""

    passages: int
    windows: int
    told: int = 0
    untold: int = 0
    source: str = SOURCE
    even: bool = False
    near: bool = False


def read_selected(contexts: Mapping[str, str], source: str = SOURCE, folder: Path = FOLDER) -> list[Example]:
    """Return the questions on those texts that are among `contexts`, by `paragraph_name`; every sentence is labelled."""
    found = []
    for number, line in enumerate((folder / f"{source}.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        context = contexts.get(row["paragraph"])
        if context is not None:
            chosen = {tuple(span) for span in row["sentences"]}
            labelled = tuple((*span, span in chosen) for span in sentences(context))
            answers = (tuple(row["answer"]),) if "answer" in row else ()
            found.append(Example(f"{source}-{number}", source, row["paragraph"], context, row["question"], answers, labelled))
    return found


def compose(
    selected: Sequence[Example], others: Sequence[Example], counts: Selected, embedder: Embedder, seed: int
) -> list[Example]:
    """Return the examples of a stage in a shuffled order; `others` are the sets and the written questions to learn from."""
    rng = random.Random(seed)
    found = [
        *_drawn(in_passages(selected, counts.near), counts.passages, rng),
        *in_windows(_drawn(selected, counts.windows, rng), rng),
        *_drawn(_told(others, rng), counts.told, rng),
        *_drawn(_untold(others, embedder, rng), counts.untold, rng),
    ]
    rng.shuffle(found)
    return found


def in_passages(examples: Sequence[Example], near: bool = False) -> list[Example]:
    """Return each question beside the passages that hold a part of its answer, and beside `BESIDE` others of its text: these do
    not answer it, unless it wants more than a short answer; then it is not known."""
    cut = {context: _passages(context) for context in {e.context for e in examples}}
    found = []
    for example in examples:
        telling, other = list[Example](), list[Example]()
        for span in cut[example.context]:
            part = _part(example, *span)
            (telling if any(belongs for *_, belongs in part.sentences) else other).append(part)
        is_told_elsewhere = telling and not example.answers
        other.sort(key=lambda e: (-_shared(e) if near else 0, bucket(e.id)))
        other = [replace(e, is_known=not is_told_elsewhere) for e in other[:BESIDE]]
        found += [e for e in (*telling, *other) if e.sentences]
    return found


def in_windows(examples: Iterable[Example], rng: random.Random) -> Iterator[Example]:
    """Yield each question beside what stands around one of the sentences of its answer, or around any where there is none."""
    for example in examples:
        told = [n for n, (*_, belongs) in enumerate(example.sentences) if belongs] or range(len(example.sentences))
        yield _part(example, *_window(example, rng.choice(list(told))))


def labelled(examples: Iterable[Example]) -> Iterator[Example]:
    """Yield questions of the other sets with the sentence of their answer; the others do not belong to it where one sentence is
    all that is needed, or none tells it."""
    for example in examples:
        answer = example.answers[0] if example.answers else None
        told = [
            (start, end, bool(answer and start < answer[1] and answer[0] < end)) for start, end in sentences(example.context)
        ]
        known = tuple(s for s in told if s[2] or answer is None or kind_of(example.question) in _NEEDS_ONE)
        if known:
            yield replace(example, sentences=known)


def _told(others: Sequence[Example], rng: random.Random) -> list[Example]:
    asked = [
        e
        for source, count in _TOLD.items()
        for e in _drawn([e for e in others if e.source == source and e.answers], count, rng)
    ]
    news = _drawn([e for e in others if is_news(e) and e.answers], _TOLD_NEWS, rng)
    return list(labelled(at_home([*asked, *news])))


def _untold(others: Sequence[Example], embedder: Embedder, rng: random.Random) -> list[Example]:
    def answered(source: str) -> list[Example]:
        return [e for e in others if e.source == source and e.answers]

    found = _drawn([e for e in others if e.source == "squad2_train_unans"], _ADVERSARIAL, rng)
    for source, count in _PAIRED.items():
        own = answered(source)
        found += negatives_of(_drawn(own, len(own), rng), Share(0, count, count // 2), rng)
    found += nearest(_drawn([e for e in others if is_news(e) and not e.answers], _NEAR_MISSES, rng), embedder)
    found += _without_answer(_drawn(answered("qed_train"), _CUT, rng), rng)
    return list(labelled(one for e in found for one in _beside_a_passage(e, rng)))


def _without_answer(examples: Iterable[Example], rng: random.Random) -> Iterator[Example]:
    """Yield questions beside three sentences of their own text of which none holds an answer."""
    for example in examples:
        told = {example.context[a:b].casefold() for a, b in example.answers}
        kept = [example.context[a:b] for a, b in sentences(example.context)]
        left = [sentence for sentence in kept if not any(words in sentence.casefold() for words in told)]
        if 1 < len(left) < len(kept):
            first = rng.randrange(max(1, len(left) - 2))
            yield replace(example, id=f"{example.id}-cut", context=" ".join(left[first : first + 3]), answers=())


def _beside_a_passage(example: Example, rng: random.Random) -> Iterator[Example]:
    spans = _passages(example.context)
    if spans:
        start, end = rng.choice(spans)
        yield replace(example, id=f"{example.id}-{start}", context=example.context[start:end], answers=())


def _drawn(examples: Sequence[Example], count: int, rng: random.Random) -> list[Example]:
    return rng.sample(examples, min(count, len(examples)))


def _shared(example: Example) -> int:
    return len({*content_stems(example.question)} & {*content_stems(example.context)})


def _passages(context: str) -> list[tuple[int, int]]:
    article = Article.create(context, title="Untitled", origin="training")
    return [(p.start, p.end) for p in split(article)] if article.text == context else []


def _window(example: Example, number: int) -> tuple[int, int]:
    """Return where the sentences around one begin and end: as many as fit, as far behind it as before it."""
    first = last = number
    while True:
        sides = sorted((n for n in (last + 1, first - 1) if 0 <= n < len(example.sentences)), key=lambda n: abs(n - number))
        for n in sides:
            start, end = example.sentences[min(first, n)][0], example.sentences[max(last, n)][1]
            if len(example.context[start:end].split()) <= WINDOW_WORDS:
                first, last = min(first, n), max(last, n)
                break
        else:
            return example.sentences[first][0], example.sentences[last][1]


def _part(example: Example, start: int, end: int) -> Example:
    touched = ((max(a, start) - start, min(b, end) - start, told) for a, b, told in example.sentences if a < end and start < b)
    answers = ((a - start, b - start) for a, b in example.answers if start <= a and b <= end)
    context = example.context[start:end]
    return replace(example, id=f"{example.id}-{start}", context=context, answers=tuple(answers), sentences=tuple(touched))
