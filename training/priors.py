"""What the words of a question alone give away: whether it is answered. Weights take that away. Knows no network.

Whoever writes questions that an article does not answer asks for what articles leave out ("What did he say?", "How old is
she?"). A reader that learns from such a set learns to refuse these questions before it has read anything.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold, cross_val_predict  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]

from training.data import Example

FOLDS = 5
_WORD = r"\b\w+\b|\?"
HEAVIEST = 4.0  # times, and the lightest a fourth


def answered_by_words(examples: Sequence[Example], weights: Sequence[float]) -> np.ndarray:
    """Return for each example the probability that it is answered, told from its source, words and pairs of words alone by a
    logistic model of the other contexts' questions. Shape (examples,)."""
    words = CountVectorizer(ngram_range=(1, 2), token_pattern=_WORD, binary=True, min_df=3)
    model = make_pipeline(words, LogisticRegression(C=0.3, max_iter=300))
    said = [f"{example.source} {example.question}" for example in examples]
    labels = np.array([example.is_answered for example in examples])
    told: np.ndarray = cross_val_predict(
        model,
        said,
        labels,
        groups=[example.context for example in examples],
        cv=GroupKFold(FOLDS),
        method="predict_proba",
        params={"logisticregression__sample_weight": np.asarray(weights)},
    )
    return told[:, 1]


def even_weights(examples: Sequence[Example], weights: Sequence[float]) -> list[float]:
    """Return weights of each source's examples, under which their words tell as little as can be of whether they are answered.

    Each weight is divided by how likely its words make its label, as in inverse propensity weighting (Rosenbaum and Rubin
    1983), and keeps the source's share of answered ones.
    """
    answered = answered_by_words(examples, weights)
    sums: dict[tuple[str, bool], float] = {}
    for example, weight in zip(examples, weights, strict=True):
        key = (example.source, example.is_answered)
        sums[key] = sums.get(key, 0.0) + weight
    even = []
    for example, weight, told in zip(examples, weights, answered, strict=True):
        own = sums[example.source, example.is_answered]
        share = own / (own + sums.get((example.source, not example.is_answered), 0.0))
        times = share / (told if example.is_answered else 1 - told)
        even.append(weight * float(np.clip(times, 1 / HEAVIEST, HEAVIEST)))
    return even
