"""Questions beside the passage that answers them and those that the project's own search ranks high although they do not.

The reader learns to score the right one highest: a softmax over the passages of a question, after the shared normalisation of
Clark and Gardner 2018, arXiv:1710.10723. Passages are cut and searched as the product does it.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from index.article import Article
from index.embedder import Embedder
from index.passages import embedded_text, split
from training.bm25 import BM25
from training.data import Example
from training.mix import shared_words

TOGETHER = 4  # passages a question: the right one and three others
NEAREST = 2  # passages beside which a question is asked that its article does not answer
DEPTH = 10  # the others are drawn from so many that search ranks highest


def groups(examples: Sequence[Example], counts: Mapping[str, int], seed: int, embedder: Embedder) -> list[list[Example]]:
    """Return for each source so many questions, each a list of `TOGETHER` examples, the one with the answer first."""
    rng = random.Random(seed)
    return [
        group
        for source, count in counts.items()
        for group in _of_source([e for e in examples if e.source == source], count, rng, embedder)
    ]


def nearest(examples: Sequence[Example], embedder: Embedder) -> list[Example]:
    """Return each question, once for every one of the `NEAREST` passages of its context that fit it best: what a reader gets to
    see of a long article that does not answer. Questions whose context cannot be cut are left out."""
    found = []
    for context in dict.fromkeys(e.context for e in examples):
        asked = [e for e in examples if e.context == context]
        _, embedded = _passages(context, asked[0].title)
        if not embedded:
            continue
        keywords, vectors = BM25(embedded), embedder.vectors(embedded)
        for example, vector in zip(asked, embedder.vectors([e.question for e in asked]), strict=True):
            best = np.argsort(-fused(keywords.scores(example.question), vectors @ vector), kind="stable")[:NEAREST]
            found += [replace(example, id=f"{example.id}-{n}", context=embedded[n].split("\n", 1)[1]) for n in best]
    return found


def at_home(examples: Sequence[Example]) -> list[Example]:
    """Return each question beside the passage that holds its answer; those whose answer no passage holds whole are left out."""
    contexts = dict.fromkeys((e.context, e.title) for e in examples)
    cut = {context: _passages(context, title)[0] for context, title in contexts}
    homes = (_home(e, cut[e.context]) for e in examples)
    return [example for example in homes if example]


def _of_source(own: Sequence[Example], count: int, rng: random.Random, embedder: Embedder) -> Iterator[list[Example]]:
    contexts = dict.fromkeys((e.context, e.title) for e in own)
    cut = {context: _passages(context, title) for context, title in contexts}
    texts = list(dict.fromkeys(text for _, embedded in cut.values() for text in embedded))
    keywords, vectors = BM25(texts), embedder.vectors(texts)
    asked = [e for e in own if e.answers]
    rng.shuffle(asked)
    asked.sort(key=lambda e: shared_words(e) + rng.random())  # the fewer of its words stand beside the answer, the sooner
    made = 0
    for start in range(0, len(asked), 256):
        some = asked[start : start + 256]
        for example, vector in zip(some, embedder.vectors([e.question for e in some]), strict=True):
            if made == count:
                return
            scores = fused(keywords.scores(example.question), vectors @ vector)
            ranked = [texts[n] for n in np.argsort(-scores, kind="stable")[: 4 * DEPTH]]
            group = _group(example, cut[example.context][0], ranked, rng)
            if group:
                made += 1
                yield group


def _passages(context: str, title: str) -> tuple[list[tuple[int, int]], list[str]]:
    """Return where the passages of a paragraph lie, and what is embedded for each."""
    article = Article.create(context, title=title or "Untitled", origin="training")
    if article.text != context:
        return [], []  # its offsets would not be the example's
    passages = split(article)
    return [(p.start, p.end) for p in passages], [embedded_text(article, p) for p in passages]


def _home(example: Example, spans: Sequence[tuple[int, int]]) -> Example | None:
    start, end = example.answers[0]
    home = next(((a, b) for a, b in spans if a <= start and end <= b), None)
    if home is None:
        return None
    return replace(example, context=example.context[slice(*home)], answers=((start - home[0], end - home[0]),))


def _group(example: Example, spans: Sequence[tuple[int, int]], ranked: Sequence[str], rng: random.Random) -> list[Example]:
    first = _home(example, spans)
    if first is None:
        return []
    answers = {example.context[a:b].casefold() for a, b in example.answers}
    others = [text.split("\n", 1)[1] for text in ranked]
    wrong = [text for text in others if text != first.context and not any(answer in text.casefold() for answer in answers)]
    if len(wrong) < TOGETHER - 1:
        return []
    drawn = rng.sample(wrong[:DEPTH], TOGETHER - 1)
    return [
        first,
        *(Example(f"{example.id}-{n}", example.source, "", text, example.question, ()) for n, text in enumerate(drawn)),
    ]


def fused(keywords: np.ndarray, cosines: np.ndarray) -> np.ndarray:
    """Return the average of two scores of the same passages, each from its least (0) to its greatest (1)."""
    average: np.ndarray = (_unit(keywords) + _unit(cosines)) / 2
    return average


def _unit(scores: np.ndarray) -> np.ndarray:
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
