"""The quality boards: writes docs/quality.md and docs/risk_coverage.svg.

    FOOTNOTE_DATA=folder python -m benchmarks.quality [--questions N] [--archive FOLDER] [--boards default,squad,...]

All are for reporting: nothing was chosen by them. A board whose data is missing, or that is not asked for, keeps the section
that the page has of it. `--archive` names a data folder made by `python -m benchmarks.archive --keep FOLDER`.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.boards import clapnq, default, mtrag, realtimeqa, risk, squad, written
from index.embedder import Embedder
from rag.measure import Outcome
from rag.reader import MODEL_FOLDER
from rag.reader_network import read_config
from training.data import DataMissing, data_folder

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "quality.md"
BOARDS = ("default", "written", "squad", "clapnq", "mtrag", "realtimeqa")
_BEGIN = "<!-- board: {} -->"
_HEAD = """
# How good the answers are

Written by `python -m benchmarks.quality`. Choices are made on development data; six were noticed here first (which
sentence stands first, "how many" without a quantity, a summary's topic, a name that is spelt in two ways, "its chairwoman" as
a short answer, words that the sentence reader needs; see the log). How the questions were made stands in
[benchmarks/QUESTIONS.md](../benchmarks/QUESTIONS.md), what else was tried in [benchmarks/LOG.md](../benchmarks/LOG.md).

Each board shows what every part of answering earns. `right`: share of the answerable questions whose answer quotes a right
sentence or answer, a refusal counting as wrong. `wrong`: share of all questions that got a wrong answer; only the confidence
refuses. `AUC`: how well answerable questions are told from unanswerable ones, by the best signal that the parts have.
Under each board stands when and with which reader it was measured: the beginning of the SHA-256 of its weights.
"""


def main() -> int:
    """Run the boards and write their page."""
    options = _parser().parse_args()
    embedder = Embedder()
    sections = _sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    outcomes: list[Outcome] = []
    for name, run in _runs(options, embedder).items():
        began = time.perf_counter()
        try:
            told, of_board = run()
        except DataMissing as missing:
            print(f"{name} is left as it was: {missing}", file=sys.stderr)
            continue
        sections[name] = f"{told.strip()}\n\n{_measured()}"
        outcomes += of_board if name != "written" else []  # made to mislead: it would change what the curve is about
        print(f"{name}: {len(of_board)} questions, {time.perf_counter() - began:.0f} s", flush=True)
    if set(options.boards) == set(BOARDS):
        sections["confidence"] = f"{risk.section(outcomes).strip()}\n\n{_measured()}"
        (ROOT / "docs" / "risk_coverage.svg").write_text(risk.as_svg(risk.risk_coverage(outcomes)), encoding="utf-8")
    parts = [
        _HEAD,
        *(f"{_BEGIN.format(name)}\n\n{sections[name].strip()}\n" for name in (*BOARDS, "confidence") if name in sections),
    ]
    PAGE.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    return 0


def _measured() -> str:
    """Return when and with which reader: a board that cannot be run again keeps the line of the reader that it was run with."""
    weights = str(read_config(MODEL_FOLDER)["weights_sha256"])
    return f"Measured {datetime.now(UTC).date()}, reader `{weights[:8]}`."


def _runs(options: argparse.Namespace, embedder: Embedder) -> dict[str, Callable[[], tuple[str, list[Outcome]]]]:
    runs: dict[str, Callable[[], tuple[str, list[Outcome]]]] = {
        "default": lambda: default.board(embedder),
        "written": lambda: written.board(embedder),
        "squad": lambda: squad.board(data_folder(), embedder, options.questions),
        "clapnq": lambda: clapnq.board(data_folder(), embedder),
        "mtrag": lambda: mtrag.board(data_folder(), embedder),
        "realtimeqa": lambda: realtimeqa.board(_archive(options), embedder, options.questions // 2),
    }
    return {name: runs[name] for name in options.boards}


def _archive(options: argparse.Namespace) -> Path:
    if options.archive is None:
        raise DataMissing("--archive is not given; python -m benchmarks.archive --keep FOLDER makes it")
    archive: Path = options.archive
    return archive


def _sections(page: str) -> dict[str, str]:
    """Return the sections of a page by board."""
    _, *rest = re.split(r"<!-- board: (\w+) -->", page)
    return dict(zip(rest[::2], rest[1::2], strict=True))


def _boards(names: str) -> list[str]:
    named = names.split(",")
    if unknown := set(named) - set(BOARDS):
        raise argparse.ArgumentTypeError(f"no board {', '.join(sorted(unknown))}; there are {', '.join(BOARDS)}")
    return [name for name in BOARDS if name in named]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--questions", type=int, default=400, help="how many of the SQuAD questions to ask; half as many of the archive"
    )
    parser.add_argument("--archive", type=Path, metavar="FOLDER", help="the data folder that holds the news archive")
    parser.add_argument("--boards", type=_boards, default=list(BOARDS), metavar="NAMES", help="only these, commas between")
    return parser


if __name__ == "__main__":
    sys.exit(main())
