"""Weights take away what the words of a question alone give away."""

from training.data import Example
from training.priors import HEAVIEST, even_weights


def asked(number: int, question: str, *, answered: bool) -> Example:
    return Example(f"{number}", "own", "Title", f"Text {number}.", question, ((0, 4),) if answered else ())


def test_under_the_weights_no_verb_tells_whether_a_question_is_answered() -> None:
    # of each ten questions with "say" two are answered, of those with "build" eight
    examples = [
        asked(n, f"What did they {verb} in town {n % 7}?", answered=(n % 10 < 2) == (verb == "say"))
        for n in range(200)
        for verb in ("say", "build")
    ]
    weights = even_weights(examples, [1.0] * len(examples))

    def share_answered(verb: str) -> float:
        own = [(weight, bool(e.answers)) for e, weight in zip(examples, weights, strict=True) if verb in e.question]
        return sum(weight for weight, answered in own if answered) / sum(weight for weight, _ in own)

    assert abs(share_answered("say") - share_answered("build")) < 0.15
    assert all(1 / HEAVIEST <= weight <= HEAVIEST for weight in weights)
    assert weights == even_weights(examples, [1.0] * len(examples))
