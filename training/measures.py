"""Measures of short answers and refusals: EM, token F1, AUC, overall F1 with one threshold. Pure functions.

Exact match and F1 as SQuAD defines them (Rajpurkar et al. 2016, arXiv:1606.05250): lower-case, without punctuation and the
articles a, an, the; the best of the reference answers counts.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Return the text as SQuAD compares it."""
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text.lower().translate(_PUNCTUATION)).split())


def exact(found: str, references: Sequence[str]) -> float:
    """Return 1.0 when the answer equals a reference, else 0.0."""
    return float(any(normalised(found) == normalised(reference) for reference in references))


def f1(found: str, references: Sequence[str]) -> float:
    """Return the best token F1 with a reference, 0 to 1."""
    return max(_f1(normalised(found).split(), normalised(reference).split()) for reference in references)


def _f1(found: list[str], reference: list[str]) -> float:
    shared = sum((Counter(found) & Counter(reference)).values())
    return 2 * shared / (len(found) + len(reference)) if shared else float(found == reference)


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative, ties counted half (Mann-Whitney)."""
    order = np.concatenate([np.asarray(positive, float), np.asarray(negative, float)])
    _, place, counts = np.unique(order, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def overall(answered: Sequence[tuple[float, float]], refused: Sequence[float]) -> tuple[float, float]:
    """Return (overall F1, threshold) at the best single threshold on the no-answer score, both kinds weighing the same.

    `answered`: (no-answer score, F1) of answerable questions; `refused`: no-answer scores of unanswerable ones. A question
    whose score is above the threshold is refused.
    """
    best = (0.0, 0.0)
    scores, values = np.array([s for s, _ in answered]), np.array([v for _, v in answered])
    unanswerable = np.asarray(refused, float)
    for threshold in np.quantile(np.concatenate([scores, unanswerable]), np.linspace(0, 1, 201)):
        value = (float(np.mean(np.where(scores <= threshold, values, 0.0))) + float(np.mean(unanswerable > threshold))) / 2
        best = max(best, (value, float(threshold)))
    return best
