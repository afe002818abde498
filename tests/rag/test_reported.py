"""rag/reported.py: whose words a question asks for, and which sentences report them."""

import pytest

from rag.reported import AskedWords, asked_words, says


@pytest.mark.parametrize(
    ("question", "speaker", "topic"),
    [
        ("What did Ali Vaez say?", "Ali Vaez", set()),
        ("what does the mayor think about the dam", "the mayor", {"dam"}),
        ("And what did Brandt tell the court on Monday?", "Brandt", {"court", "monday"}),
        ("What is Brandt's view on the closure?", "Brandt", {"closur"}),
        ("What was the opinion of the judges?", "the judges", set()),
        ("What is Brandt's reaction to the closure?", "Brandt", {"closur"}),
        ("How did the mayor react to the closure?", "the mayor", {"closur"}),
    ],
)
def test_a_question_for_somebodys_words_names_them_and_what_they_are_about(
    question: str, speaker: str, topic: set[str]
) -> None:
    assert asked_words(question) == AskedWords(speaker, frozenset(topic))


@pytest.mark.parametrize(
    "question",
    [
        "What did she say was wrong?",
        "What do the police think he took?",
        "What did Brandt deny?",
        "Who said that the dam would hold?",
        "What did the owners do when they were told?",
        "What did the court decide about Brandt's claim?",
        "What is Article 9?",
        "What did " + "x " * 2000 + "say?",
    ],
)
def test_what_is_wrong_or_was_done_is_another_question(question: str) -> None:
    assert asked_words(question) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Ida Brandt said that the cranes were failing.",
        "Brandt, the harbour master, told reporters that ships sail to Orsk.",
        "The harbour master, Ida Brandt, has warned of a long closure.",
        "“We had no choice,” said Brandt.",
        "“We had no choice,” Ida Brandt, 52, said on Monday.",
        "The cranes were failing, according to Ida Brandt of the harbour office.",
        "Brandt, who leads the harbour office, expects a long closure.",
        "The cable had rusted, wrote Brandt, and nobody looked.",
        "A spokesman for Brandt said that the cranes were failing.",
        "Brandt's spokesman, Jonas Aasen, said that the cranes were failing.",
        "President Brandt said that the cranes were failing.",
        "Velm is lost, but Brandt insisted it was not.",
        "“What is left?” asked Ida Brandt.",
        "“What is left?” asked its secretary, Ida Brandt.",
        "“They count the flowers,” joked Brandt.",
        "Brandt confirmed that the cranes were failing.",
    ],
)
def test_a_sentence_reports_the_words_of_whom_its_verb_of_speech_belongs_to(sentence: str) -> None:
    assert says(sentence, 0, len(sentence), "Ida Brandt")


@pytest.mark.parametrize(
    "sentence",
    [
        "Brandt left the harbour on Monday.",
        "Jonas Aasen said that Brandt had left.",
        "Brandt did not say when the harbour would open.",
        "Brandt was told that the cranes were failing.",
        "A critic of Brandt said that she had known.",
        "“Brandt knew,” said Aasen.",
        "Brandt closed the harbour, and Aasen said it was late.",
        "According to Aasen, Brandt had known.",
        "Brandt's brother said that the cranes were failing.",
        "Hanna Brandt said that the cranes were failing.",
    ],
)
def test_words_of_others_about_somebody_are_not_theirs(sentence: str) -> None:
    assert not says(sentence, 0, len(sentence), "Ida Brandt")


def test_a_name_is_cut_short_where_the_text_has_it_in_full() -> None:
    text = "The cranes came from Acmar Foundries. Acmar denied that they were failing. A critic of Acmar said they were."
    denied, said = text.index("Acmar denied"), text.index("A critic")
    assert says(text, denied, said - 1, "Acmar Foundries")
    assert not says(text, said, len(text), "Acmar Foundries")
    assert not says(text[denied:], 0, said - 1 - denied, "Acmar Foundries")


def test_a_pronoun_is_who_was_named_last() -> None:
    text = "Jonas Aasen met Ida Brandt on Monday. “We had no choice,” she said."
    start = text.index("“")
    assert says(text, start, len(text), "Brandt")
    assert not says(text, start, len(text), "Aasen")


def test_a_pronoun_means_nobody_of_another_paragraph() -> None:
    text = "Ida Brandt left.\nThe rest is silence. “No,” she said."
    assert not says(text, text.index("“"), len(text), "Brandt")


def test_a_description_is_somebody_by_all_of_its_words() -> None:
    sentence = "The Orsk harbour office said that it was closed."
    assert says(sentence, 0, len(sentence), "the harbour office")
    assert not says(sentence, 0, len(sentence), "the tax office")


def test_a_speaker_is_known_by_a_name_without_its_marks() -> None:
    text = "Gülşen Öztürk, a teacher, said that it had leaned for years."
    assert says(text, 0, len(text), "Gulsen Ozturk")
