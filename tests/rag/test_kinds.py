"""rag/kinds.py: what a question asks for, by its words; and what is its topic."""

import pytest

from rag.kinds import kind_of
from rag.question import understand


@pytest.mark.parametrize(
    "question",
    [
        "How deep is the lake?",
        "How heavy is it?",
        "How wide is the gap?",
        "How thick is the ice?",
        "How hot was it in Skarn?",
        "How cold was it?",
        "What was the death toll?",
        "What is the population of Skarn?",
        "What is the number of members?",
        "What was the total cost of the bridge?",
        "What is the price of oil now?",
    ],
)
def test_a_measure_or_a_count_is_a_number(question: str) -> None:
    assert kind_of(question) == "number"


def test_a_noun_that_only_begins_with_a_measure_is_no_number() -> None:
    assert kind_of("What was the price war about?") == "what"


def test_how_soon_asks_when() -> None:
    assert kind_of("How soon will it open?") == "when"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Name the mayor of Skarn.", "who"),
        ("Name the river of Skarn.", "what"),
        ("Name the president of the United States.", "who"),
        ("Name the mayors of Skarn.", "list"),
        ("Name three people who left.", "list"),
    ],
)
def test_name_asks_for_a_list_only_with_a_plural(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    "question",
    [
        "Has he resigned or not?",
        "Iran withdrew its advisors, correct?",
        "Iran withdrew its advisors, right?",
        "Iran withdrew its advisors, isn't it?",
        "The man who shot him was caught, right?",
    ],
)
def test_a_question_that_only_wants_a_yes_or_no_is_one(question: str) -> None:
    assert kind_of(question) == "yes_no"


def test_a_choice_that_ends_in_right_is_no_yes_or_no() -> None:
    assert kind_of("Which way did he turn, left or right?") == "what"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What do the articles say about Israel?", {"israel"}),
        ("What is the latest on the Lindvale dam?", {"lindval", "dam"}),
        ("What's new with Acmar?", {"acmar"}),
        ("What is the main point of the story about Acmar?", {"acmar"}),
        ("Tell me everything about Acmar", {"acmar"}),
        ("Compare what the articles say about Israel", {"israel"}),
        ("Can you give me an overview of the war?", {"war"}),
    ],
)
def test_what_asks_for_all_there_is_is_a_summary_about_its_topic_alone(question: str, topic: set[str]) -> None:
    query = understand(question)
    assert (query.kind, set(query.terms)) == ("summary", topic)


def test_the_words_of_a_tag_are_no_topic() -> None:
    assert set(understand("Iran withdrew, correct?").terms) == {"iran", "withdrew"}


def test_the_main_point_of_anything_but_a_text_is_no_summary() -> None:
    assert kind_of("What is the main point of the plan?") == "what"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Tell me about Acmar", {"acmar"}),
        ("What about Acmar?", {"acmar"}),
        ("Tell me more about the dam in Velm.", {"dam", "velm"}),
        ("What do you know about Acmar?", {"acmar"}),
        ("What is known about the dam?", {"dam"}),
        ("Is there anything about Acmar?", {"acmar"}),
        ("What happened in Velm in 2019?", {"velm", "2019"}),
        ("What happened on 4 March?", {"4", "march"}),
    ],
)
def test_who_wants_to_be_told_about_a_topic_wants_a_summary(question: str, topic: set[str]) -> None:
    query = understand(question)
    assert (query.kind, set(query.terms)) == ("summary", topic)


@pytest.mark.parametrize(
    "question", ["Tell me who killed Brandt", "Tell me about when Brandt died", "What happened to Brandt?"]
)
def test_a_question_that_is_put_as_a_request_stays_that_question(question: str) -> None:
    assert kind_of(question) != "summary"


@pytest.mark.parametrize(
    "question",
    [
        "Summarize the articles.",
        "What are these articles about?",
        "What's new?",
        "Give me an overview",
        "What are the key takeaways?",
    ],
)
def test_a_summary_of_no_topic_is_an_overview(question: str) -> None:
    assert understand(question).kind == "overview"
