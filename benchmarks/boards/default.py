"""Questions about the default articles, made for this project: benchmarks/QUESTIONS.md."""

from benchmarks.boards.ablation import WHOLE, as_table
from benchmarks.boards.libraries import ROOT, library_of
from index.embedder import Embedder
from rag import evaluation
from rag.measure import Outcome

_PAGE = """
## The default articles

`right_sentence_first`: among the answerable questions, the first citation quotes a right sentence (a refusal counts as
wrong). `answered` and `refused_rightly` are the two ways to be right about answering at all, side by side.

{types}

{ablation}
"""
_TIMELESS = {"median_ms", "citations"}


def board(embedder: Embedder) -> tuple[str, list[Outcome]]:
    """Return the section of the page, and what came of every question."""
    with library_of(ROOT / "articles", embedder) as opened:
        outcomes = opened.outcomes(list(evaluation.read_cases(ROOT / "benchmarks" / "questions.jsonl")))
    reports = evaluation.by_type(outcomes[WHOLE])
    kept = {kind: {name: value for name, value in row.items() if name not in _TIMELESS} for kind, row in reports.items()}
    return _PAGE.format(types=evaluation.as_table(kept), ablation=as_table(outcomes)), outcomes[WHOLE]
