"""A checkpoint becomes the folder that the product loads: adapters and heads as safetensors, and a readable config."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor

from rag.reader_network import FORMAT, read_config, verified

DECODE = {
    "max_question_tokens": 64,
    "window_tokens": 224,
    "overlap_tokens": 64,
    "max_answer_tokens": 30,
    "answerable_weight": 0.5,
    "crossing_penalty": 2.0,
}


def average(checkpoints: Mapping[Path, float], out: Path) -> None:
    """Write a checkpoint whose weights are the weighted mean of others of one course of training; the rest is the last one's.

    Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization", arXiv:1803.05407.
    """
    states = [torch.load(path, map_location="cpu", weights_only=True) for path in checkpoints]
    shares = [share / sum(checkpoints.values()) for share in checkpoints.values()]
    mean = {
        name: sum(share * _widened(state["weights"][name], last) for share, state in zip(shares, states, strict=True))
        for name, last in states[-1]["weights"].items()
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({**states[-1], "weights": mean}, out)


def export(checkpoint: Path, encoder: Path, folder: Path, data_fingerprint: str) -> None:
    """Write `adapters.safetensors` (float16) and `config.json`; whatever the checkpoint's step, the folder is usable."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    weights = {name.removeprefix("encoder."): value.half().contiguous() for name, value in state["weights"].items()}
    data = save(weights)
    config = {
        "format": FORMAT,
        "rank": state["plan"]["rank"],
        "alpha": state["plan"]["alpha"],
        "weights_sha256": hashlib.sha256(data).hexdigest(),
        "encoder_sha256": hashlib.sha256((encoder / "model.safetensors").read_bytes()).hexdigest(),
        "data_sha256": data_fingerprint,
        "date": datetime.now(UTC).date().isoformat(),
        "steps": state["step"],
        "plan": state["plan"],
        "decode": DECODE,
    }
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "adapters.safetensors", data)
    _replace(folder / "config.json", (json.dumps(config, indent=2) + "\n").encode())


def restore(folder: Path, encoder: Path, out: Path) -> None:
    """Write the checkpoint that an exported reader was made of, as exact as float16 kept it; weights alone, no optimiser.

    Raises ReaderError when the reader is missing, damaged, or of another encoder.
    """
    config = read_config(folder)
    changed = load(verified(folder / "adapters.safetensors", config["weights_sha256"], "the reader's weights"))
    verified(encoder / "model.safetensors", config["encoder_sha256"], "the encoder's weights")
    weights = {name if name.startswith("heads.") else f"encoder.{name}": value.float() for name, value in changed.items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"plan": config["plan"], "step": config["steps"], "weights": weights}, out)


def _widened(weights: Tensor, model: Tensor) -> Tensor:
    """Return the weights of an adapter with as many ranks as the model's: those it lacks are the model's A, and a B of zero."""
    if weights.shape == model.shape:
        return weights
    widened = model.clone() if len(weights) < len(model) else torch.zeros_like(model)  # A has its ranks as rows, B as columns
    widened[tuple(map(slice, weights.shape))] = weights
    return widened


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(data)
    temporary.replace(path)
