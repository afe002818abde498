"""How well rag/support.py tells claims that a web page supports from those that it does not, on WiCE's dev claims.

    FOOTNOTE_DATA=<folder with wice_claim_dev.jsonl.gz> python -m benchmarks.wice [--fit] [--signals FILE]

Claims are split in two halves by a hash of their text. The weights are fitted on the first (`--fit` writes rag/support.json)
and everything is reported on the second. "Supported" is WiCE's strict label: partially supported counts as not supported.
"""

import argparse
import gzip
import hashlib
import json
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from index.article import Article
from index.embedder import Embedder
from index.passages import split
from index.search import Hit
from rag.measure import auc
from rag.sentences import SentenceScorer
from rag.support import WEIGHTS_FILE, Checker, Signals, Support, exists, stems
from rag.types import Reading

FILE = "wice_claim_dev.jsonl.gz"
EVIDENCE = 8  # passages of a page that are given, as many as a question gets
NAMES = [field.name for field in fields(Signals)]
PENALTY = 1.0  # of the squared weights, for standardised signals


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wice")
    parser.add_argument("--fit", action="store_true", help="write the weights to rag/support.json")
    parser.add_argument(
        "--signals", type=Path, metavar="FILE", help="keep the measured signals, or read them when FILE is there"
    )
    options = parser.parse_args()
    folder = os.environ.get("FOOTNOTE_DATA")
    if not folder or not (Path(folder) / FILE).is_file():
        print(f"skipped: set FOOTNOTE_DATA to a folder that has {FILE}", file=sys.stderr)
        return 0
    rows = _cached(Path(folder) / FILE, options.signals)
    tuned, reported = [row for row in rows if row["half"] == 0], [row for row in rows if row["half"] == 1]
    support = fit(tuned) if options.fit else Support.load()
    print(json.dumps({"tuned_on": report(tuned, support), "reported_on": report(reported, support)}, indent=1))
    return 0


def _cached(file: Path, kept: Path | None) -> list[dict[str, object]]:
    if kept and kept.is_file():
        return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    checker = Checker(SentenceScorer(Embedder()), Support({}, 0.0, 0.5))
    rows = [measured(item, checker) for item in items]
    if kept:
        kept.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return rows


def measured(item: dict[str, object], checker: Checker) -> dict[str, object]:
    """Measure one claim against its page as the product does: the page's best passages are the evidence."""
    claim = str(item["claim"])
    article = Article.create("\n".join(item["evidence"]), title=item["evidence"][0].partition("TITLE: ")[2], origin="page")
    ranked = sorted(split(article), key=lambda passage: -len(stems(claim) & stems(passage.text)))[:EVIDENCE]
    readings = [
        Reading(Hit(passage, article, 1.0, 1.0, 1.0, rank), (at := (passage.start, passage.end)), *at, 0.0, 0.0, 0.0, 0.0)
        for rank, passage in enumerate(ranked, 1)
    ]
    claims = checker.sources(claim, readings)
    return {
        "half": int(hashlib.sha256(claim.encode()).hexdigest(), 16) % 2,
        "label": item["label"],
        "exists": bool(claims) and exists(claim, claims),
        "signals": asdict(checker.signals(claim, claims)) if claims else dict.fromkeys(NAMES, 0.0),
    }


def fit(rows: Sequence[dict[str, object]]) -> Support:
    """Fit the logistic model by Newton's method on standardised signals and write it down."""
    table, right = _table(rows), np.array([row["label"] == "supported" for row in rows], dtype=float)
    mean, deviation = table.mean(0), np.maximum(table.std(0), 1e-6)
    scaled = np.column_stack([(table - mean) / deviation, np.ones(len(table))])
    weights, penalty = np.zeros(scaled.shape[1]), np.diag([PENALTY] * table.shape[1] + [0.0])
    for _ in range(50):
        odds = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (odds - right) + penalty @ weights
        weights -= np.linalg.solve((scaled.T * (odds * (1 - odds))) @ scaled + penalty, slope)
    plain = weights[:-1] / deviation
    fitted = {name: round(float(weight), 3) for name, weight in zip(NAMES, plain, strict=True)}
    bias = round(float(weights[-1] - plain @ mean), 3)
    model = {"weights": fitted, "bias": bias, "threshold": threshold(rows, Support(fitted, bias, 0.5))}
    WEIGHTS_FILE.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    return Support.load()


def threshold(rows: Sequence[dict[str, object]], support: Support) -> float:
    """Return the lowest score at which at most a fifth of the tuning half's claims that lack support would be cited."""
    lacking = [score if row["exists"] else 0.0 for row, score in _scores(rows, support) if row["label"] != "supported"]
    return math.ceil(100 * float(np.quantile(lacking, 0.8))) / 100


def report(rows: Sequence[dict[str, object]], support: Support) -> dict[str, object]:
    """Return the AUC of the score, and the share of each label that would be cited: enough score, and everything exists."""
    by_label: dict[str, list[float]] = {"supported": [], "partially_supported": [], "not_supported": []}
    cited: dict[str, list[bool]] = {label: [] for label in by_label}
    for row, score in _scores(rows, support):
        by_label[str(row["label"])].append(score)
        cited[str(row["label"])].append(bool(row["exists"]) and score >= support.threshold)
    full, partly, none = by_label.values()
    return {
        "claims": len(rows),
        "auc_supported_against_rest": round(auc(full, partly + none) or 0.0, 3),
        "auc_supported_against_not": round(auc(full, none) or 0.0, 3),
        "auc_any_support_against_none": round(auc(full + partly, none) or 0.0, 3),
        "threshold": support.threshold,
        "cited": {label: round(float(np.mean(ones)), 3) for label, ones in cited.items()},
    }


def _scores(rows: Sequence[dict[str, object]], support: Support) -> list[tuple[dict[str, object], float]]:
    return [(row, support.probability(Signals(**row["signals"]))) for row in rows]


def _table(rows: Sequence[dict[str, object]]) -> np.ndarray:
    return np.array([[row["signals"][name] for name in NAMES] for row in rows])


if __name__ == "__main__":
    sys.exit(main())
