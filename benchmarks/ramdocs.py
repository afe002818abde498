"""Sources that differ, for development: does an answer show the several right answers of its articles side by side?

    FOOTNOTE_DATA=folder python -m benchmarks.ramdocs [--questions N]

RAMDocs: each question comes with documents of its own, some right (often in several ways, since the name is ambiguous), some
with planted wrong answers, some off the point. Every question is asked of a library of just its documents.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.adding import add_articles
from index.article import Article
from index.embedder import Embedder
from index.search import Search
from rag.answer import Answerer
from rag.measure import normalized
from rag.types import Answer
from training.data import DataMissing, data_folder, lines

SEED = 20261121


def main() -> int:
    """Ask, and print how often the right answers were shown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ramdocs", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--questions", type=int, default=1000, help="at most so many, a sample")
    options = parser.parse_args()
    try:
        rows = [json.loads(line) for line in lines(data_folder() / "ramdocs.jsonl.gz")]
    except DataMissing as missing:
        print(f"skipped: {missing}", file=sys.stderr)
        return 0
    sample = random.Random(SEED).sample(rows, min(options.questions, len(rows)))
    embedder, counted = Embedder(), {True: Counter[str](), False: Counter[str]()}
    for row in sample:
        is_ambiguous = len({normalized(answer) for answer in row["gold_answers"]}) > 1
        counted[is_ambiguous].update(seen(row, _asked(row, embedder)))
    names = (
        "questions",
        "answered",
        "several right shown",
        "differing sources named",
        "a wrong one shown",
        "only wrong ones shown",
    )
    print("| right answers | " + " | ".join(names) + " |\n" + "|---" * (len(names) + 1) + "|")
    for is_ambiguous, told in counted.items():
        print(f"| {'several' if is_ambiguous else 'one'} | " + " | ".join(str(told[name]) for name in names) + " |")
    return 0


def _asked(row: dict[str, Any], embedder: Embedder) -> Answer:
    articles = [
        Article.create(document["text"], title=f"Document {number}", origin=str(number), source=f"Source {number}")
        for number, document in enumerate(row["documents"], start=1)
    ]
    with tempfile.TemporaryDirectory() as folder, Search.open(Path(folder) / "data", embedder, create=True) as search:
        list(add_articles(search.library, embedder, articles))
        return Answerer.over(search).ask(row["question"])


def seen(row: dict[str, Any], answer: Answer) -> list[str]:
    """Return what can be said of an answer, as names to count."""
    quoted = f" {normalized(' '.join(citation.quotation.quote for citation in answer.citations))} "
    right, wrong = _shown(row["gold_answers"], quoted), _shown(row["wrong_answers"], quoted)
    told = {
        "questions": True,
        "answered": not answer.abstained,
        "several right shown": right > 1,
        "differing sources named": "tells it differently" in answer.text,
        "a wrong one shown": wrong > 0,
        "only wrong ones shown": wrong > 0 and right == 0,
    }
    return [name for name, is_so in told.items() if is_so]


def _shown(answers: Sequence[str], quoted: str) -> int:
    return sum(f" {answer} " in quoted for answer in {normalized(answer) for answer in answers} if answer)


if __name__ == "__main__":
    sys.exit(main())
