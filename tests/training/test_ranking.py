"""Questions beside several passages: the right one first, the others without its answer, together in every batch."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from index.embedder import default_folder
from tests.fakes import WordCountEmbedder
from training.data import Example
from training.features import Sample, batches, collate, encode_groups, load_tokenizer, own_part
from training.network import Scores, ranking_loss
from training.ranking import NEAREST, TOGETHER, at_home, groups, nearest

FILLER = "Rain fell on the hills beyond the river and nobody went out before the bells had rung in the evening of that day. "
PLACES = ("Vellmar", "Orsk", "Tarn", "Helm", "Ulla", "Brede", "Sund", "Kalm")


def paragraph(place: str, number: int) -> str:
    told = f"The harbour of {place} was opened by master {number}17 in the spring of the year {1900 + number}. "
    return f"{FILLER * 4}{told}{FILLER * 4}"


def example(place: str, number: int) -> Example:
    text, year = paragraph(place, number), str(1900 + number)
    start = text.index(year)
    return Example(f"q{number}", "own", place, text, f"When was the harbour of {place} opened?", ((start, start + 4),))


EXAMPLES = [example(place, number) for number, place in enumerate(PLACES)]


def made(seed: int = 1) -> list[list[Example]]:
    return groups(EXAMPLES, {"own": 5}, seed, WordCountEmbedder(256))


def test_the_right_passage_stands_first_and_the_others_lack_its_answer() -> None:
    for first, *others in made():
        ((start, end),) = first.answers
        answer = first.context[start:end]
        assert answer in {str(1900 + number) for number in range(len(PLACES))}
        assert len(first.context.split()) <= 60  # as long as the product's passages
        assert len(others) == TOGETHER - 1
        assert not any(other.answers or answer in other.context for other in others)
        assert {other.question for other in others} == {first.question}


def test_the_others_are_what_search_ranks_high() -> None:
    drawn = [other.context for _, *others in made() for other in others]
    assert sum("harbour" in context for context in drawn) > len(drawn) / 2


def test_as_many_groups_as_are_asked_for_and_the_same_for_the_same_seed() -> None:
    assert len(made()) == 5
    assert made() == made()
    assert made() != made(seed=2)


def test_what_an_article_does_not_answer_stands_beside_its_nearest_passages() -> None:
    asked = [replace(e, question="Which master opened the harbour?", answers=()) for e in EXAMPLES]
    found = nearest(asked, WordCountEmbedder(256))
    assert len(found) == NEAREST * len(asked)
    for example in found[::NEAREST]:
        assert "harbour" in example.context
        assert len(example.context.split()) <= 60
        assert any(example.context in other.context for other in asked)


def test_what_an_article_answers_stands_beside_the_passage_that_holds_the_answer() -> None:
    found = at_home(EXAMPLES)
    assert [e.id for e in found] == [e.id for e in EXAMPLES]
    for e, whole in zip(found, EXAMPLES, strict=True):
        assert e.context[slice(*e.answers[0])] == whole.context[slice(*whole.answers[0])]
        assert e.context in whole.context
        assert len(e.context.split()) <= 60


def test_an_answer_that_no_passage_holds_whole_is_left_out() -> None:
    text = EXAMPLES[0].context
    assert at_home([replace(EXAMPLES[0], answers=((0, len(text)),))]) == []


def test_batches_and_their_parts_keep_groups_whole() -> None:
    alone = [Sample((101, 7, 102, *range(200, 210 + n % 9), 102), 3, 0, 0) for n in range(30)]
    samples = alone + encode_groups(made(), load_tokenizer(default_folder()), seed=1)
    order = batches(samples, 8, seed=3)
    assert sorted(n for batch in order for n in batch) == list(range(len(samples)))
    for batch in order:
        parts = [own_part(samples, batch, place, 2) for place in range(2)]
        for positions in (batch, *parts):
            counts = [samples[n].group for n in positions if samples[n].group >= 0]
            assert all(counts.count(group) == TOGETHER for group in set(counts))
    assert any(size == TOGETHER for batch in order for size in collate([samples[n] for n in batch]).groups)


def scores(odds: Sequence[float]) -> Scores:
    """Return logits of sequences of three tokens with these log-odds of an answer in them."""
    logits = torch.tensor([[0.0, value - torch.log(torch.tensor(2.0)), value - torch.log(torch.tensor(2.0))] for value in odds])
    return Scores(logits, logits, torch.zeros(len(odds)), torch.zeros_like(logits))


def test_the_ranking_loss_compares_the_passages_of_one_question_alone() -> None:
    assert float(ranking_loss(scores([3.0, 3.0, 9.0]), (2, 1))) == pytest.approx(0.6931, abs=1e-4)
    assert float(ranking_loss(scores([9.0, 3.0, 9.0]), (2, 1))) < 0.01
    assert float(ranking_loss(scores([3.0, 9.0, -9.0]), (2, 1))) > 5
    assert float(ranking_loss(scores([3.0, 9.0]), (1, 1))) == 0.0
