"""python -m rag: what is wrong with the command is said before anything is loaded."""

import pytest

from rag.__main__ import main


def test_a_day_that_is_none_is_a_usage_error_that_shows_how_to_write_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ask", "Who closed the harbour?", "--as-of", "tomorrow"])
    assert ended.value.code == 2
    assert "'tomorrow' is not a day; write it like 2024-12-31" in capsys.readouterr().err


@pytest.mark.parametrize("question", ["", "   ", "a" * 4001])
def test_an_empty_or_too_long_question_is_a_usage_error(question: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question]) == 2
    assert "the question is" in capsys.readouterr().err
