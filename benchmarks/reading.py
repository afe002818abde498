"""How long the reader takes: python -m benchmarks.reading [ROUNDS]

The passages that the default library's search finds for each question of questions_dev.jsonl, eight of them, as the product
cuts them; beside them eight stretches of 120 words of the articles; and whole answers. Warm, one question after another.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.development import ROOT
from index.adding import add_files
from index.bert import number_type
from index.embedder import Embedder
from index.search import Search
from index.snapshot import Within
from rag.answer import Answerer
from rag.evaluation import read_cases
from rag.question import understand
from rag.reader import TrainedReader

PASSAGES = 8
LONG = 120  # words


def main(rounds: int) -> None:
    embedder, reader = Embedder(), TrainedReader.load()
    asked = [case.question for case, history in read_cases(ROOT / "benchmarks" / "questions_dev.jsonl") if not history]
    with tempfile.TemporaryDirectory() as folder, Search.open(Path(folder), embedder, create=True) as search:
        list(add_files(search.library, embedder, [ROOT / "articles"]))
        found = [[hit.passage.text for hit in search.search(question, PASSAGES, Within())] for question in asked]
        answerer = Answerer.over(search)
        words = " ".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "articles").glob("*.txt"))).split()
        starts = range(0, len(words) - LONG, 37)
        long = [[" ".join(words[at : at + LONG]) for at in starts[n::9][:PASSAGES]] for n in range(9)]
        print(f"numbers computed with: {number_type()}")
        told(
            "8 passages of the product", [lambda q=q, t=t: reader.read(q, t) for q, t in zip(asked, found, strict=True)], rounds
        )
        told(
            f"8 passages of {LONG} words",
            [lambda q=q, t=t: reader.read(q, t) for q, t in zip(asked, long * 99, strict=False)],
            rounds,
        )
        told("a whole answer", [lambda q=q: answerer.decide(q, answerer.consider(understand(q))) for q in asked], rounds)


def told(what: str, calls: Sequence[Callable[[], object]], rounds: int) -> None:
    for call in calls[:10]:
        call()
    took = sorted(1000 * measured(call) for _ in range(rounds) for call in calls)
    print(f"{what:28} median {statistics.median(took):6.1f} ms   p95 {took[int(0.95 * len(took))]:6.1f} ms   of {len(took)}")


def measured(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
