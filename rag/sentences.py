"""How near sentences are to a question, by meaning and by shared words: needs only the embedder, no trained reader."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index.embedder import PassageEmbedder
from index.lru import Lru
from index.passages import paragraphs, sentences
from index.search import Hit
from rag.reader import Span, TextReading
from rag.terms import content_stems

AROUND = 600  # characters before and behind a passage; benchmarks/LOG.md, 2026-11-21
_OF_ALL_WORDS = 3.0  # log-odds that a sentence with all words of the question belongs to its answer; with none: the opposite
_REMEMBERED = 2048  # passages, about 10 MB of vectors: the sentences of a small library are embedded once
# By content hash, of the articles read last (a second look reads 16 passages and more): finding them takes 0.1 s per MB.
_WRAPPED: Lru[str, list[tuple[int, int]]] = Lru(64)


class SentenceScorer:
    """Measures sentences against a question: higher is better."""

    def __init__(self, embedder: PassageEmbedder) -> None:
        self._embedder = embedder
        # A passage's sentences are embedded together and with nothing else: in bfloat16 a vector depends a little on what is
        # embedded beside it, and the same question must get the same answer whatever came before.
        self._rows = lru_cache(_REMEMBERED)(embedder.vectors)

    def cosines(self, question: str, passages: Sequence[Sequence[str]]) -> np.ndarray:
        """Return the cosine of every sentence of every passage to the question, in their order, -1 to 1."""
        asked = self._embedder.vectors([question])[0]
        rows = [self._rows(tuple(sentences)) for sentences in passages if sentences]
        return np.concatenate(rows) @ asked if rows else np.empty(0, dtype=np.float32)


def shared(question: str, texts: Sequence[str]) -> np.ndarray:
    """Return for each text the share of the question's words, by stem, that occur in it, 0 to 1."""
    asked = set(content_stems(question))
    return np.array([len(asked & set(content_stems(text))) / max(len(asked), 1) for text in texts], dtype=np.float32)


def surroundings(hit: Hit) -> str:
    """Return the hit's passage with what its article has before and behind it: some names stand only there."""
    return hit.article.text[max(0, hit.passage.start - AROUND) : hit.passage.end + AROUND]


def sentences_of(hit: Hit) -> list[tuple[int, int]]:
    """Return `start, end` of the sentences of a hit's passage, in its text: all of it where none is found."""
    return wrapped_sentences(hit) or _sentences(hit.passage.text)


def wrapped_sentences(hit: Hit) -> list[tuple[int, int]]:
    """Return `start, end` of the sentences of a hit's passage, in its text, where its article is wrapped at a column.

    Of another article there are none: a passage's own lines tell its sentences, but not whether they are wrapped.
    """
    article, passage = hit.article, hit.passage
    found = _WRAPPED.get(article.content_hash)
    if found is None:
        is_wrapped = any("\n" in article.text[start:end] for start, end in paragraphs(article.text))
        found = sentences(article.text) if is_wrapped else []
        _WRAPPED.put(article.content_hash, found)
    touched = ((max(start, passage.start), min(end, passage.end)) for start, end in found)
    return [(start - passage.start, end - passage.start) for start, end in touched if start < end]


def _sentences(text: str) -> list[tuple[int, int]]:
    return sentences(text) or [(0, len(text))]


class SentenceReader:
    """A `Reader` that knows whole sentences only: for a library that has no trained reader's weights."""

    def __init__(self, scorer: SentenceScorer) -> None:
        self._scorer = scorer

    def read_closely(
        self, question: str, texts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]], n: int
    ) -> list[TextReading]:
        """Return the n best sentences of each text, best first; `no_answer_score` is how far the best score is from 1. Those
        belong to a complete answer that have words of the question."""
        quoted = [[text[start:end] for start, end in spans] for text, spans in zip(texts, sentences, strict=True)]
        shares = shared(question, [sentence for of_text in quoted for sentence in of_text])
        scores = iter((self._scorer.cosines(question, quoted) + shares) / 2)
        belongs = iter(_OF_ALL_WORDS * (2 * shares - 1))
        ranked = [sorted(((float(next(scores)), -start, end) for start, end in spans), reverse=True) for spans in sentences]
        return [
            TextReading(
                tuple(Span(-minus, end, score, 1 - spans[0][0]) for score, minus, end in spans[:n]),
                tuple(float(next(belongs)) for _ in spans),
            )
            for spans in ranked
        ]
