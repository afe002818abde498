"""How fast a newsroom's archive goes in beside the stock pipeline, and what a library of that size does then.

    FOOTNOTE_DATA=folder python -m benchmarks.archive [--articles N] [--stock N] [--keep FOLDER]

On a sample both pipelines run one after the other, each as a process of its own with everything that takes: starting,
reading, splitting, embedding, saving. A passage of the stock pipeline is about three times as long as one of ours, so
characters and articles a second stand beside passages; where other work shares the machine, seconds of computing tell more.
Then all articles go through `python -m index add`, once more (nothing to do), and one more article.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import write
from training.data import DataMissing

ROOT = Path(__file__).parent.parent
ONE_MORE = "The harbour of Velm closed on Monday. Ships now sail to Orsk.\n"


def main() -> int:
    """Compare on a sample, then add everything, add it again, add one more."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        try:
            _side_by_side(place, options.stock)
            count = write(place / "articles", options.articles)
        except (DataMissing, FileNotFoundError) as missing:
            print(f"skipped: {missing}", file=sys.stderr)
            return 0
        data = options.keep or place / "data"
        if count:
            _report(f"all {count} articles", place / "articles", _add(place / "articles", data))
            print("again:", _summary(run := _add(place / "articles", data)), f"{run.seconds:.1f} s")
            (place / "one_more.txt").write_text(ONE_MORE, encoding="utf-8")
            print("one more:", _summary(run := _add(place / "one_more.txt", data)), f"{run.seconds:.1f} s with starting")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archive", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=10_000, help="at most so many in the large library; 0: none")
    parser.add_argument("--stock", type=int, default=100, help="how many to compare the pipelines on; 0: no comparison")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the large library in this data folder")
    return parser


@dataclass(frozen=True, slots=True)
class Run:
    """What a process printed, how long it took, how long it computed, and the most memory it held, in MB."""

    printed: str
    seconds: float
    computing: float
    peak: float


def _side_by_side(place: Path, count: int) -> None:
    if not count:
        return
    articles = place / "sample"
    write(articles, count)
    _report(f"Footnote, {count} articles", articles, ours := _add(articles, place / "sample_data"))
    try:
        theirs = _run("-m", "benchmarks.stock", str(articles), str(place / "stock"))
    except subprocess.CalledProcessError:
        print("no comparison: install langchain-community and langchain-text-splitters", file=sys.stderr)
        return
    passages = json.loads((place / "stock" / "count.json").read_text(encoding="utf-8"))["passages"]
    _report(f"stock pipeline, {count} articles", articles, theirs, passages)
    for what, ratio in (("", theirs.seconds / ours.seconds), ("of computing", theirs.computing / ours.computing)):
        more = ratio * _passages(ours) / passages
        print(f"Footnote: {more:.1f} times the passages a second {what}, {ratio:.1f} times the articles and characters")


def _report(what: str, articles: Path, run: Run, passages: int | None = None) -> None:
    texts = [path.read_text(encoding="utf-8") for path in articles.glob("*.txt")]
    passages, characters = passages if passages is not None else _passages(run), sum(map(len, texts))
    per_second = f"{passages / run.seconds:.1f} passages, {characters / run.seconds:,.0f} characters"
    print(
        f"{what}, {characters:,} characters: {passages} passages in {run.seconds:.1f} s; a second {per_second},"
        f" {len(texts) / run.seconds:.2f} articles; {run.computing:.0f} s of computing; peak memory {run.peak:.0f} MB",
        flush=True,
    )


def _add(path: Path, data: Path) -> Run:
    return _run("-m", "index", "add", str(path), "--data", str(data), "--json")


def _passages(run: Run) -> int:
    return sum(result["passages"] for result in json.loads(run.printed)["results"])


def _summary(run: Run) -> dict[str, int]:
    told = json.loads(run.printed)
    return {name: told[name] for name in ("added", "updated", "unchanged", "refused")}


def _run(*arguments: str) -> Run:
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout  # noqa: S101 - it was asked for
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 7):  # 7: an article was refused
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return Run(printed, time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
