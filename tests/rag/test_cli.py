"""python -m rag: what is wrong with the command is said before anything is loaded."""

import io
import sys
from pathlib import Path

import pytest

from rag.__main__ import main


@pytest.mark.parametrize("day", ["tomorrow", "2024-W01-1", "20240101"])
def test_a_day_that_is_none_is_a_usage_error_that_shows_how_to_write_it(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ask", "Who closed the harbour?", "--as-of", day])
    assert ended.value.code == 2
    assert f"{day!r} is not a day; write it like 2024-12-31" in capsys.readouterr().err


@pytest.mark.parametrize(
    "question", ["", "   ", "???", "a" * 4001, "Who closed the harbour\udcff?", "Who closed\x00 it?", "Who closed \x1bit?"]
)
def test_an_empty_or_too_long_question_or_one_that_is_no_text_is_a_usage_error(
    question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", question]) == 2
    assert capsys.readouterr().err.startswith("The question ")


@pytest.mark.parametrize(
    "pair",
    [
        b'{"question": null, "passage": "x"}',
        b'{"question": "\\udcff", "passage": "x"}',
        b'{"question": "\xff"}',
        b"[]",
        b"[" * 100_000,
    ],
    ids=["null", "surrogate", "no UTF-8", "list", "deep"],
)
def test_a_pair_that_is_no_text_is_named_by_its_line(
    pair: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n" + pair)))
    assert main(["read"]) == 1
    assert capsys.readouterr().err.startswith('line 2 is no {"id", "question", "passage"}: ')


def test_measuring_builds_no_language_model_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Who closed the harbour?"}', encoding="utf-8")
    monkeypatch.setenv("RAG_LLM", "nobody:model")
    assert main(["eval", str(questions), "--data", str(tmp_path / "none")]) == 1
    said = capsys.readouterr().err
    assert "quoted answers, without the language model of RAG_LLM" in said
    assert "no library" in said


def test_a_setting_that_is_wrong_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RAG_TPO_K", "8")
    assert main(["ask", "Who closed the harbour?"]) == 2
    assert capsys.readouterr().err.startswith("unknown setting RAG_TPO_K")


class Ending(io.BytesIO):
    """What a command reads from, or, as it may be, cannot write to."""

    def __init__(self, how: BaseException) -> None:
        super().__init__()
        self.how = how

    def __next__(self) -> bytes:
        raise self.how


def test_an_interruption_is_told_in_a_word_and_a_closed_pipe_in_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for how, status, said in ((KeyboardInterrupt(), 130, "interrupted\n"), (BrokenPipeError(), 1, "")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Ending(how)))
        with (tmp_path / "out").open("w") as out:
            monkeypatch.setattr(sys, "stdout", out)
            assert main(["read"]) == status
        assert capsys.readouterr().err == said
