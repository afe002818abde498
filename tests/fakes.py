"""Small, deterministic stand-ins that keep their interface's promises."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings


class WordCountEmbedder(Embeddings):
    """Hashed word counts, L2-normalised: texts that share more of their words are nearer. No model, no randomness."""

    def __init__(self, dimension: int = 64, name: str = "word-counts@1") -> None:
        self.dimension = dimension
        self.name = name
        self.embedded: list[str] = []  # every text that was ever given to it

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                row[int.from_bytes(digest, "big") % self.dimension] += 1.0
            row[0] += 1e-3  # a text without words has a direction too
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in row] for row in self.vectors(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
