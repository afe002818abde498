"""The reader's network for inference: BERT with the low-rank adapters merged into its weights, span and answerability heads.

The encoder is `index/bert.py`, without padding; the heads are those of `training/network.py`, and `tests/training` proves
both equal. Knows no text but tokens.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.bert import Bert, number_type

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding, Tokenizer
    from torch import Tensor

FORMAT = "footnote-reader-2"
_RETRAIN = "get rag/reader_model/ again from the project, or make it with: python -m training"
_REQUIRED = ("rank", "alpha", "weights_sha256", "encoder_sha256", "decode")
_CLS, _SEP = 101, 102


class ReaderError(Exception):
    """The reader's weights cannot be used; str(error) is the cause, `fix` what mends it."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(cause)
        self.cause, self.fix = cause, fix


@dataclass(frozen=True, slots=True)
class WindowLogits:
    """Of one window: `start`, `end`, `selection` per token (float32), `null` of the empty span, `answerable` of the whole."""

    start: np.ndarray
    end: np.ndarray
    null: float
    answerable: float
    selection: np.ndarray


class ReaderNetwork:
    """Merged weights and tokenizer. Complete when constructed, never changed afterwards."""

    def __init__(self, weights: "Mapping[str, Tensor]", heads: int, epsilon: float, tokenizer: "Tokenizer") -> None:
        self._encoder = Bert({name: value for name, value in weights.items() if not name.startswith("heads.")}, heads, epsilon)
        self._heads = {name: value for name, value in weights.items() if name.startswith("heads.")}
        self._tokenizer = tokenizer

    def tokens(self, texts: Sequence[str]) -> "list[Encoding]":
        """Return word pieces with offsets in code points, nothing added, nothing cut."""
        encoded: list[Encoding] = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return encoded

    def logits(self, question: Sequence[int], windows: Sequence[Sequence[int]]) -> list[WindowLogits]:
        """Read `[CLS] question [SEP] window [SEP]` for every window in one pass."""
        import torch

        head = [_CLS, *question, _SEP]
        rows = [[*head, *window, _SEP] for window in windows]
        with torch.inference_mode():
            return [self._read_off(hidden, len(head)) for hidden in self._encoder.hidden(rows, len(head))]

    def _read_off(self, hidden: "Tensor", head: int) -> WindowLogits:
        """Apply the heads to one sequence, of which `head` tokens come before the passage and one after it."""
        import torch

        spans = self._linear(hidden, "heads.span")
        inside = spans[head:-1]
        pooled = (torch.softmax(inside, dim=0).T @ hidden[head:-1]).flatten()
        features = torch.cat([hidden[0], pooled])
        answerable = self._linear(torch.nn.functional.gelu(self._linear(features, "heads.inner")), "heads.outer")
        start, end = inside.T.numpy()
        selection = self._linear(hidden[head:-1], "heads.selection").squeeze(-1).numpy()
        return WindowLogits(start, end, float(spans[0].sum()), float(answerable), selection)

    def _linear(self, x: "Tensor", name: str) -> "Tensor":
        import torch

        return torch.nn.functional.linear(x, self._heads[f"{name}.weight"], self._heads[f"{name}.bias"])


def load_network(folder: Path, encoder: Path) -> tuple[ReaderNetwork, dict[str, Any]]:
    """Return the network and the decode settings of a model folder. Raises ReaderError."""
    from safetensors.torch import load
    from tokenizers import Tokenizer

    config = read_config(folder)
    changed = load(verified(folder / "adapters.safetensors", config["weights_sha256"], "the reader's weights"))
    base = load(verified(encoder / "model.safetensors", config["encoder_sha256"], "the encoder's weights"))
    shape = json.loads((encoder / "config.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    merged = merge(base, changed, config["alpha"] / config["rank"], number_type())
    network = ReaderNetwork(merged, shape["num_attention_heads"], shape["layer_norm_eps"], tokenizer)
    return network, config["decode"]


def merge(
    base: "Mapping[str, Tensor]", changed: "Mapping[str, Tensor]", scale: float, dtype: "torch.dtype"
) -> "dict[str, Tensor]":
    """Return the encoder's weights plus `scale * B A` (Hu et al. 2021), and the heads.

    The encoder computes in `dtype`, the heads in float32.
    """

    merged: dict[str, Tensor] = {name: value.float() for name, value in changed.items() if name.startswith("heads.")}
    for name, value in base.items():
        if not value.is_floating_point():  # position_ids of an older format
            continue
        layer = name.removesuffix(".weight")
        exact = value.float()
        if f"{layer}.a" in changed:
            exact = exact + scale * (changed[f"{layer}.b"].float() @ changed[f"{layer}.a"].float())
        merged[name] = exact.to(dtype)
    return merged


def read_config(folder: Path) -> dict[str, Any]:
    """Return the `config.json` of a model folder. Raises ReaderError when it is missing or damaged."""
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReaderError(f"there is no reader in {folder.name}/: config.json is missing", _RETRAIN) from None
    except ValueError:
        raise ReaderError(f"{folder.name}/config.json is damaged: it is not JSON", _RETRAIN) from None
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        raise ReaderError(f"{folder.name}/config.json is not of the format {FORMAT}", _RETRAIN)
    if lacking := [name for name in _REQUIRED if name not in config]:
        raise ReaderError(f"{folder.name}/config.json is damaged: it lacks {', '.join(lacking)}", _RETRAIN)
    return config


def verified(path: Path, expected: str, what: str) -> bytes:
    """Return a file's bytes when their SHA-256 is the expected one. Raises ReaderError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReaderError(f"{what} are missing: no {path.parent.name}/{path.name}", _RETRAIN) from None
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        cause = f"{what} in {path.parent.name}/{path.name} have SHA-256 {found[:12]}..., the reader wants {expected[:12]}..."
        raise ReaderError(cause, "install the encoder it was trained on, " + _RETRAIN if "encoder" in what else _RETRAIN)
    return data
