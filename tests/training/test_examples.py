"""Data preparation: answers stay where they are, negatives lack the answer, the same seed gives the same examples."""

import gzip
import json
import random
from pathlib import Path

import pytest

from index.embedder import default_folder
from training.data import (
    BOARD,
    PAGES,
    ROWS,
    SHIFTS,
    DataMissing,
    Example,
    data_folder,
    fingerprint,
    is_held_out,
    is_reported,
    read_all,
    read_board,
    read_rows,
    read_squad,
)
from training.features import MAX_TOKENS, batches, collate, encode, load_tokenizer
from training.measures import auc, exact, f1, overall
from training.mix import Share, compose, negatives_of, shared_words
from training.negatives import changed

HARBOUR = (
    "The harbour of Vellmar opened in 1921. Its first master was Odo Brandt, who kept 14 boats and a café 😀 called Nordlys."
)
BRIDGE = "The bridge of Vellmar was built by Ida Holm in 1934. It is 212 metres long, and the harbour lies beneath it."


def example(question: str, answer: str, context: str = HARBOUR) -> Example:
    start = context.index(answer)
    return Example(question, "own", "Vellmar", context, question, ((start, start + len(answer)),))


MASTER = example("Who was the first master of the harbour of Vellmar?", "Odo Brandt")
OPENED = example("When did the harbour of Vellmar open?", "1921")
CAFE = example("What was the café called?", "Nordlys")
BUILDER = example("Who built the bridge of Vellmar in 1934?", "Ida Holm", BRIDGE)


def test_answer_tokens_decode_to_the_answer_whatever_stands_before_it() -> None:
    tokenizer = load_tokenizer(default_folder())
    samples = encode([MASTER, OPENED, CAFE], tokenizer, seed=1)
    found = [tokenizer.decode(list(sample.ids[sample.start : sample.end + 1])) for sample in samples]
    assert found == ["odo brandt", "1921", "nordlys"]


def test_a_window_of_a_long_context_holds_the_answer_and_keeps_the_bound() -> None:
    tokenizer = load_tokenizer(default_folder())
    long = "Rain fell on the hills. " * 200 + HARBOUR + " Snow fell on the town." * 200
    for seed in range(5):
        (sample,) = encode([example(MASTER.question, "Odo Brandt", long)], tokenizer, seed)
        assert len(sample.ids) <= MAX_TOKENS
        assert tokenizer.decode(list(sample.ids[sample.start : sample.end + 1])) == "odo brandt"


def test_an_unanswerable_example_points_at_the_first_token() -> None:
    (sample,) = encode([Example("1", "own", "", HARBOUR, "Who sank?", ())], load_tokenizer(default_folder()), seed=1)
    assert (sample.start, sample.end) == (0, 0)


def test_padding_and_separators_can_hold_no_answer() -> None:
    samples = encode([MASTER, BUILDER], load_tokenizer(default_folder()), seed=1)
    batch = collate(samples)
    for row, sample in enumerate(samples):
        allowed = batch.context[row].nonzero().flatten().tolist()
        assert allowed == [0, *range(sample.question, len(sample.ids) - 1)]


def test_a_pass_reads_every_example_once_in_an_order_that_the_seed_decides() -> None:
    samples = encode([MASTER, OPENED, CAFE, BUILDER] * 5, load_tokenizer(default_folder()), seed=1)
    order = batches(samples, 3, seed=2)
    assert sorted(n for batch in order for n in batch) == list(range(20))
    assert order == batches(samples, 3, seed=2) != batches(samples, 3, seed=3)


def test_a_paired_question_stands_beside_a_passage_without_its_answer() -> None:
    made = negatives_of([MASTER, BUILDER], Share(plain=0, paired=2), random.Random(1))  # noqa: S311 - no secret depends on it
    assert [(e.context, e.answers) for e in made] == [(BRIDGE, ()), (HARBOUR, ())]


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_question_differs_and_has_no_answer(seed: int) -> None:
    made = changed(BUILDER, ["Karsten"], random.Random(seed))  # noqa: S311 - no secret depends on it
    assert made is None or (made.question != BUILDER.question and made.context == BRIDGE and not made.answers)


def test_a_paragraph_falls_on_the_same_side_in_every_set() -> None:
    same = [
        Example("1", "qed_train", "a", HARBOUR, "x", ()),
        Example("2", "squad_train_orig", "b", HARBOUR + " More.", "y", ()),
    ]
    assert is_held_out(same[0]) == is_held_out(same[1])


def test_both_formats_of_files_keep_the_offsets(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    start = HARBOUR.index("Nordlys")
    row = {"id": "1", "title": "t", "context": HARBOUR, "question": "q", "answers": [{"text": "Nordlys", "start": start}]}
    with gzip.open(tmp_path / "train" / "own.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")
    qas = [{"id": "1", "question": "q", "answers": [{"text": " Nordlys", "answer_start": start - 1}]}]
    data = {"data": [{"title": "t", "paragraphs": [{"context": HARBOUR, "qas": qas}]}]}
    with gzip.open(tmp_path / "squad.json.gz", "wt", encoding="utf-8") as stream:
        json.dump(data, stream)
    for (found,) in (read_rows(tmp_path, "own"), read_squad(tmp_path / "squad.json.gz", "own")):
        assert found.answers == ((start, start + 7),)


def test_pages_that_are_reported_are_never_learned_from_nor_what_repeats_them_elsewhere(tmp_path: Path) -> None:
    def page(title: str, text: str) -> dict[str, object]:
        qas = [{"id": title, "question": "q", "answers": [{"text": text.split()[0], "answer_start": 0}]}]
        return {"title": title, "paragraphs": [{"context": text, "qas": qas}]}

    def write(name: str, pages: list[dict[str, object]]) -> None:
        with gzip.open(tmp_path / f"{name}.json.gz", "wt", encoding="utf-8") as stream:
            json.dump({"data": pages}, stream)

    write(BOARD, [page(f"page{n}", f"Text{n} of page {n}.") for n in range(30)])
    for name in SHIFTS:
        write(f"squadshifts_{name}", [page(name, "Text1 of page 1.")] if name == SHIFTS[0] else [])
    (tmp_path / "train").mkdir()
    row = {"id": "1", "title": "t", "context": HARBOUR, "question": "q", "answers": []}
    for name in ROWS:
        with gzip.open(tmp_path / "train" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.write(json.dumps(row) + "\n")
    learned = [e for e in read_all(tmp_path) if e.context != HARBOUR]
    reported = {e.title for e in read_board(tmp_path)}
    assert {e.source for e in learned} == {PAGES}
    assert not any(is_reported(e) for e in learned)
    assert reported
    assert reported.isdisjoint(e.title for e in learned)
    assert len(reported) + len(learned) == 30


def test_questions_in_words_of_their_own_are_drawn_more_often() -> None:
    near = Example("near", "own", "t", HARBOUR, HARBOUR.split(".")[0] + "?", ((0, 3),))
    far = Example("far", "own", "t", HARBOUR, "Whereupon might vessels berth?", ((0, 3),))
    assert shared_words(near) > shared_words(far) == 0
    drawn = [e.id for seed in range(200) for e in compose([near, far], {"own": Share(2, reworded=True)}, seed)]
    assert drawn.count("far") > 1.3 * drawn.count("near")


def test_a_missing_data_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTNOTE_DATA", raising=False)
    with pytest.raises(DataMissing, match="FOOTNOTE_DATA"):
        data_folder()


def test_the_fingerprint_changes_with_an_answer() -> None:
    assert fingerprint([MASTER]) == fingerprint([MASTER]) != fingerprint([OPENED])


def test_measures_agree_with_values_worked_out_by_hand() -> None:
    assert exact("The U.S. Army.", ["us army"]) == 1.0
    assert f1("the red old house", ["red house"]) == pytest.approx(0.8)
    assert auc([3, 2], [1, 2]) == pytest.approx(0.875)
    best, threshold = overall([(0.1, 1.0), (0.9, 1.0)], [0.5, 0.6])
    assert best == pytest.approx(0.75)
    assert 0.1 <= threshold < 0.5
