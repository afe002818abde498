"""The sentences of complete answers: every label lies on its words, in the text, in its passages and in what stands around."""

import random
from dataclasses import replace

import pytest

from index.passages import sentences
from tests.fakes import WordCountEmbedder
from training.data import Example
from training.selecting import SOURCE, WINDOW_WORDS, Selected, compose, in_passages, in_windows, labelled, read_selected
from training.written import FOLDER, paragraph_name, read_news

TEXT = (
    "Cacti store water in their stems. The ribs of the stem swell after rain. Spines shade the skin. "
    "The first book on cacti appeared in Velm. " + "It had many pictures of plants that nobody had seen before. " * 20
).strip()


def asked(*numbers: int) -> Example:
    told = tuple((*span, n in numbers) for n, span in enumerate(sentences(TEXT)))
    return Example("one", SOURCE, "", TEXT, "how do cacti store water", (), told)


def words(example: Example) -> list[str]:
    return [example.context[start:end] for start, end, belongs in example.sentences if belongs]


@pytest.fixture(scope="module")
def on_articles() -> list[Example]:
    contexts = {e.context for path in sorted(FOLDER.glob("*/*.txt")) for e in read_news(path)}
    return read_selected({paragraph_name(context): context for context in contexts})


def test_the_chosen_sentences_are_sentences_of_their_text(on_articles: list[Example]) -> None:
    assert len(on_articles) > 2000
    for example in on_articles:
        assert [(a, b) for a, b, _ in example.sentences] == sentences(example.context)
    shares = [bool(words(example)) for example in on_articles]
    assert 0.5 < sum(shares) / len(shares) < 0.8
    several = [len(words(example)) for example in on_articles if words(example)]
    assert sum(count > 1 for count in several) > len(several) / 2


def test_a_question_stands_beside_the_passages_of_its_answer_and_a_few_others() -> None:
    found = in_passages([asked(0, 1)])
    assert words(found[0]) == ["Cacti store water in their stems.", "The ribs of the stem swell after rain."]
    assert len(found) == 3
    assert not any(words(example) for example in found[1:])


def test_the_other_passages_may_be_those_that_share_most_words_with_the_question() -> None:
    text = "\n\n".join(
        "Cacti bloom on the third day. " * 20 if n in (4, 7) else f"Ships sail on day {n}. " * 20 for n in range(9)
    )
    whole = Example("one", SOURCE, "", text.strip(), "when do cacti bloom", (), tuple((*s, False) for s in sentences(text)))
    assert all("Cacti" in beside.context for beside in in_passages([whole], near=True))
    assert not all("Cacti" in beside.context for beside in in_passages([whole]))


def test_where_a_short_answer_is_known_it_keeps_its_place_and_the_other_passages_do_not_answer() -> None:
    start = TEXT.index("Velm")
    told, *others = in_passages([replace(asked(3), answers=((start, start + 4),))])
    assert told.context[slice(*told.answers[0])] == "Velm"
    assert all(other.is_known and not other.answers for other in others)
    assert not any(other.is_known for other in in_passages([asked(3)])[1:])


def test_a_window_holds_a_sentence_of_the_answer_and_as_much_around_it_as_fits() -> None:
    for seed in range(5):
        (found,) = in_windows([asked(3)], random.Random(seed))  # noqa: S311 - not for secrets
        assert words(found) == ["The first book on cacti appeared in Velm."]
        assert WINDOW_WORDS - 15 < len(found.context.split()) <= WINDOW_WORDS


def test_of_other_sets_only_what_they_tell_is_labelled() -> None:
    start = TEXT.index("in Velm")
    told = replace(asked(), answers=((start, start + 7),), sentences=())
    by_question = {
        question: next(labelled([replace(told, question=question)])) for question in ("Where did it appear?", "Why?")
    }
    assert (
        words(by_question["Where did it appear?"])
        == words(by_question["Why?"])
        == ["The first book on cacti appeared in Velm."]
    )
    assert len(by_question["Where did it appear?"].sentences) == len(sentences(TEXT))
    assert len(by_question["Why?"].sentences) == 1
    assert not words(next(labelled([replace(told, answers=())])))


def test_a_stage_is_composed_of_all_kinds_and_always_in_the_same_order() -> None:
    start = TEXT.index("in Velm")
    told = [
        Example(f"{source}-{n}", source, "", TEXT, f"Where did book {n} appear?", ((start, start + 7),))
        for source in ("new_wiki", "qed_train")
        for n in range(3)
    ]
    unanswered = [Example(f"untold-{n}", "squad2_train_unans", "", TEXT, f"Who burned book {n}?", ()) for n in range(3)]
    counts = Selected(passages=4, windows=2, told=2, untold=2)
    given = ([asked(0, 1), asked(3)], [*told, *unanswered], counts, WordCountEmbedder(64), 7)
    found = compose(*given)
    assert found == compose(*given)
    assert len(found) == 10
    assert sum(example.source == SOURCE for example in found) == 6
    of_others = [words(example) for example in found if example.source != SOURCE]
    assert sorted(of_others) == [[], [], *[["The first book on cacti appeared in Velm."]] * 2]
