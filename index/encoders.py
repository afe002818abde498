"""The two programs that run an embedding model: the default one's own, and sentence-transformers for any other.

Rows are float32 and not normalised. Making an encoder loads the model and the libraries under it.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np

from index.bert import Bert, number_type

_BATCH = 32  # texts in one pass; benchmarks/LOG.md, 2026-11-21
_MAX_TOKENS = 256  # of the default model; what is longer is cut


class Encoder(Protocol):
    """Texts become one row each: shape (len(texts), dimension)."""

    def rows(self, texts: Sequence[str]) -> np.ndarray: ...


class MiniLM:
    """all-MiniLM-L6-v2: the mean of BERT's last hidden states. Needs no transformers, whose import takes 10 to 17 s."""

    def __init__(self, folder: Path) -> None:
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        weights = load_file(folder / "model.safetensors")
        kept = {name: value.to(number_type()) for name, value in weights.items() if value.is_floating_point()}
        self._encoder = Bert(kept, heads=12, epsilon=1e-12)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()
        self._threads = torch.get_num_threads()

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        batches = [texts[first : first + _BATCH] for first in range(0, len(texts), _BATCH)]
        count = min(self._threads, len(batches))
        if count == 1:
            return np.concatenate([self._batch(batch) for batch in batches])
        return np.concatenate(self._side_by_side(batches, count))

    def _side_by_side(self, batches: Sequence[Sequence[str]], count: int) -> list[np.ndarray]:
        """Compute batches in threads of their own, each on one core. Threads that share a batch wait for each other after
        every product, and on a machine with other work they mostly wait: there, this is many times as fast."""
        import torch

        ready = threading.Barrier(count + 1)

        def on_one_core() -> None:
            torch.set_num_threads(1)  # of this thread, and of those that begin now
            torch.get_num_threads()  # only now is it this thread's for good
            ready.wait()

        with ThreadPoolExecutor(count, "embed", on_one_core) as pool:
            computed = [pool.submit(self._batch, batch) for batch in batches]
            ready.wait()
            torch.set_num_threads(self._threads)
            return [one.result() for one in computed]

    def _batch(self, texts: Sequence[str]) -> np.ndarray:
        encoded = self._tokenizer.encode_batch([text.strip() for text in texts])
        return np.stack([hidden.mean(dim=0).numpy() for hidden in self._encoder.hidden([one.ids for one in encoded])])


class SentenceTransformers:
    """Any model of sentence-transformers, by name or folder."""

    def __init__(self, model: str) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers has no types; stderr is for messages
        self._model = SentenceTransformer(model, device="cpu", model_kwargs={"dtype": number_type()})

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        encoded = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=False, show_progress_bar=False, convert_to_tensor=True
        )
        rows: np.ndarray = np.ascontiguousarray(encoded.float().numpy())
        return rows
