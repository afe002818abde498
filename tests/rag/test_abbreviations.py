"""rag/abbreviations.py: a question in one form of a name becomes the same in the other."""

import pytest

from rag.abbreviations import definitions, in_other_words

STORY = (
    "The Coastal Relief and Rescue Service (CRRS) sent two boats.\nThe Ministry of Fisheries (MoF), which pays for it, "
    "said “Harbour Pilots' Union” (HPU) members helped. Losses (EUR) were small. It sank (USA)."
)


def test_the_words_before_a_bracket_that_make_the_abbreviation_are_its_name() -> None:
    assert list(definitions(STORY)) == [
        ("CRRS", "Coastal Relief and Rescue Service"),
        ("MoF", "Ministry of Fisheries"),
        ("HPU", "Harbour Pilots' Union"),
    ]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did the CRRS send?", "What did the Coastal Relief and Rescue Service send?"),
        ("what did the crrs send", "what did the Coastal Relief and Rescue Service send"),
        ("What did the coastal relief and rescue service send?", "What did the CRRS send?"),
        ("Do MoF and HPU pay?", "Do Ministry of Fisheries and Harbour Pilots' Union pay?"),
        ("Was it the MoF's idea?", "Was it the Ministry of Fisheries's idea?"),
        ("What did the Coastal Relief and Rescue Service (CRRS) send?", None),
        ("Who sent two boats?", None),
        ("What is CRRS-2?", None),
    ],
)  # fmt: skip
def test_the_other_form_takes_the_place_of_the_one_that_was_asked_for(question: str, said: str | None) -> None:
    other, asked = in_other_words(question, [STORY])
    assert other == (said or question)
    assert bool(asked) == bool(said)
    assert all(form.casefold() in question.casefold() for form in asked)


def test_a_question_word_or_a_short_small_one_is_no_abbreviation() -> None:
    assert in_other_words("who paid", ["The World Health Organization (WHO) paid."]) == ("who paid", [])
    assert in_other_words("when was pi first used", ["The profitability index (PI) rose."]) == ("when was pi first used", [])


def test_an_article_of_nothing_but_brackets_is_left_soon() -> None:
    assert list(definitions("(AB) " * 100_000)) == []
