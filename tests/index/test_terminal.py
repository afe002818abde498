"""How command lines write and end."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.terminal import ended

ROOT = Path(__file__).parents[2]
COMMAND = "import sys; from index.terminal import ended; sys.exit(ended(lambda: print('words') or 0, ''))"


def test_a_reader_that_has_gone_ends_a_command_that_still_holds_its_words_without_a_complaint() -> None:
    piped = f'{sys.executable} -c "{COMMAND}" | true; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", piped], check=False, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("output", "status", "said"), [(">/dev/full", 1, "[Errno 28] No space left on device\n"), (">&-", 0, "")]
)
def test_an_output_that_cannot_be_written_ends_a_command_without_a_traceback(output: str, status: int, said: str) -> None:
    command = f'{sys.executable} -c "{COMMAND}" {output}'
    done = subprocess.run(["bash", "-c", command], check=False, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stderr) == (status, said)


@pytest.mark.parametrize("door", ["index list", "index", "rag read", "web.mcp"])
def test_a_command_whose_streams_are_closed_ends_as_ever_and_says_nothing_among_its_data(tmp_path: Path, door: str) -> None:
    command = f"RAG_DATA={tmp_path} {sys.executable} -m {door}"
    done = subprocess.run(
        ["bash", "-c", f"{command} <&- 2>&-"], check=False, capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    said = subprocess.run(
        ["bash", "-c", f"{command} </dev/null"], check=False, capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert (done.returncode, done.stdout) == (said.returncode, said.stdout)


def test_what_was_written_before_the_system_refused_something_is_there() -> None:
    command = "import sys; from index.terminal import ended; sys.exit(ended(lambda: print('words') or open('nowhere'), ''))"
    done = subprocess.run([sys.executable, "-c", command], check=False, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stdout) == (1, "words\n")
    assert done.stderr == "[Errno 2] No such file or directory: 'nowhere'\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_the_output_has_no_letters_for_is_escaped_as_in_json(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    words = "Łódź, café “東京” 😀 and a file called \udce9.txt"
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    assert ended(lambda: print(json.dumps([words], ensure_ascii=False)) or 0, "") == 0
    assert json.loads(written.getvalue().decode(encoding)) == [words]
