"""The two programs that run an embedding model: the default one's own, and sentence-transformers for any other.

Rows are float32 and not normalised. Making an encoder loads the model and the libraries under it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from index.bert import Bert, number_type
from index.cores import side_by_side
from index.errors import ModelUnusable

_BATCH = 32  # texts in one pass; benchmarks/LOG.md, 2026-11-21
_MAX_TOKENS = 256  # of the default model; what is longer is cut


class Encoder(Protocol):
    """Texts become one row each: shape (len(texts), dimension)."""

    def rows(self, texts: Sequence[str]) -> np.ndarray: ...


class MiniLM:
    """all-MiniLM-L6-v2: the mean of BERT's last hidden states. Needs no transformers, whose import takes 10 to 17 s."""

    def __init__(self, folder: Path) -> None:
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        weights = load_file(folder / "model.safetensors")
        kept = {name: value.to(number_type()) for name, value in weights.items() if value.is_floating_point()}
        self._encoder = Bert(kept, heads=12, epsilon=1e-12)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        batches = [texts[first : first + _BATCH] for first in range(0, len(texts), _BATCH)]
        return np.concatenate(side_by_side(self._batch, batches))

    def _batch(self, texts: Sequence[str]) -> np.ndarray:
        encoded = self._tokenizer.encode_batch([text.strip() for text in texts])
        return np.stack([hidden.mean(dim=0).numpy() for hidden in self._encoder.hidden([one.ids for one in encoded])])


class SentenceTransformers:
    """Any model of sentence-transformers, by name or folder. Raises ModelUnusable."""

    def __init__(self, model: str) -> None:
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers has no types; stderr is for messages
        try:
            self._model = SentenceTransformer(model, device="cpu", model_kwargs={"dtype": number_type()})
        except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
            why = str(error).strip().partition("\n")[0]
            raise ModelUnusable(
                f"the embedding model {model} cannot be loaded: {why}",
                "set RAG_EMBEDDER to the name or folder of a sentence-transformers model, or leave it out",
            ) from error

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        encoded = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=False, show_progress_bar=False, convert_to_tensor=True
        )
        rows: np.ndarray = np.ascontiguousarray(encoded.float().numpy())
        return rows
