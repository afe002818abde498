"""A BERT encoder for inference, written out: importing transformers takes longer than reading. Knows no text but tokens.

Sequences are laid end to end, so no padding is computed and what comes of one hardly depends on its neighbours.
Architecture: Devlin et al. 2019, arXiv:1810.04805; weights under the names that `transformers` gives them.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Bert:
    """Weights in one type of number, which is what it computes in. Never changed; any number of threads may encode."""

    def __init__(self, weights: "Mapping[str, Tensor]", heads: int, epsilon: float) -> None:
        self._weights, self._heads, self._epsilon = _stacked(weights), heads, epsilon
        self._layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))

    def hidden(self, sequences: Sequence[Sequence[int]], second_from: int | None = None) -> "list[Tensor]":
        """Return for each sequence of token ids its last hidden states, float32: (tokens, width).

        Tokens from the place `second_from` on belong to the second text of a pair.
        """
        import torch

        lengths = [len(sequence) for sequence in sequences]
        with torch.inference_mode():
            x = self._embedded([token for sequence in sequences for token in sequence], lengths, second_from)
            for number in range(self._layers):
                at = f"encoder.layer.{number}"
                attended = self._linear(self._attend(x, lengths, at), f"{at}.attention.output.dense")
                x = self._norm(x + attended, f"{at}.attention.output.LayerNorm")
                inner = torch.nn.functional.gelu(self._linear(x, f"{at}.intermediate.dense"))
                x = self._norm(x + self._linear(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
            return list(torch.split(x[: sum(lengths)].float(), lengths))

    def _embedded(self, tokens: list[int], lengths: list[int], second_from: int | None) -> "Tensor":
        import torch

        w = self._weights
        spare = spare_rows(len(tokens))
        tokens = tokens + [0] * spare
        places = torch.cat([torch.arange(length) for length in lengths] + [torch.zeros(spare, dtype=torch.long)])
        kinds = torch.zeros_like(places) if second_from is None else (places >= second_from).long()
        x = w["embeddings.word_embeddings.weight"][torch.tensor(tokens)] + w["embeddings.position_embeddings.weight"][places]
        return self._norm(x + w["embeddings.token_type_embeddings.weight"][kinds], "embeddings.LayerNorm")

    def _attend(self, x: "Tensor", lengths: list[int], at: str) -> "Tensor":
        import torch

        three = self._linear(x, f"{at}.attention.self.qkv").view(len(x), 3, self._heads, -1)
        parts = []
        for part in torch.split(three[: sum(lengths)], lengths):
            query, key, value = part.permute(1, 2, 0, 3).unsqueeze(1)
            attended = torch.nn.functional.scaled_dot_product_attention(query, key, value)
            parts.append(attended[0].transpose(0, 1).reshape(len(part), -1))
        return torch.cat([*parts, x.new_zeros(len(x) - sum(lengths), x.shape[1])])

    def _linear(self, x: "Tensor", name: str) -> "Tensor":
        import torch

        return torch.nn.functional.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x: "Tensor", name: str) -> "Tensor":
        import torch

        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return torch.nn.functional.layer_norm(x, (x.shape[-1],), weight, bias, self._epsilon)


def spare_rows(rows: int) -> int:
    """Return how many rows to add: torch keeps a program for every number of rows, gigabytes of them while an archive is added.

    Rounded up to eight sizes between a power of two and the next, there are few programs, and at most an eighth is wasted.
    """
    return -rows % max(8, 1 << rows.bit_length() - 4) if rows >= 8 else 8 - rows


def number_type() -> "torch.dtype":
    """Return bfloat16 where this processor computes in it (3 to 5 times faster); without it, it is slower than float32."""
    import torch

    has_it = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if has_it else torch.float32


def _stacked(weights: "Mapping[str, Tensor]") -> "dict[str, Tensor]":
    """Return the weights with query, key and value of each layer in one matrix."""
    import torch

    stacked = dict(weights)
    for at in {name.split(".query.")[0] for name in stacked if ".query." in name}:
        for kind in ("weight", "bias"):
            stacked[f"{at}.qkv.{kind}"] = torch.cat([stacked.pop(f"{at}.{part}.{kind}") for part in ("query", "key", "value")])
    return stacked
