"""The trained reader with the weights that are shipped: it answers, its offsets are exact, and what is damaged is refused."""

import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embedder import default_folder
from rag.reader import MODEL_FOLDER, NOTHING, Reader, ReaderError, Span, TrainedReader

HARBOUR = (
    "The harbour of Vellmar opened in 1921 after eleven years of work. Its first master, Odo Brandt, kept 14 pilot boats "
    "there until the storm of March 1953 destroyed the northern pier."
)
BRIDGE = (
    "The bridge of Vellmar was designed by Ida Holm. It is 212 metres long and cost the town nine million crowns, which the "
    "council borrowed from a bank in Oslo because the state refused to pay."
)
BAKERY = "Ella's bakery sells rye bread on Mondays. The recipe came from her grandmother, who never wrote it down."
RIGHT_TO_LEFT = "נמל ולמר נפתח בשנת 1921. המנהל הראשון היה אודו ברנדט."


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    return TrainedReader.load()


def words(texts: Sequence[str], spans: Sequence[Span]) -> list[str]:
    return [text[span.start : span.end] for text, span in zip(texts, spans, strict=True)]


@pytest.mark.parametrize(
    ("question", "passage", "answer"),
    [
        ("When did the harbour of Vellmar open?", HARBOUR, "1921"),
        ("Who was the first master of the harbour?", HARBOUR, "Odo Brandt"),
        ("Who designed the bridge of Vellmar?", BRIDGE, "Ida Holm"),
        ("How long is the bridge?", BRIDGE, "212 metres"),
        ("Where was the bank from which the council borrowed?", BRIDGE, "Oslo"),
    ],
)
def test_a_question_is_answered_with_the_words_that_answer_it(
    reader: TrainedReader, question: str, passage: str, answer: str
) -> None:
    assert answer in words([passage], reader.read(question, [passage]))[0]


@pytest.mark.parametrize(
    ("question", "best"),
    [("When did the harbour of Vellmar open?", 0), ("Who designed the bridge of Vellmar?", 1), ("What does Ella sell?", 2)],
)
def test_the_passage_that_answers_scores_above_those_that_do_not(reader: TrainedReader, question: str, best: int) -> None:
    spans = reader.read(question, [HARBOUR, BRIDGE, BAKERY])
    assert max(range(3), key=lambda n: spans[n].score) == best
    assert min(range(3), key=lambda n: spans[n].no_answer_score) == best


def test_spans_come_in_the_order_of_the_texts_one_each(reader: TrainedReader) -> None:
    texts = [BAKERY, HARBOUR, BAKERY, "", BRIDGE]
    spans = reader.read("Who designed the bridge?", texts)
    assert len(spans) == len(texts)
    assert spans[0] == spans[2]
    assert words(texts, spans)[4] == "Ida Holm"


def test_no_passages_give_no_spans(reader: TrainedReader) -> None:
    assert reader.read("Who?", []) == []


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u200b", "\x00"])
def test_a_text_without_words_does_not_answer(reader: TrainedReader, text: str) -> None:
    assert reader.read("When did it open?", [text]) == [Span(0, 0, -NOTHING, NOTHING)]


@pytest.mark.parametrize(
    "before", ["😀👩‍👩‍👧 ", "\r\n\r\n", "e\u0301\u0301 ", RIGHT_TO_LEFT + " ", "你好。", "\ufeff", "ﬁ ", "İİ "]
)
def test_what_stands_before_does_not_move_the_offsets(reader: TrainedReader, before: str) -> None:
    text = before + HARBOUR
    assert words([text], reader.read("Who was the first master of the harbour?", [text]))[0].endswith("Odo Brandt")


def test_an_answer_deep_in_a_long_passage_without_sentence_ends_is_found(reader: TrainedReader) -> None:
    text = (
        "rain and hail and fog and wind and " * 120 + "Odo Brandt was the first master of the harbour and " + "snow and " * 300
    )
    assert "Odo Brandt" in words([text], reader.read("Who was the first master of the harbour?", [text]))[0]


def test_right_to_left_text_is_quoted_verbatim(reader: TrainedReader) -> None:
    (span,) = reader.read("1921?", [RIGHT_TO_LEFT])
    assert 0 <= span.start < span.end <= len(RIGHT_TO_LEFT)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=60), texts=st.lists(st.text(max_size=400), max_size=3))
def test_any_text_gives_a_span_inside_it_without_white_space_around(
    reader: TrainedReader, question: str, texts: list[str]
) -> None:
    whole = [[(0, len(text))] for text in texts]
    for text, reading in zip(texts, reader.read_closely(question, texts, whole, 3), strict=True):
        spans = reading.spans
        assert all(map(math.isfinite, reading.selection))
        assert 1 <= len(spans) <= 3
        assert [s.score for s in spans] == sorted((s.score for s in spans), reverse=True)
        assert all(0 <= s.start <= s.end <= len(text) for s in spans)
        assert all(a.end <= b.start or b.end <= a.start for a in spans for b in spans if a is not b)
        if spans[0].score > -NOTHING:
            assert text[spans[0].start : spans[0].end].strip()


def test_a_question_of_4000_characters_is_read_by_its_beginning(reader: TrainedReader) -> None:
    question = "Who designed the bridge of Vellmar? " + "Please tell me. " * 250
    assert words([BRIDGE], reader.read(question[:4000], [BRIDGE])) == ["Ida Holm"]


def test_ten_thousand_identical_passages_are_read_once(reader: TrainedReader) -> None:
    spans = reader.read("Who designed the bridge of Vellmar?", [BRIDGE] * 10_000)
    assert len(spans) == 10_000
    assert len(set(spans)) == 1


def test_the_same_question_twice_gives_the_same_spans(reader: TrainedReader) -> None:
    texts = [HARBOUR, BRIDGE, BAKERY]
    sentences = [[(0, len(text))] for text in texts]
    first, second = (reader.read_closely("When did it open?", texts, sentences, 3) for _ in range(2))
    assert first == second


def test_the_sentences_of_a_complete_answer_are_told_from_the_others(reader: TrainedReader) -> None:
    told = ("Cacti store water in their thick stems.", "The ribs of the stem swell after rain.")
    other = ("The town of Velm has a museum.", "It opens at nine.")
    text = " ".join((*told, *other))
    sentences = [(text.index(one), text.index(one) + len(one)) for one in (*told, *other)]
    (reading,) = reader.read_closely("How do cacti store water?", [text], [sentences], 1)
    assert min(reading.selection[:2]) > max(reading.selection[2:])


def test_an_answer_carries_no_punctuation_of_its_sentence(reader: TrainedReader) -> None:
    text = "The prize went to Odo Brandt, who lives in the U.S.; he was born in Vellmar."
    assert words([text], reader.read("Who won the prize?", [text])) == ["Odo Brandt"]
    assert words([text], reader.read("Where was he born?", [text])) == ["Vellmar"]


def test_an_answer_keeps_both_of_its_quotation_marks_or_none(reader: TrainedReader) -> None:
    text = "The town called its plan the “open harbour” strategy. Odo Brandt opposed it."
    (span,) = reader.read("What strategy did the town have?", [text])
    found = text[span.start : span.end]
    assert "open harbour" in found
    assert found.count("“") == found.count("”")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL_FOLDER, tmp_path / "reader_model"))


def refusal(folder: Path, encoder: Path | None = None) -> ReaderError:
    with pytest.raises(ReaderError) as refused:
        TrainedReader.load(folder, encoder)
    assert "python -m training" in refused.value.fix
    return refused.value


def test_one_changed_byte_in_the_weights_is_refused(copied: Path) -> None:
    weights = copied / "adapters.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert "SHA-256" in refusal(copied).cause


def test_missing_weights_are_named(copied: Path) -> None:
    (copied / "adapters.safetensors").unlink()
    assert "adapters.safetensors" in refusal(copied).cause


def test_another_encoder_is_refused(copied: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(default_folder(), other)
    with (other / "model.safetensors").open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x55")
    assert "encoder" in refusal(copied, other).cause


@pytest.mark.parametrize("config", ["", "{", "[]", '{"format": "footnote-reader-0"}'])
def test_a_damaged_or_foreign_config_is_refused(copied: Path, config: str) -> None:
    (copied / "config.json").write_text(config, encoding="utf-8")
    assert "config.json" in refusal(copied).cause


def test_a_config_that_lacks_an_entry_is_refused(copied: Path) -> None:
    path = copied / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    del config["weights_sha256"]
    path.write_text(json.dumps(config), encoding="utf-8")
    assert "weights_sha256" in refusal(copied).cause


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "config.json is missing" in refusal(tmp_path / "nowhere").cause


def test_it_is_a_reader(reader: TrainedReader) -> None:
    as_reader: Reader = reader
    assert as_reader.read("Who designed the bridge?", [BRIDGE])[0].score > 0
