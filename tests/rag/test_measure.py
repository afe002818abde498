"""rag/measure.py: the metrics, against values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.measure import auc, exact_match, normalized, token_f1


def test_answers_are_compared_as_squad_compares_them() -> None:
    assert normalized("The “Glass House,”  an Airport site!") == "glass house airport site"
    assert exact_match("the U.S. army", ["US Army"]) == 1


def test_f1_counts_shared_tokens_and_takes_the_best_reference() -> None:
    assert token_f1("drone strike in 2020", ["2020", "a drone strike"]) == pytest.approx(2 * 2 / (4 + 2))
    assert token_f1("nothing", ["2020"]) == 0


def test_auc_is_the_chance_that_an_answerable_question_scores_higher() -> None:
    assert auc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auc([0.1], [0.9]) == 0
    assert auc([0.5, 0.7], [0.5, 0.2]) == pytest.approx(3.5 / 4)
    assert auc([], [0.1]) is None


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_auc_equals_counting_all_pairs(positive: list[int], negative: list[int]) -> None:
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    assert auc(positive, negative) == pytest.approx(wins / (len(positive) * len(negative)))
