"""Questions about the default articles, made for this project: benchmarks/QUESTIONS.md."""

from benchmarks.boards.ablation import WHOLE, as_table, table_by_type
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


def board(embedder: Embedder) -> tuple[str, list[Outcome]]:
    """Return the section of the page, and what came of every question."""
    with library_of(ROOT / "articles", embedder) as opened:
        outcomes = opened.outcomes(list(evaluation.read_cases(ROOT / "benchmarks" / "questions.jsonl")))
    return _PAGE.format(types=table_by_type(outcomes[WHOLE]), ablation=as_table(outcomes)), outcomes[WHOLE]
