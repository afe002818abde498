"""The second half of CLAPNQ's development part: long answers, and questions that their page does not answer."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.boards.ablation import WHOLE, as_table
from benchmarks.boards.libraries import library_of
from benchmarks.boards.rouge import of_quotations
from index.article import Article
from index.embedder import Embedder
from rag.measure import Case, Outcome
from training.data import lines

_PAGE = """
## Long answers and refusals: half of CLAPNQ's development part

| | |
|---|---|
| RougeL of the answer to the references, a refusal counting 0 ({answerable} questions) | {rouge:.3f} |
| RougeL of the answers that were given | {given:.3f} |
| answerable questions answered | {answered:.3f} |
| unanswerable questions refused ({unanswerable}) | {refused:.3f} |

{ablation}
"""


def board(folder: Path, embedder: Embedder) -> tuple[str, list[Outcome]]:
    """Return the section of the page, and what came of every question."""
    rows = {name: [json.loads(line) for line in lines(folder / f"clapnq_{name}.jsonl.gz")] for name in _NAMES}
    kept = [(row, name == "answerable") for name in _NAMES for row in rows[name][len(rows[name]) // 2 :]]
    with library_of([_article(row) for row, _ in kept], embedder) as opened:
        outcomes = opened.outcomes([(_case(*one), ()) for one in kept])
    return _PAGE.format(ablation=as_table(outcomes), **_numbers(outcomes[WHOLE])), outcomes[WHOLE]


_NAMES = ("answerable", "unanswerable")


def _article(row: dict[str, Any]) -> Article:
    passage = row["passages"][0]
    return Article.create(passage["text"], title=passage["title"], origin=row["id"], id=f"clapnq{row['id']}")


def _case(row: dict[str, Any], is_answerable: bool) -> Case:
    if not is_answerable:
        return Case(row["id"], row["input"], unanswerable=True)
    references = tuple(output["answer"] for output in row["output"] if output.get("answer"))
    evidence = tuple(sentence for output in row["output"] for sentence in output.get("selected_sentences", ()))
    return Case(row["id"], row["input"], references, evidence, articles=(f"clapnq{row['id']}",))


def _numbers(outcomes: Sequence[Outcome]) -> dict[str, float]:
    answerable = [outcome for outcome in outcomes if not outcome.case.unanswerable]
    scores = of_quotations(answerable)
    given = [score for score, outcome in zip(scores, answerable, strict=True) if not outcome.answer.abstained]
    refused = [outcome.answer.abstained for outcome in outcomes if outcome.case.unanswerable]
    return {
        "rouge": sum(scores) / len(scores),
        "given": sum(given) / max(len(given), 1),
        "answered": len(given) / len(answerable),
        "refused": sum(refused) / len(refused),
        "answerable": len(answerable),
        "unanswerable": len(refused),
    }
