"""rag/terms.py: stems, names and years."""

import re

import pytest

from rag.question import is_about_now
from rag.terms import YEAR, content_stems, is_stop_word, names, stem


def test_short_names_in_capitals_are_no_stop_words() -> None:
    assert names("The US struck Iran.") == ["US", "Iran"]
    assert set(content_stems("What did WHO tell us about IT?")) == {"who", "it"}
    assert not is_stop_word("US")
    assert is_stop_word("us")
    assert is_stop_word("Us")


def test_in_a_text_all_in_capitals_no_word_is_a_name_for_them() -> None:
    assert content_stems("WHO KILLED HIM?") == ["kill"]


def test_a_name_alone_is_not_taken_for_a_text_in_capitals() -> None:
    assert content_stems("US") == ["us"]


def test_us_with_and_without_stops_has_one_stem() -> None:
    assert stem("U.S.") == stem("US") == stem("U.S")
    assert content_stems("the U.S. and the US") == ["us"]


def test_a_name_typed_without_its_marks_has_the_same_stem() -> None:
    typed, printed = "Omer Kilic, Wisniewska, Thordis, Tran Quoc Bao", "Ömer Kılıç, Wiśniewska, Þórdís, Trần Quốc Bảo"
    assert content_stems(typed) == content_stems(printed)
    assert stem("が") != stem("か")


def test_a_name_keeps_the_last_stop_of_an_abbreviation_and_no_other() -> None:
    assert names("Aasen fled from Torvik to the U.S.") == ["Aasen", "Torvik", "U.S."]
    assert names("It is Apple Inc.") == ["Apple Inc"]


def test_no_name_goes_on_over_the_end_of_a_sentence() -> None:
    assert names("They met Ida Brandt. Torvik was quiet.") == ["Ida Brandt", "Torvik"]
    assert names("They met Gen. Aasen and Prof. Lund.") == ["Gen. Aasen", "Prof. Lund"]


@pytest.mark.parametrize(
    "text",
    ["the 2000 refugees", "of the 2000 U.S. soldiers", "a 1500-strong force", "How many of the 2000 left?", "2000 tons of oil"],
)
def test_a_plain_count_is_no_year(text: str) -> None:
    assert not re.search(YEAR, text)


@pytest.mark.parametrize(
    "text", ["the 2015 nuclear agreement", "in 2015", "the 2016 floods", "in 2015 Syrian refugees came", "2015-2018"]
)
def test_a_year_before_a_thing_is_a_year(text: str) -> None:
    assert re.search(YEAR, text)


def test_a_question_with_a_plain_count_may_be_about_now() -> None:
    assert is_about_now("How many of the 2000 U.S. soldiers are still in Syria?")
    assert not is_about_now("Is the 2015 nuclear agreement still valid?")


@pytest.mark.parametrize(
    "question",
    [
        "Why are direct current cables used?",
        "Is the current strong near Skarn?",
        "Why was the river's current so strong?",
        "Why is the ferry so far behind schedule?",
        "What was the situation at the moment of the crash?",
        "Who was mayor before the current one?",
        "When is the latest possible date for the vote?",
    ],
)
def test_words_of_now_in_another_sense_do_not_ask_about_now(question: str) -> None:
    assert not is_about_now(question)


@pytest.mark.parametrize(
    "question",
    ["Who leads Syria's current government?", "What is happening at the moment in Syria?", "What is the latest date of it?"],
)
def test_words_of_now_still_ask_about_now(question: str) -> None:
    assert is_about_now(question)
