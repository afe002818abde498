"""The quality boards: writes docs/quality.md and docs/risk_coverage.svg.

    FOOTNOTE_DATA=folder python -m benchmarks.quality [--questions N]

Default articles (benchmarks/questions.jsonl), SQuAD paragraphs (13 pages that nothing was trained on), the second half of
CLAPNQ's development part. All are for reporting: nothing was chosen by them. A board whose data is missing is left out.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.adding import add_articles, add_files
from index.article import Article
from index.embedder import Embedder
from index.readers import first_words
from index.search import Hit, Search
from rag.answer import Answerer
from rag.evaluation import as_table, by_type, read_cases, run
from rag.measure import Case, Outcome, normalized
from rag.question import understand
from training.data import BOARD, DataMissing, data_folder, lines, read_squad

ROOT = Path(__file__).parent.parent
SEED = 20261121


def main() -> int:
    """Run the boards and write their page."""
    options = _parser().parse_args()
    embedder = Embedder()
    default = _default(embedder)
    parts = [_PAGE.format(default=as_table(_without_empty(by_type(default))))]
    outcomes = list(default)
    try:
        folder = data_folder()
        squad, retrieval = _squad(folder, embedder, options.questions)
        clapnq = _clapnq(folder, embedder)
    except DataMissing as missing:
        print(f"only the default articles: {missing}", file=sys.stderr)
    else:
        outcomes += [*squad, *clapnq]
        short = _without_empty({"all": by_type(squad)["all"]})
        parts += [_SQUAD.format(retrieval=retrieval, answers=as_table(short)), _clapnq_part(clapnq)]
    curve = risk_coverage(outcomes)
    (ROOT / "docs" / "risk_coverage.svg").write_text(as_svg(curve), encoding="utf-8")
    parts.append(_CONFIDENCE.format(bins=_calibration(outcomes)))
    (ROOT / "docs" / "quality.md").write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--questions", type=int, default=400, help="how many of the SQuAD questions to ask")
    return parser


@contextmanager
def _library(embedder: Embedder, articles: Sequence[Article] | None) -> Iterator[Search]:
    with tempfile.TemporaryDirectory() as folder, Search.open(Path(folder), embedder, create=True) as search:
        added = add_files(search.library, embedder, [ROOT / "articles"]) if articles is None else None
        list(added if added is not None else add_articles(search.library, embedder, articles or []))
        yield search


def _default(embedder: Embedder) -> list[Outcome]:
    with _library(embedder, None) as search:
        cases = read_cases(ROOT / "benchmarks" / "questions.jsonl")
        return list(run(cases, Answerer.over(search), search.library.get))


def _squad(folder: Path, embedder: Embedder, most: int) -> tuple[list[Outcome], str]:
    examples = read_squad(folder / f"{BOARD}.json.gz", BOARD)
    ids = {context: f"paragraph{number}" for number, context in enumerate(dict.fromkeys(e.context for e in examples))}
    articles = [Article.create(text, title=first_words(text), origin=name, id=name) for text, name in ids.items()]
    sample = random.Random(SEED).sample(examples, min(most, len(examples)))
    cases = [Case(e.id, e.question, tuple(e.context[a:b] for a, b in e.answers), articles=(ids[e.context],)) for e in sample]
    with _library(embedder, articles) as search:
        answerer = Answerer.over(search)
        outcomes = list(run([(case, ()) for case in cases], answerer, search.library.get))
        return outcomes, _parts_of_retrieval(search, cases, outcomes)


def _parts_of_retrieval(search: Search, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> str:
    """Return a table of how often the right paragraph comes first, with each part of the search and with the reader."""
    orders: dict[str, Callable[[Hit], float]] = {
        "vectors": lambda hit: hit.vector_score,
        "keywords": lambda hit: hit.keyword_score,
        "both": lambda hit: hit.score,
    }
    found = [search.search(understand(case.question).text, 50) for case in cases]
    ranks = {
        name: [[hit.article.id for hit in sorted(hits, key=key, reverse=True)] for hits in found]
        for name, key in orders.items()
    }
    ranks["both + reader"] = [list(outcome.ranking) for outcome in outcomes]
    rows = ["| ranked by | R@1 | R@3 | MRR@10 |", "|---|---|---|---|"]
    for name, rankings in ranks.items():
        places = [
            order.index(case.articles[0]) if case.articles[0] in order else None
            for order, case in zip(rankings, cases, strict=True)
        ]
        first = sum(place == 0 for place in places) / len(places)
        third = sum(place is not None and place < 3 for place in places) / len(places)
        mrr = sum(1 / (place + 1) for place in places if place is not None and place < 10) / len(places)
        rows.append(f"| {name} | {first:.3f} | {third:.3f} | {mrr:.3f} |")
    return "\n".join(rows)


def _clapnq(folder: Path, embedder: Embedder) -> list[Outcome]:
    articles, cases = [], []
    for name in ("answerable", "unanswerable"):
        rows = [json.loads(line) for line in lines(folder / f"clapnq_{name}.jsonl.gz")]
        for row in rows[len(rows) // 2 :]:
            passage = row["passages"][0]
            articles.append(Article.create(passage["text"], title=passage["title"], origin=row["id"], id=f"clapnq{row['id']}"))
            references = tuple(output["answer"] for output in row["output"] if output.get("answer"))
            evidence = tuple(s for output in row["output"] for s in output.get("selected_sentences", ()))
            is_answerable = name == "answerable"
            cases.append(
                Case(
                    row["id"],
                    row["input"],
                    references if is_answerable else (),
                    evidence if is_answerable else (),
                    unanswerable=not is_answerable,
                )
            )
    with _library(embedder, articles) as search:
        return list(run([(case, ()) for case in cases], Answerer.over(search), search.library.get))


def _clapnq_part(outcomes: Sequence[Outcome]) -> str:
    answerable = [o for o in outcomes if not o.case.unanswerable]
    told = [" ".join(c.quotation.quote for c in o.answer.citations) for o in answerable]
    scores = [
        max((rouge_l(text, reference) for reference in o.case.answers), default=0.0)
        for text, o in zip(told, answerable, strict=True)
    ]
    given = [score for score, o in zip(scores, answerable, strict=True) if not o.answer.abstained]
    refused = [o.answer.abstained for o in outcomes if o.case.unanswerable]
    return _CLAPNQ.format(
        rouge=sum(scores) / len(scores), given=sum(given) / max(len(given), 1), answered=len(given) / len(answerable),
        refused=sum(refused) / len(refused), answerable=len(answerable), unanswerable=len(refused),
    )  # fmt: skip


def rouge_l(given: str, reference: str) -> float:
    """Return the F1 of the longest common subsequence of normalised tokens, 0 to 1."""
    left, right = normalized(given).split(), normalized(reference).split()
    row = [0] * (len(right) + 1)
    for token in left:
        before = row
        row = [0]
        for place, other in enumerate(right):
            row.append(before[place] + 1 if token == other else max(row[place], before[place + 1]))
    return 2 * row[-1] / (len(left) + len(right)) if row[-1] else 0.0


def _is_right(outcome: Outcome) -> bool:
    """Say whether the answer as written, whether given or not, is right."""
    if outcome.case.unanswerable or not outcome.answer.citations:
        return False
    quotes = [normalized(c.quotation.quote) for c in outcome.answer.citations]
    wanted = [normalized(text) for text in (*outcome.case.sentences, *outcome.case.answers)]
    return any(want in quote or quote in want for quote in quotes for want in wanted)


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Return (coverage, risk) of the answers given, the most confident first: shares of all questions, and of wrong answers."""
    given = sorted((o for o in outcomes if not o.answer.abstained), key=lambda o: -o.answer.confidence)
    points, wrong = [], 0
    for count, outcome in enumerate(given, start=1):
        wrong += not _is_right(outcome)
        points.append((count / len(outcomes), wrong / count))
    return points


def _calibration(outcomes: Sequence[Outcome]) -> str:
    """Return a table: of the answers given with about this confidence, how many were right."""
    given = [o for o in outcomes if not o.answer.abstained]
    rows, error = ["| confidence | answers | right |", "|---|---|---|"], 0.0
    for low in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        high = 0.3 if low == 0 else low + 0.1
        mine = [o for o in given if low <= o.answer.confidence < high or (high > 0.99 and o.answer.confidence >= high)]
        if mine:
            right = sum(map(_is_right, mine)) / len(mine)
            error += len(mine) / len(given) * abs(right - sum(o.answer.confidence for o in mine) / len(mine))
            rows.append(f"| {low:.1f} to {high:.1f} | {len(mine)} | {right:.2f} |")
    return "\n".join(rows) + f"\n\nExpected calibration error over these bins: {error:.3f}."


def as_svg(points: Sequence[tuple[float, float]]) -> str:
    """Return the curve as a picture, 640 x 360."""
    line = " ".join(f"{60 + 540 * coverage:.1f},{320 - 280 * risk:.1f}" for coverage, risk in points)
    grid = "".join(
        f'<text x="{60 + 540 * share:.0f}" y="340" text-anchor="middle">{share:.0%}</text>'
        f'<text x="50" y="{324 - 280 * share:.0f}" text-anchor="end">{share:.0%}</text>'
        f'<path d="M60 {320 - 280 * share:.0f}H600" stroke="#ddd"/>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif" font-size="12">'
        f'<rect width="640" height="360" fill="white"/>{grid}'
        f'<polyline points="{line}" fill="none" stroke="#0b6e4f" stroke-width="2"/>'
        '<text x="330" y="356" text-anchor="middle">coverage: share of all questions that were answered</text>'
        '<text x="14" y="180" text-anchor="middle" transform="rotate(-90 14 180)">'
        "risk: share of answers that were wrong</text></svg>\n"
    )


def _without_empty(reports: dict[str, dict[str, float | int | None]]) -> dict[str, dict[str, float | int | None]]:
    timeless = {"median_ms", "citations"}
    return {kind: {name: value for name, value in row.items() if name not in timeless} for kind, row in reports.items()}


_PAGE = """
# How good the answers are

Written by `python -m benchmarks.quality`; nothing here was used to choose anything. How the questions were made stands in
[benchmarks/QUESTIONS.md](../benchmarks/QUESTIONS.md), what else was tried in [benchmarks/LOG.md](../benchmarks/LOG.md).

## The default articles

`right_sentence_first`: among the answerable questions, the first citation quotes a right sentence (a refusal counts as
wrong). `answered` and `refused_rightly` are the two ways to be right about answering at all, side by side.

{default}
"""
_SQUAD = """
## Paragraphs of 13 encyclopedia pages

Each paragraph is an article of its own, so the right one must be found among hundreds on the same topics. What each
part of the search adds:

{retrieval}

Short answers, asked of the whole library (a refusal counts as no answer):

{answers}
"""
_CLAPNQ = """
## Long answers and refusals: half of CLAPNQ's development part

| | |
|---|---|
| RougeL of the answer to the references, a refusal counting 0 ({answerable} questions) | {rouge:.3f} |
| RougeL of the answers that were given | {given:.3f} |
| answerable questions answered | {answered:.3f} |
| unanswerable questions refused ({unanswerable}) | {refused:.3f} |
"""
_CONFIDENCE = """
## Confidence

Over all questions above: how many are answered, and how many of those answers are wrong, when only the most confident
are given. The curve ends where Footnote begins to refuse.

![Risk against coverage](risk_coverage.svg)

{bins}
"""


if __name__ == "__main__":
    sys.exit(main())
