"""How command lines end."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = "import sys; from index.terminal import ended; sys.exit(ended(lambda: print('words') or 0, ''))"


def test_a_reader_that_has_gone_ends_a_command_that_still_holds_its_words_without_a_complaint() -> None:
    piped = f'{sys.executable} -c "{COMMAND}" | true; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", piped], check=False, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stderr) == (1, "")
