"""Keyword and vector hits fused into one ranked list, every score kept. Knows no answers.

Scores: higher is better, everywhere. `keyword_score` is BM25 (0: none of the words), `vector_score` the cosine of query and
passage (-1 to 1), `score` the weighted mean of both after min-max normalisation over the candidates (0 to 1).
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.article import Article, Passage, clean
from index.embedder import PassageEmbedder
from index.fingerprint import fingerprint, refuse_other_fingerprint
from index.library import Library
from index.snapshot import EVERYTHING, Snapshot, Within
from index.stories import Stories, nearly_having
from index.vectors import Vectors
from index.words import rarest, words

CANDIDATES = 50  # of each kind; benchmarks/LOG.md, 2026-11-21
VECTOR_WEIGHT = 0.5  # against the keywords; benchmarks/LOG.md, 2026-11-21


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, its article, and why it stands where it stands (`rank` counts from 1).

    `tellings` are all articles that tell the article's story in nearly the same words, itself among them, the original first;
    none when it is alone.
    """

    passage: Passage
    article: Article
    score: float
    keyword_score: float
    vector_score: float
    rank: int
    tellings: tuple[Article, ...] = ()

    @property
    def also_in(self) -> tuple[Article, ...]:
        """The other articles in which this passage stands, too, or most of it."""
        return nearly_having(self.article.text, self.passage.start, self.passage.end, self.copies)

    @property
    def copies(self) -> tuple[Article, ...]:
        """The other articles that tell the story."""
        return tuple(article for article in self.tellings if article.id != self.article.id)


class Search:
    """A library that can be searched. Any number of threads may search while another adds."""

    def __init__(self, library: Library, vectors: Vectors, embedder: PassageEmbedder) -> None:
        self.library = library
        self.embedder = embedder
        self._fingerprint = fingerprint(embedder)
        self._vectors = vectors

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: PassageEmbedder,
        *,
        create: bool = False,
        command: str = "python",
        read_only: bool = False,
    ) -> "Search":
        """Open the library in a folder for searching; `create` makes one if there is none, `read_only` writes nothing.

        Loads no model.

        Raises what `Library.open` raises.
        """
        built_with = fingerprint(embedder)
        library = Library.open(folder, fingerprint=built_with, create=create, command=command, read_only=read_only)
        return cls(library, Vectors(folder, embedder.dimension, read_only=library.read_only), embedder)

    def close(self) -> None:
        self.library.close()

    def __enter__(self) -> "Search":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def search(self, query: str, k: int = 8, within: Within = EVERYTHING) -> list[Hit]:
        """Return the k best passages that lie `within`, best first; of equals, the one added first. No words, no hits.

        Where several articles have the same words, the original is found for all of them, see index/stories.py.
        """
        query = clean(query)
        query_words = words(query)
        if k <= 0 or not query_words:
            return []
        vector = self.embedder.vectors([query])[0].astype(np.float32)
        candidates = max(CANDIDATES, k)
        hits, were_all = self._found(query_words, vector, k, within, candidates)
        while len(hits) < k and not were_all:  # copies of a few stories were all that was found
            candidates *= 4
            hits, were_all = self._found(query_words, vector, k, within, candidates)
        return hits

    def _found(
        self, query_words: Sequence[str], vector: np.ndarray, k: int, within: Within, candidates: int
    ) -> tuple[list[Hit], bool]:
        """Return the k best of so many candidates of each kind, and whether there are no more."""
        with ExitStack() as stack:
            with self._vectors.lock:
                snapshot = stack.enter_context(self.library.reading())
                refuse_other_fingerprint(snapshot.fingerprint, self._fingerprint)
                among = snapshot.numbers(within) if within else None
                near = self._vectors.nearest(snapshot, vector, candidates, among)
            telling = self._telling_words(snapshot, query_words)
            keyword_hits = snapshot.keyword_hits(telling, candidates, within)
            keyword_scores = dict(keyword_hits)
            found = {*near, *keyword_scores}
            stories = Stories(snapshot, within, sorted(found))
            numbers = stories.originals()
            keyword_scores |= snapshot.keyword_scores(telling, [number for number in numbers if number not in found])
            hits = _ranked(snapshot, stories, numbers, keyword_scores, vector, k)
            return hits, max(len(near), len(keyword_hits)) < candidates

    def save(self) -> None:
        """Write the vector cache, if enough has changed to be worth it; loads no model."""
        with self._vectors.lock, self.library.reading() as snapshot:
            self._vectors.save(snapshot)

    def _telling_words(self, snapshot: Snapshot, query_words: Sequence[str]) -> list[str]:
        once = {word.lower(): word for word in query_words}.values()  # as written: the index folds "ß" in its own way
        return rarest(self.library.frequencies(snapshot, once).items(), snapshot.count(EVERYTHING))


def _ranked(
    snapshot: Snapshot, stories: Stories, numbers: Sequence[int], keyword_scores: dict[int, float], vector: np.ndarray, k: int
) -> list[Hit]:
    """Score the candidates and keep the k best. Cosines come from the stored vectors, also for those that FAISS found."""
    if not numbers:
        return []
    cosines = snapshot.vectors(numbers) @ vector
    keywords = np.array([keyword_scores.get(number, 0.0) for number in numbers])
    scores = VECTOR_WEIGHT * _normalised(cosines) + (1 - VECTOR_WEIGHT) * _normalised(keywords)
    best = sorted(range(len(numbers)), key=lambda place: (-scores[place], numbers[place]))[:k]
    found = snapshot.passages([numbers[place] for place in best])
    return [
        Hit(passage, article, float(scores[place]), float(keywords[place]), float(cosines[place]), rank, tellings)
        for rank, place in enumerate(best, start=1)
        for passage, article in (found[numbers[place]],)
        for tellings in (stories.tellings(article.id),)
    ]


def _normalised(values: np.ndarray) -> np.ndarray:
    """Return the values on a scale from the least (0) to the greatest (1); where all are the same, 1, or 0 if not positive."""
    low, high = float(values.min()), float(values.max())
    if high > low:
        return (values - low) / (high - low)
    return np.full(len(values), 1.0 if high > 0 else 0.0)
