"""Fits rag/confidence.json: how likely an answer is right, from signals, on development data only.

    FOOTNOTE_DATA=folder python -m benchmarks.fit_confidence [--keep FILE]

Three kinds of development data, weighted alike: paragraphs that the reader's training holds out (SQuAD-like questions,
adversarial unanswerable ones, and questions on other topics), half of CLAPNQ, and benchmarks/questions_dev.jsonl on the
default articles. An answer counts as right when its first citation holds a reference answer (or a right sentence).
No reporting set is read.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.adding import add_articles, add_files
from index.article import Article
from index.embedder import Embedder
from index.readers import first_words
from index.search import Search
from rag.answer import Answerer
from rag.confidence import WEIGHTS_FILE, Confidence, Signals
from rag.evaluation import read_cases
from rag.measure import auc, normalized
from rag.question import understand
from rag.reader import TrainedReader
from rag.sentences import SentenceReader, SentenceScorer
from rag.types import Turn
from training.data import DataMissing, Example, data_folder, is_held_out, lines, read_all

ROOT = Path(__file__).parent.parent
SEED = 20261121
RISK = 0.2  # of the natural unanswerable questions may get an answer
PARAGRAPHS = 60  # in each of the small libraries that the held-out paragraphs are made into
LIBRARIES = 6
QUESTIONS = 90  # asked of each of them


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for a library; `right` are strings of which one must be quoted, none: it cannot be answered there."""

    group: str
    question: str
    right: tuple[str, ...]
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a question: whether it was answerable, whether the answer was right, and its signals."""

    group: str
    answerable: bool
    right: bool
    signals: Signals


def main() -> int:
    """Collect, fit, print, and write the weights."""
    options = _parser().parse_args()
    try:
        folder = data_folder()
    except DataMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    embedder = Embedder()
    rows = [row for articles, asked in _libraries(folder) for row in _measured(embedder, articles, asked, options.reader)]
    if options.keep:
        options.keep.write_text("\n".join(json.dumps(asdict(row)) for row in rows), encoding="utf-8")
    fitted = fit(rows)
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


def _libraries(folder: Path) -> Iterator[tuple[list[Article], list[Asked]]]:
    yield from _squad_like(folder)
    yield from _clapnq(folder)
    yield _default()


def _squad_like(folder: Path) -> Iterator[tuple[list[Article], list[Asked]]]:
    held_out = [example for example in read_all(folder) if is_held_out(example)]
    draw = random.Random(SEED)
    by_paragraph: dict[str, list[Example]] = {}
    for example in held_out:
        by_paragraph.setdefault(example.context, []).append(example)
    adversarial = [context for context, found in by_paragraph.items() if any(not example.answers for example in found)]
    plain = [context for context in by_paragraph if context not in set(adversarial)]
    draw.shuffle(adversarial)
    draw.shuffle(plain)
    half = PARAGRAPHS // 2
    for number in range(LIBRARIES):
        here = [*adversarial[number * half : (number + 1) * half], *plain[number * half : (number + 1) * half]]
        elsewhere = plain[-(number + 1) * half : len(plain) - number * half]
        yield (
            [_article(context, f"paragraph:{number}:{place}") for place, context in enumerate(here)],
            _questions(
                draw,
                [e for context in here for e in by_paragraph[context]],
                [e for context in elsewhere for e in by_paragraph[context]],
            ),
        )


def _questions(draw: random.Random, here: Sequence[Example], elsewhere: Sequence[Example]) -> list[Asked]:
    third = QUESTIONS // 3
    answerable = draw.sample([e for e in here if e.answers], third)
    adversarial = [e for e in here if not e.answers]
    draw.shuffle(adversarial)
    return [
        *(Asked("squad", e.question, tuple(e.context[start:end] for start, end in e.answers)) for e in answerable),
        *(Asked("squad", e.question, ()) for e in adversarial[:third]),
        *(Asked("squad", e.question, ()) for e in draw.sample(list(elsewhere), third // 2)),
    ]


def _clapnq(folder: Path) -> Iterator[tuple[list[Article], list[Asked]]]:
    """The first half of each file: the second half is for reporting."""
    articles, asked = [], []
    for name in ("answerable", "unanswerable"):
        rows = [json.loads(line) for line in lines(folder / f"clapnq_{name}.jsonl.gz")]
        for row in rows[: len(rows) // 2]:
            passage = row["passages"][0]
            articles.append(Article.create(passage["text"], title=passage["title"], origin=f"clapnq:{row['id']}"))
            right = (
                tuple(s for output in row["output"] for s in output.get("selected_sentences", ()))
                if name == "answerable"
                else ()
            )
            asked.append(Asked("clapnq", row["input"], right))
    yield articles, asked


def _default() -> tuple[list[Article], list[Asked]]:
    asked = [
        Asked("news", case.question, () if case.unanswerable else case.sentences or case.answers, history)
        for case, history in read_cases(ROOT / "benchmarks" / "questions_dev.jsonl")
    ]
    return [], asked


def _article(text: str, origin: str) -> Article:
    return Article.create(text, title=first_words(text), origin=origin)


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
                yield Row(one.group, bool(one.right), any(_holds(quote, one.right) for quote in quoted), considered.measured)


def _holds(quote: str, right: Sequence[str]) -> bool:
    told = normalized(quote)
    return any(normalized(answer) in told or told in normalized(answer) for answer in right)


def fit(rows: Sequence[Row]) -> dict[str, object]:
    """Return weights, bias and threshold: logistic regression, groups weighted alike.

    The threshold is the least at which at most `RISK` of the unanswerable questions of CLAPNQ get an answer, and of those about
    the default articles: people ask such questions. Adversarial ones, written to mislead a reader, have no say in it.
    """
    names = list(asdict(rows[0].signals))
    matrix = np.array([[asdict(row.signals)[name] for name in names] for row in rows])
    right = np.array([row.right for row in rows])
    groups = [row.group for row in rows]
    weight = np.array([1 / groups.count(group) for group in groups])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    model = LogisticRegression(C=0.1, max_iter=2000).fit((matrix - mean) / spread, right, sample_weight=weight * len(rows) / 3)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (weights * mean).sum())
    told = 1 / (1 + np.exp(-(matrix @ weights + bias)))
    natural = [told[[row.group == group and not row.answerable for row in rows]] for group in ("clapnq", "news")]
    candidates = np.arange(0.05, 0.95, 0.005)
    threshold = next(least for least in candidates if all((some >= least).mean() <= RISK for some in natural))
    rounded = {name: round(float(value), 4) for name, value in zip(names, weights, strict=True)}
    return {"weights": rounded, "bias": round(bias, 4), "threshold": round(float(threshold), 3)}


def table(rows: Sequence[Row], fitted: dict[str, object]) -> str:
    """Return AUC and both error rates per group, as a table in Markdown."""
    confidence = Confidence(fitted["weights"], fitted["bias"], fitted["threshold"])  # type: ignore[arg-type]  # read from JSON
    lines_ = [
        "| group | questions | right | AUC | answered | refused | right among answered |",
        "|---|---|---|---|---|---|---|",
    ]
    for group in sorted({row.group for row in rows}):
        mine = [(row, confidence.probability(row.signals)) for row in rows if row.group == group]
        yes, no = [p for row, p in mine if row.answerable], [p for row, p in mine if not row.answerable]
        given = [row for row, p in mine if p >= confidence.threshold]
        numbers = (
            np.mean([row.right for row, _ in mine if row.answerable]), auc(yes, no) or 0,
            np.mean(np.array(yes) >= confidence.threshold), np.mean(np.array(no) < confidence.threshold),
            np.mean([row.right for row in given]),
        )  # fmt: skip
        lines_.append(f"| {group} | {len(mine)} | " + " | ".join(f"{number:.3f}" for number in numbers) + " |")
    return "\n".join(lines_)


if __name__ == "__main__":
    sys.exit(main())
