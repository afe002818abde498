"""The network that is trained: BERT encoder with low-rank adapters; heads for spans, answerability and the selection of
sentences.

Adapters: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685. Span head with the first
token as the empty span: Devlin et al. 2019, arXiv:1810.04805, section 4.3. Answer sentence selection: Yang, Yih and Meek
2015, "WikiQA", aclanthology.org/D15-1237. Knows no data sets.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own documentation writes it so

ANSWERABILITY_HIDDEN = 128
TEMPERATURE = 2.0  # of the scores that are to be kept


class Scores(NamedTuple):
    """Logits of one batch: `start` and `end` (batch, tokens), -inf where no answer may lie; `answerable` (batch,); `selection`
    (batch, tokens), whose mean over a sentence says whether it belongs to a complete answer."""

    start: Tensor
    end: Tensor
    answerable: Tensor
    selection: Tensor


class LowRankLinear(nn.Module):
    """A frozen linear layer plus `scale * B A`; A and B are float32 masters, computed with in the layer's own dtype."""

    def __init__(self, base: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        self.base = base
        self.scale = scale
        self.a = nn.Parameter(torch.empty(rank, base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.normal_(self.a, std=base.in_features**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        a, b = self.a.to(x.dtype), (self.scale * self.b).to(x.dtype)
        flat = x.reshape(-1, x.shape[-1])
        return torch.addmm(self.base(flat), flat @ a.T, b.T).view(*x.shape[:-1], -1)

    def folded(self) -> nn.Linear:
        """Return the same layer with the product added to its weights: nothing to train, one product less to compute."""
        with torch.no_grad():
            self.base.weight += (self.scale * (self.b @ self.a)).to(self.base.weight.dtype)
        return self.base


class Heads(nn.Module):
    """Span logits from every token; answerability from the first token and the softly selected start and end tokens.

    `hidden` is float32 (batch, tokens, width); `context` is True for tokens of the passage and for the first token.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.span = nn.Linear(width, 2)
        self.inner = nn.Linear(3 * width, ANSWERABILITY_HIDDEN)
        self.outer = nn.Linear(ANSWERABILITY_HIDDEN, 1)
        self.selection = nn.Linear(width, 1)

    def forward(self, hidden: Tensor, context: Tensor) -> Scores:
        logits = self.span(hidden).masked_fill(~context[..., None], float("-inf"))
        inside = logits.masked_fill(_first(context)[..., None], float("-inf"))
        weights = torch.softmax(inside, dim=1)
        pooled = torch.einsum("btk,btw->bkw", weights, hidden).flatten(1)
        features = torch.cat([hidden[:, 0], pooled], dim=1)
        answerable = self.outer(F.gelu(self.inner(features))).squeeze(-1)
        return Scores(logits[..., 0], logits[..., 1], answerable, self.selection(hidden).squeeze(-1))


class SpanReader(nn.Module):
    """Frozen encoder with adapters on every linear layer, and heads."""

    def __init__(self, encoder: nn.Module, rank: int, alpha: float) -> None:
        super().__init__()
        self.encoder = encoder.requires_grad_(requires_grad=False)
        self.heads = Heads(encoder.get_parameter("embeddings.LayerNorm.weight").shape[0])
        for layer in encoder.get_submodule("encoder.layer").children():
            for parent, name in _linears(layer):
                setattr(parent, name, LowRankLinear(getattr(parent, name), rank, alpha / rank))

    def forward(self, tokens: Tensor, segments: Tensor, attention: Tensor, context: Tensor) -> Scores:
        output = self.encoder(input_ids=tokens, token_type_ids=segments, attention_mask=attention)
        scores: Scores = self.heads(output.last_hidden_state.float(), context)
        return scores

    def fold(self) -> "SpanReader":
        """Fold all adapters into their layers, for a reader that is only read with; return it."""
        for parent, name in [_place(self, path) for path, part in self.named_modules() if isinstance(part, LowRankLinear)]:
            setattr(parent, name, getattr(parent, name).folded())
        return self

    def trained(self) -> dict[str, Tensor]:
        """Return what training changes, by name: adapters and heads, float32."""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


def load_encoder(folder: Path, dtype: torch.dtype) -> nn.Module:
    """Load the frozen BERT encoder, without its pooler, in evaluation mode (no dropout)."""
    from transformers import AttentionInterface, BertModel
    from transformers.masking_utils import AttentionMaskInterface, eager_mask

    AttentionInterface.register("lean", lean_attention)
    AttentionMaskInterface.register("lean", eager_mask)
    encoder: nn.Module = BertModel.from_pretrained(
        folder, dtype=dtype, add_pooling_layer=False, local_files_only=True, attn_implementation="lean"
    )
    return encoder.train(mode=False)


def lean_attention(
    _module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **_unused: object,
) -> tuple[Tensor, None]:
    """Attention as two batched products: forward and backward in 0.4 of the time of torch's fused one on a CPU in bfloat16.

    query, key, value: (batch, heads, tokens, width); the additive mask (batch, 1, tokens, tokens), None: nothing padded.
    """
    batch, heads, tokens, width = query.shape
    q, k, v = (x.reshape(batch * heads, tokens, width) for x in (query * (scaling or width**-0.5), key, value))
    if attention_mask is None:
        logits = torch.bmm(q, k.transpose(1, 2))
    else:
        mask = attention_mask.expand(batch, heads, tokens, tokens).reshape(batch * heads, tokens, tokens)
        logits = torch.baddbmm(mask, q, k.transpose(1, 2))
    return (torch.softmax(logits, dim=-1) @ v).view(batch, heads, tokens, width).transpose(1, 2), None


def loss(scores: Scores, starts: Tensor, ends: Tensor, known: Tensor, answerable_weight: float) -> Tensor:
    """Cross-entropy of start and end plus weighted answerability, of the rows that are `known`, over the size of the batch.

    `starts`, `ends`: True where the answer may begin and end (the first token: there is none); the likelihood is that of all
    these places together, as in Clark and Gardner 2018, arXiv:1710.10723, section 3.2.
    """
    spans = (_unlikelihood(scores.start, starts) + _unlikelihood(scores.end, ends)) / 2
    answerable = F.binary_cross_entropy_with_logits(scores.answerable, (~starts[:, 0]).float(), reduction="none")
    return ((spans + answerable_weight * answerable) * known).mean()


def _unlikelihood(logits: Tensor, places: Tensor) -> Tensor:
    """Return minus the logarithm of how likely one of the places is, by row."""
    return torch.logsumexp(logits, dim=1) - torch.logsumexp(logits.masked_fill(~places, float("-inf")), dim=1)


def ranking_loss(scores: Scores, groups: Sequence[int]) -> Tensor:
    """Cross-entropy of the first passage of each group against the others, by the log-odds that a passage answers at all.

    `groups`: numbers of rows that belong to one question each, in order; those of one row do not count. Mean of the groups.
    """
    odds = sum((torch.logsumexp(logits[:, 1:], dim=1) - logits[:, 0]) / 2 for logits in (scores.start, scores.end))
    among = [part for part in torch.split(torch.as_tensor(odds), list(groups)) if len(part) > 1]
    if not among:
        return torch.zeros(())
    return torch.stack([torch.logsumexp(part, dim=0) - part[0] for part in among]).mean()


def selection_loss(scores: Scores, sentences: Tensor) -> Tensor:
    """Cross-entropy of whether each sentence belongs to the answer, mean of the sentences.

    `sentences`: (n, 4), row, first token, last token, 1 where it belongs; n may be 0.
    """
    row, first, last, belongs = sentences.unbind(1)
    sums = F.pad(torch.cumsum(scores.selection, dim=1), (1, 0))
    means = (sums[row, last + 1] - sums[row, first]) / (last + 1 - first)
    return F.binary_cross_entropy_with_logits(means, belongs.float(), reduction="sum") / max(1, len(sentences))


def keeping_loss(scores: Scores, before: Scores) -> Tensor:
    """Divergence of start, end and answerability from what an earlier reader made of the same rows, mean of the rows.

    Both softened by `TEMPERATURE` as in Li and Hoiem 2018, "Learning without Forgetting", arXiv:1606.09282; times its square,
    so that the gradients stay as large (Hinton, Vinyals and Dean 2015, arXiv:1503.02531, section 2.1).
    """
    spans = sum(_divergence(mine, theirs) for mine, theirs in ((scores.start, before.start), (scores.end, before.end)))
    sure = torch.sigmoid(before.answerable / TEMPERATURE)
    answerable = F.binary_cross_entropy_with_logits(scores.answerable / TEMPERATURE, sure)
    answerable = answerable - F.binary_cross_entropy_with_logits(before.answerable / TEMPERATURE, sure)
    return TEMPERATURE**2 * (torch.as_tensor(spans) / 2 + answerable)


def _divergence(logits: Tensor, before: Tensor) -> Tensor:
    outside = torch.isneginf(before)
    mine = torch.log_softmax(logits / TEMPERATURE, dim=1).masked_fill(outside, 0.0)
    theirs = torch.log_softmax(before / TEMPERATURE, dim=1).masked_fill(outside, 0.0)
    return (torch.softmax(before / TEMPERATURE, dim=1) * (theirs - mine)).sum(dim=1).mean()


def _first(context: Tensor) -> Tensor:
    mask = torch.zeros_like(context)
    mask[:, 0] = True
    return mask


def _linears(layer: nn.Module) -> list[tuple[nn.Module, str]]:
    found = []
    for path, module in layer.named_modules():
        if isinstance(module, nn.Linear):
            found.append(_place(layer, path))
    return found


def _place(module: nn.Module, path: str) -> tuple[nn.Module, str]:
    parent, _, name = path.rpartition(".")
    return module.get_submodule(parent), name
