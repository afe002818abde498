"""Fits rag/confidence.json: how likely an answer is right, from signals, on development data only.

    FOOTNOTE_DATA=folder python -m benchmarks.fit_confidence [--keep FILE]

The questions are those of benchmarks/development.py. An answer counts as right when its first citation
holds a reference answer (or a right sentence). No reporting set is read.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.development import ROOT, Asked, libraries
from index.adding import add_articles, add_files
from index.article import Article
from index.embedder import Embedder
from index.search import Search
from rag.answer import Answerer, short_words
from rag.confidence import WEIGHTS_FILE, Confidence, Signals
from rag.measure import auc, normalized, token_f1
from rag.question import understand
from rag.reader import TrainedReader
from rag.sentences import SentenceReader, SentenceScorer
from training.data import DataMissing, data_folder

# Other kinds for one. News: few questions, of the kind that Footnote is there for; several: counting for
# one, its near misses cost paraphrases of the others their answers; benchmarks/LOG.md.
COUNTS_FOR = {"news": 2, "several": 0.5}
SHORT_RIGHT = 0.5  # F1 from which words tell what a reference answer tells
SIGNALS_OF_WORDS = ("span", "ahead", "type_fits", "sentence")  # by which right words are told
RISK = 0.2  # of the natural unanswerable questions may get an answer
MISLEADING = {
    "squad",
    "written",
    "several",
}  # kinds whose questions are written to mislead a reader: they have no say in the threshold


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a question: whether it was answerable, whether the answer was right, its signals, and whether the reader's
    words are right in short: None where they are no short answer, or nobody knows."""

    kind: str
    answerable: bool
    right: bool
    signals: Signals
    short: bool | None = None
    asks: str = ""


def main() -> int:
    """Collect, fit, print, and write the weights."""
    options = _parser().parse_args()
    try:
        folder = data_folder()
    except DataMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    embedder = Embedder()
    rows = [row for articles, asked in libraries(folder) for row in _measured(embedder, articles, asked, options.reader)]
    if options.keep:
        options.keep.write_text("\n".join(json.dumps(asdict(row)) for row in rows), encoding="utf-8")
    fitted = fit(rows) | ({"words": fit_words(rows)} if options.reader == "trained" else {})
    print(json.dumps(fitted, indent=1))
    print(table(rows, fitted))
    weights = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8")) | {options.reader: fitted}
    WEIGHTS_FILE.write_text(json.dumps(weights, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fit_confidence", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--keep", type=Path, metavar="FILE", help="also write every question's signals, a line of JSON each")
    parser.add_argument("--reader", choices=["trained", "sentences"], default="trained", help="whose weights these are")
    return parser


def _measured(embedder: Embedder, articles: list[Article], asked: list[Asked], reader: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, Search.open(Path(folder), embedder, create=True) as search:
        added = add_articles(search.library, embedder, articles) if articles else None
        list(added if added is not None else add_files(search.library, embedder, [ROOT / "articles"]))
        scorer = SentenceScorer(embedder)
        chosen = TrainedReader.load() if reader == "trained" else SentenceReader(scorer)
        answerer = Answerer(search, chosen, scorer, Confidence({}, 0.0, 0.0))  # every answer is wanted, none refused
        for one in asked:
            considered = answerer.consider(understand(one.question, one.history))
            if considered.measured:
                quoted = [claim.reading.hit.article.text[claim.start : claim.end] for claim in considered.claims[:1]]
                right = any(_holds(quote, one.right) for quote in quoted)
                words = short_words(considered) if one.short else None
                short = token_f1(words, one.short) >= SHORT_RIGHT if words else None
                yield Row(one.kind, bool(one.right), right, considered.measured, short, considered.query.kind)


def _holds(quote: str, right: Sequence[str]) -> bool:
    told = normalized(quote)
    return any(normalized(answer) in told or told in normalized(answer) for answer in right)


def fit(rows: Sequence[Row]) -> dict[str, object]:
    """Return weights, bias and threshold: logistic regression, kinds weighted by `COUNTS_FOR` whatever their number.

    The weights tell answerable questions from others: whether the right one of two near sentences came first is for the order
    to settle, and only noise to them. A second regression, of their sum, makes it the probability that the answer is right.

    The threshold is the least at which at most `RISK` of the unanswerable questions of each natural kind get an answer.
    """
    names = list(asdict(rows[0].signals))
    matrix = np.array([[asdict(row.signals)[name] for name in names] for row in rows])
    right, answerable = np.array([row.right for row in rows]), np.array([row.answerable for row in rows])
    kinds = [row.kind for row in rows]
    weight = np.array([COUNTS_FOR.get(kind, 1) / kinds.count(kind) for kind in kinds])
    weight *= len(rows) / weight.sum()
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    telling = LogisticRegression(C=0.1, max_iter=2000).fit((matrix - mean) / spread, answerable, sample_weight=weight)
    scores = telling.decision_function((matrix - mean) / spread)
    scaled = LogisticRegression(C=100.0).fit(scores[:, None], right, sample_weight=weight)
    scale = float(scaled.coef_[0][0])
    weights = scale * telling.coef_[0] / spread
    bias = scale * float(telling.intercept_[0]) + float(scaled.intercept_[0]) - float((weights * mean).sum())
    told = 1 / (1 + np.exp(-(matrix @ weights + bias)))
    natural = [told[[row.kind == kind and not row.answerable for row in rows]] for kind in sorted(set(kinds) - MISLEADING)]
    candidates = np.arange(0.05, 0.95, 0.005)
    threshold = next(least for least in candidates if all((some >= least).mean() <= RISK for some in natural))
    return {"weights": _rounded(names, weights), "bias": round(bias, 4), "threshold": round(float(threshold), 3)}


def fit_words(rows: Sequence[Row]) -> dict[str, object]:
    """Return weights and bias of how likely the reader's words are right in short, by `SIGNALS_OF_WORDS`."""
    known = [row for row in rows if row.short is not None]
    matrix = np.array([[getattr(row.signals, name) for name in SIGNALS_OF_WORDS] for row in known])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(matrix, [row.short for row in known])
    return {"weights": _rounded(SIGNALS_OF_WORDS, model.coef_[0]), "bias": round(float(model.intercept_[0]), 4)}


def _rounded(names: Sequence[str], weights: Sequence[float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, weights, strict=True)}


def table(rows: Sequence[Row], fitted: dict[str, object]) -> str:
    """Return AUC and both error rates per kind, as a table in Markdown."""
    confidence = Confidence(fitted["weights"], fitted["bias"], fitted["threshold"])  # type: ignore[arg-type]  # read from JSON
    lines_ = [
        "| kind | questions | right | AUC | answered | refused | right among answered |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in sorted({row.kind for row in rows}):
        mine = [(row, confidence.probability(row.signals)) for row in rows if row.kind == kind]
        yes, no = [p for row, p in mine if row.answerable], [p for row, p in mine if not row.answerable]
        given = [row for row, p in mine if p >= confidence.threshold]
        numbers = (
            np.mean([row.right for row, _ in mine if row.answerable]), auc(yes, no) or 0,
            np.mean(np.array(yes) >= confidence.threshold), np.mean(np.array(no) < confidence.threshold),
            np.mean([row.right for row in given]),
        )  # fmt: skip
        lines_.append(f"| {kind} | {len(mine)} | " + " | ".join(f"{number:.3f}" for number in numbers) + " |")
    return "\n".join(lines_)


if __name__ == "__main__":
    sys.exit(main())
