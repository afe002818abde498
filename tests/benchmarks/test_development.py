"""How the confidence is fitted and on what: the risk that is promised is kept, on the kinds of questions that people ask."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.boards.few import FEW, few_at_a_time, told_in
from benchmarks.fit_confidence import MISLEADING, RISK, Row, fit, fit_words
from rag.confidence import Confidence, Logistic, Signals
from training.data import Example

NOTHING_SAID = dict.fromkeys(Signals.__slots__, 0.0)


def rows(kind: str, seed: int, unanswerable_at: float) -> list[Row]:
    draw = np.random.default_rng(seed)
    return [
        *(_row(kind, float(span), answerable=True, right=draw.random() < 0.8) for span in draw.normal(1.0, 1.0, 200)),
        *(_row(kind, float(span), answerable=False, right=False) for span in draw.normal(unanswerable_at, 1.0, 200)),
    ]


def _row(kind: str, span: float, *, answerable: bool, right: bool) -> Row:
    return Row(kind, answerable, right, Signals(**NOTHING_SAID | {"span": span}))


def given(measured: list[Row], fitted: dict[str, object], *, answerable: bool) -> float:
    confidence = Confidence(fitted["weights"], fitted["bias"], fitted["threshold"])  # type: ignore[arg-type]  # as read from JSON
    told = [confidence.probability(row.signals) for row in measured if row.answerable is answerable]
    return sum(probability >= confidence.threshold for probability in told) / len(told)


def test_at_most_the_promised_share_of_the_unanswerable_questions_gets_an_answer() -> None:
    natural = rows("news", 1, -1.0)
    fitted = fit(natural)
    assert 0.1 < given(natural, fitted, answerable=False) <= RISK
    assert given(natural, fitted, answerable=True) > 0.8


@pytest.mark.parametrize("kind", sorted(MISLEADING))
def test_questions_that_are_written_to_mislead_have_no_say_in_the_threshold(kind: str) -> None:
    natural, misleading = rows("news", 1, -1.0), rows(kind, 2, 0.8)
    fitted = fit([*natural, *misleading])
    assert given(natural, fitted, answerable=False) <= RISK
    assert given(misleading, fitted, answerable=False) > 0.5


def test_right_words_are_told_from_wrong_ones_and_questions_without_a_short_answer_have_no_say() -> None:
    draw = np.random.default_rng(3)
    told = [
        replace(_row("news", 0.0, answerable=True, right=True), signals=Signals(**NOTHING_SAID | {"ahead": ahead}), short=short)
        for short, mean in ((True, 5.0), (False, 1.0))
        for ahead in draw.normal(mean, 1.0, 200)
    ]
    unknown = rows("news", 1, -1.0)
    fitted = fit_words([*told, *unknown])
    model = Logistic(fitted["weights"], fitted["bias"])  # type: ignore[arg-type]  # as read from JSON
    assert fitted == fit_words(told)
    right = [model.probability(row.signals) >= 0.5 for row in told]
    assert np.mean([is_likely is row.short for is_likely, row in zip(right, told, strict=True)]) > 0.9


def test_a_library_holds_a_few_articles_and_the_questions_on_them() -> None:
    texts = [f"The bell of hall {n} rang. Nobody came." for n in range(FEW + 2)]
    asked = [Example(f"{n}-Q", "own", f"Hall {n}", text, "What rang?", ((4, 8),)) for n, text in enumerate(texts)]
    (first, questions), (second, others) = few_at_a_time(asked)
    assert [len(first), len(second)] == [FEW, 2]
    assert [*questions, *others] == asked
    assert first[texts[0]].title == "Hall 0"


def test_right_is_the_sentence_with_the_answer() -> None:
    text = "The bell rang. Nobody came."
    assert told_in(Example("1-Q", "own", "Hall", text, "Who came?", ((15, 21),))) == ("Nobody came.",)
    assert told_in(Example("1-N", "own", "Hall", text, "Who left?", ())) == ()
