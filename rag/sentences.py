"""Which sentence answers, judged by meaning and by shared words: needs only the embedder, no trained reader.

`SentenceScorer` ranks sentences for the writer; `SentenceReader` reads passages with it where no reader's weights are.
"""

from collections.abc import Sequence

import numpy as np

from index.embedder import PassageEmbedder
from index.passages import sentences
from rag.reader import Span
from rag.terms import content_stems

_COSINE_WEIGHT = 0.7  # benchmarks/LOG.md, 2026-11-21
_REMEMBERED = 4096  # sentences, about 6 MB of vectors: the passages of a small library are embedded once


class SentenceScorer:
    """Scores sentences against a question, 0 to about 1, higher is better."""

    def __init__(self, embedder: PassageEmbedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, np.ndarray] = {}

    def scores(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return one score per text: the cosine to the question, averaged with the share of its words that occur."""
        asked = set(content_stems(question))
        shares = np.array([len(asked & set(content_stems(text))) / max(len(asked), 1) for text in texts], dtype=np.float32)
        return _COSINE_WEIGHT * self.cosines(question, texts) + (1 - _COSINE_WEIGHT) * shares

    def cosines(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return the cosine of each text to the question."""
        wanted = list(dict.fromkeys((question, *texts)))
        known = {text: self._vectors[text] for text in wanted if text in self._vectors}
        unknown = [text for text in wanted if text not in known]
        known.update(zip(unknown, self._embedder.vectors(unknown), strict=True))
        self._remember({text: known[text] for text in unknown if text != question})
        asked = known[question]
        return np.array([float(known[text] @ asked) for text in texts], dtype=np.float32)

    def _remember(self, vectors: dict[str, np.ndarray]) -> None:
        if len(self._vectors) + len(vectors) > _REMEMBERED:
            self._vectors = {}
        self._vectors = {**self._vectors, **vectors}  # replaced, not changed: other threads may be reading


class SentenceReader:
    """A `Reader` whose answer to every question is a passage's best sentence."""

    def __init__(self, scorer: SentenceScorer) -> None:
        self._scorer = scorer

    def read(self, question: str, texts: Sequence[str]) -> list[Span]:
        """Return the best sentence of each text; `no_answer_score` is how far its score is from 1."""
        found = [sentences(text) or [(0, len(text))] for text in texts]
        flat = [text[start:end] for text, spans in zip(texts, found, strict=True) for start, end in spans]
        scores = iter(self._scorer.scores(question, flat)) if flat else iter(())
        best = [max((float(next(scores)), -start, end) for start, end in spans) for spans in found]
        return [Span(start=-minus, end=end, score=score, no_answer_score=1 - score) for score, minus, end in best]
