"""rag/spans.py: the words that the reader points at, whole, and telling something."""

import pytest

from rag.question import understand
from rag.reader import Span
from rag.spans import can_answer, whole


def span_of(words: str, text: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), 1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        ("Cases fell by 68 per cent.", "68", "68 per cent"),
        ("It cost $3.2 billion in all.", "$3.2", "$3.2 billion"),
        ("She won in 2 hours 5 minutes and 41 seconds.", "41 seconds", "2 hours 5 minutes and 41 seconds"),
        ("He called it “a slow answer” and left.", "a slow answer” and left", "a slow answer"),
        ("He called it “a slow answer” and left.", "“a slow answer” and left", "“a slow answer” and left"),
        ("He called it “slow”. He was ill.", "slow”. He was ill", "slow”. He was ill"),
        ('The rules are "offside", "icing" and more.', 'offside", "icing"', 'offside", "icing"'),
        ("In 41 seconds 5 men left.", "5 men", "5 men"),
    ],
)
def test_words_are_not_cut_from_what_they_belong_to(text: str, found: str, words: str) -> None:
    span = whole(text, span_of(found, text))
    assert text[span.start : span.end] == words


@pytest.mark.parametrize(
    ("question", "found", "can"),
    [
        ("How long is his sentence?", "12 April", False),
        ("How long is his sentence?", "on Friday", False),
        ("How long will it last?", "3 May 2024", True),
        ("How long is his sentence?", "five years", True),
        ("When is his sentence?", "12 April", True),
    ],
)
def test_a_day_tells_no_length_of_time_unless_it_reaches_there(question: str, found: str, can: bool) -> None:
    text = "On 12 April, on Friday, it was five years. It is to last until 3 May 2024."
    assert can_answer(understand(question), text, span_of(found, text)) == can
