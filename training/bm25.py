"""A small BM25 (Robertson and Zaragoza 2009; k1 0.9, b 0.4) for choosing hard negatives. Knows no labels."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

_WORD = re.compile(r"\w+")
_STOPPED = (
    "a an the of in on at to for by with from and or is are was were be been did do does what which who whom whose when "
    "where why how that this it its as has have had many much there their they he she his her"
)
_STOP = frozenset(_STOPPED.split())


class BM25:
    """An index in memory over the texts, addressed by their position."""

    def __init__(self, texts: Sequence[str], k1: float = 0.9, b: float = 0.4) -> None:
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = np.zeros(len(texts), dtype=np.float32)
        for number, text in enumerate(texts):
            words = terms(text)
            lengths[number] = len(words)
            for word, count in Counter(words).items():
                postings[word].append((number, count))
        norm = k1 * (1 - b + b * lengths / max(float(lengths.mean()), 1.0))
        self._size = len(texts)
        self._weights: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for word, found in postings.items():
            numbers, counts = np.array(found, dtype=np.int64).T
            idf = math.log(1 + (len(texts) - len(found) + 0.5) / (len(found) + 0.5))
            weight = idf * counts * (k1 + 1) / (counts + norm[numbers])
            self._weights[word] = (numbers, weight.astype(np.float32))

    def scores(self, query: str) -> np.ndarray:
        """Return one score per text, higher is better, 0 where no word is shared: shape (texts,)."""
        total = np.zeros(self._size, dtype=np.float32)
        for word in set(terms(query)):
            if word in self._weights:
                numbers, weight = self._weights[word]
                total[numbers] += weight
        return total

    def top(self, query: str, k: int) -> list[int]:
        """Return the positions of the k best texts, best first; texts that share no word are left out."""
        scores = self.scores(query)
        best = np.argsort(-scores, kind="stable")[:k]
        return [int(n) for n in best if scores[n] > 0]


def terms(text: str) -> list[str]:
    """Return lower-case words without stop words, plural `s` taken off."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _STOP)
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words]
