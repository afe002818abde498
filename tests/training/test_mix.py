"""The mix draws no short cut: what has no answer asks with the words of what has one."""

from collections import Counter

from training.data import Example
from training.mix import MORE_FREQUENT, asks, without_short_cuts


def example(number: int, question: str, *, answered: bool) -> Example:
    return Example(f"{number}-{question}", "own", "Title", "The bell rang twice.", question, ((9, 13),) if answered else ())


def test_a_question_word_that_would_give_the_label_away_is_thinned_out() -> None:
    answered = [example(n, "How many bells?" if n < 20 else "Who rang?", answered=True) for n in range(200)]
    unanswered = [example(n, "How many bells?" if n < 160 else "Who rang?", answered=False) for n in range(200)]
    kept = without_short_cuts([*answered, *unanswered])
    words = Counter(asks(e.question) for e in kept if not e.answers)
    assert [e for e in kept if e.answers] == answered
    assert words["who"] == 40
    assert 0 < words["how many"] / words.total() <= MORE_FREQUENT * 0.1
    assert kept == without_short_cuts([*answered, *unanswered])


def test_a_source_without_answers_keeps_nothing_that_gives_itself_away() -> None:
    assert without_short_cuts([example(1, "Who rang?", answered=False)]) == []
