"""rag/question.py: what a question asks for, and what a follow-up means."""

import pytest

from rag.question import kind_of, stand_alone, understand
from rag.types import Turn

SOLEIMANI = (
    Turn("user", "Who killed Soleimani?"),
    Turn("assistant", "In 2020, President Trump authorized a drone strike that killed Qassem Soleimani. [1]"),
)
PULLING_BACK = (Turn("user", "Why is Iran pulling back from Assad?"), Turn("assistant", "It has concerns of its own. [1]"))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who commands the al-Nemr group?", "who"),
        ("When did the war begin?", "when"),
        ("In which year did the war begin?", "when"),
        ("Where is the T4 airbase?", "where"),
        ("Glass House location", "where"),
        ("How many strikes were there?", "number"),
        ("Why did the agreement fail?", "why"),
        ("What are the reasons for the feud?", "why"),
        ("How did Iran support Assad?", "how"),
        ("Which groups belong to the Axis of Resistance?", "list"),
        ("List the countries involved", "list"),
        ("Summarise the article on Hama", "summary"),
        ("Did Iran withdraw its advisors?", "yes_no"),
        ("Was the withdrawal a surprise or expected?", "what"),
        ("What is the Glass House?", "what"),
        ("glass house damascus", "what"),
    ],
)
def test_the_question_words_say_what_is_wanted(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_a_question_without_history_is_searched_as_it_was_typed() -> None:
    assert understand("  When was\nhe killed? ").text == "When was he killed?"


@pytest.mark.parametrize(
    ("history", "follow_up", "resolved"),
    [
        (SOLEIMANI, "When was he killed?", "When was Soleimani killed?"),
        (SOLEIMANI, "What did Trump say about him?", "What did Trump say about Qassem Soleimani?"),
        (SOLEIMANI, "Why?", "Who killed Soleimani, and why?"),
        (SOLEIMANI, "And in 2018?", "Who killed Soleimani in 2018?"),
        (PULLING_BACK, "What about Russia?", "Why is Russia pulling back from Assad?"),
        (PULLING_BACK, "and Turkey?", "Why is Turkey pulling back from Assad?"),
        (PULLING_BACK, "And when?", "When is Iran pulling back from Assad?"),
        (PULLING_BACK, "What are their concerns?", "What are Iran's concerns?"),
    ],
)
def test_a_follow_up_takes_over_only_what_it_leaves_open(history: tuple[Turn, ...], follow_up: str, resolved: str) -> None:
    assert stand_alone(follow_up, history) == resolved


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ali Vaez?",
        "What is the Glass House?",
        "What is the weather in Paris?",
        "Is it true that Iran invested billions?",
        "Is there information on casualties?",
        "Why did Trump announce his plan?",
        "and what is a drone?",
    ],
)
def test_a_new_topic_carries_nothing_over(question: str) -> None:
    assert stand_alone(question, SOLEIMANI) == question


@pytest.mark.parametrize(
    ("before", "answer", "follow_up", "resolved"),
    [
        ("Who leads the port of Velm?", "Ida Brandt leads the port of Velm. [1]", "How old is she?", "How old is Ida Brandt?"),
        ("Which harbour will ships use?", "Russian media say the Orsk harbour. [1]", "Where is it?", "Where is Orsk harbour?"),
        ("Who sacked Ida Brandt?", "Tor Aasen sacked Ida Brandt. [1]", "Why was she sacked?", "Why was Ida Brandt sacked?"),
        ("What is Ida Brandt known for?", "For the cranes of Velm. [1]", "Where does she live?", "Where does Ida Brandt live?"),
    ],
)
def test_a_pronoun_means_what_was_asked_for_unless_the_question_is_asked_again(
    before: str, answer: str, follow_up: str, resolved: str
) -> None:
    assert stand_alone(follow_up, (Turn("user", before), Turn("assistant", answer))) == resolved


def test_a_year_replaces_the_year_asked_of_before() -> None:
    history = (Turn("user", "What happened in Homs in 2018?"), Turn("assistant", "Air strikes. [1]"))
    assert stand_alone("And in 2019?", history) == "What happened in Homs in 2019?"


def test_a_follow_up_to_a_follow_up_resolves_through_both() -> None:
    history = (*SOLEIMANI, Turn("user", "When was he killed?"), Turn("assistant", "In 2020. [1]"))
    assert stand_alone("Where was he killed?", history) == "Where was Soleimani killed?"


@pytest.mark.parametrize(
    "said", ["a" + 2_000_000 * " " + "b", "what about " + 400_000 * "? " + "x"], ids=["space", "question marks"]
)
def test_a_message_is_looked_through_once_however_long_it_is(said: str) -> None:
    history = [Turn("user", "Who is Bob?"), Turn("assistant", said), Turn("user", said)]
    assert stand_alone("And he?", history)  # in an hour, or never, if it looked again from every character


def test_marks_of_an_earlier_answer_are_not_taken_for_its_words() -> None:
    history = (Turn("user", "who leads them"), Turn("assistant", "Suheil al-Hassan [1] leads the group. [2]"))
    assert stand_alone("Where is he from?", history) == "Where is Suheil al-Hassan from?"
