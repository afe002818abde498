"""How near sentences are to a question, by meaning and by shared words: needs only the embedder, no trained reader."""

from collections.abc import Sequence

import numpy as np

from index.embedder import PassageEmbedder
from index.passages import sentences
from rag.reader import Span
from rag.terms import content_stems

_REMEMBERED = 4096  # sentences, about 6 MB of vectors: those of a small library are embedded once


class SentenceScorer:
    """Measures sentences against a question: higher is better."""

    def __init__(self, embedder: PassageEmbedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, np.ndarray] = {}

    def cosines(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return the cosine of each text to the question, -1 to 1."""
        wanted = list(dict.fromkeys((question, *texts)))
        known = {text: self._vectors[text] for text in wanted if text in self._vectors}
        unknown = [text for text in wanted if text not in known]
        known.update(zip(unknown, self._embedder.vectors(unknown), strict=True))
        self._remember({text: known[text] for text in unknown if text != question})
        return np.array([float(known[text] @ known[question]) for text in texts], dtype=np.float32)

    def _remember(self, vectors: dict[str, np.ndarray]) -> None:
        if len(self._vectors) + len(vectors) > _REMEMBERED:
            self._vectors = {}
        self._vectors = {**self._vectors, **vectors}  # replaced, not changed: other threads may be reading


def shared(question: str, texts: Sequence[str]) -> np.ndarray:
    """Return for each text the share of the question's words, by stem, that occur in it, 0 to 1."""
    asked = set(content_stems(question))
    return np.array([len(asked & set(content_stems(text))) / max(len(asked), 1) for text in texts], dtype=np.float32)


class SentenceReader:
    """A `Reader` that knows whole sentences only: for a library that has no trained reader's weights."""

    def __init__(self, scorer: SentenceScorer) -> None:
        self._scorer = scorer

    def read(self, question: str, texts: Sequence[str]) -> list[Span]:
        """Return the best sentence of each text."""
        return [spans[0] for spans in self.candidates(question, texts, 1)]

    def candidates(self, question: str, texts: Sequence[str], n: int) -> list[list[Span]]:
        """Return the n best sentences of each text, best first; `no_answer_score` is how far the best score is from 1."""
        found = [sentences(text) or [(0, len(text))] for text in texts]
        flat = [text[start:end] for text, spans in zip(texts, found, strict=True) for start, end in spans]
        scores = iter((self._scorer.cosines(question, flat) + shared(question, flat)) / 2 if flat else ())
        ranked = [sorted(((float(next(scores)), -start, end) for start, end in spans), reverse=True)[:n] for spans in found]
        return [[Span(-minus, end, score, 1 - spans[0][0]) for score, minus, end in spans] for spans in ranked]
