"""rag/spelling.py: a question's misspelt words, as the passages spell them."""

import time

import pytest

from rag.spelling import capitals, respelled, with_capitals

PASSAGE = "Mayor Ida Brandhoff of Velm dismissed the harbour master, Odo Karstensen, as the Skarnholm-Velm ferry lay still."


@pytest.mark.parametrize(
    ("question", "unknown", "spelled"),
    [
        ("Who is Ida Brandhof?", ["Brandhof"], "Who is Ida Brandhoff?"),
        ("what did odo karstenson say", ["karstenson"], "what did odo Karstensen say"),
        ("When did the Sakrnholm ferry sail?", ["Sakrnholm"], "When did the Skarnholm ferry sail?"),
        ("Who is Brandhof's harbor master?", ["Brandhof", "harbor"], "Who is Brandhoff's harbor master?"),
    ],
)
def test_a_word_that_nobody_knows_is_written_as_the_passages_have_it(question: str, unknown: list[str], spelled: str) -> None:
    assert respelled(question, unknown, [PASSAGE]) == spelled


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Who dismissal the master?", ["dismissal"]),  # an English word is no misspelling of another one
        ("Who is Ida Wallberg?", ["Wallberg"]),
        ("Who is Ida Brandholt?", []),
        ("Who is Edo?", ["Edo"]),  # too short to tell
        ("What happened in 20244?", ["20244"]),
    ],
)
def test_any_other_word_stays(question: str, unknown: list[str]) -> None:
    assert respelled(question, unknown, [PASSAGE]) == question


def test_a_name_that_is_typed_without_its_marks_is_written_with_them() -> None:
    assert respelled("What does Kilic say?", ["Kilic"], ["Ömer Kılıç denied it."]) == "What does Kılıç say?"


def test_a_long_question_of_unknown_words_is_looked_through_in_time() -> None:
    words = [f"qx{chr(97 + n % 26)}{chr(97 + n // 26)}velmholm" for n in range(300)]
    started = time.process_time()
    respelled(" ".join(words), words, [" ".join(word[::-1] for word in words)] * 20)
    assert time.process_time() - started < 5


WRITTEN = [
    "At noon Ali Vaez of the Crisis Group warned President Bashar al-Assad, the IRGC and the U.S. of more. Prices rose.",
    "Gen. Odo Marsh left. The Glass House is a house. “Prices fell,” said Ida May, the president, who may resign.",
]


@pytest.mark.parametrize(
    ("typed", "cased"),
    [
        ("who is ali vaez?", "who is Ali Vaez?"),
        ("what is bashar al-assad's view of the irgc", "what is Bashar al-Assad's view of the IRGC"),
        ("where is odo marsh", "where is Odo Marsh"),
        ("what does the u.s. want?", "what does the U.S. want?"),
        ("what does the us tell us?", "what does the US tell us?"),
        ("who is the president", "who is the president"),  # an office, and the texts have it both ways
        ("which prices rose in the house?", "which prices rose in the house?"),  # a capital only where a sentence begins
        ("may he go?", "may he go?"),
        ("Who is ali vaez?", "Who is Ali Vaez?"),  # many a keyboard makes the first letter a capital
        ("Who is Ali of vaez?", "Who is Ali of vaez?"),  # whoever types capitals means what has none
    ],
)
def test_names_typed_in_small_letters_are_written_as_the_passages_write_them(typed: str, cased: str) -> None:
    assert with_capitals(typed, capitals(WRITTEN)) == cased
