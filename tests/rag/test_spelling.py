"""rag/spelling.py: a question's misspelt words, as the passages spell them."""

import time

import pytest

from rag.spelling import respelled

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
