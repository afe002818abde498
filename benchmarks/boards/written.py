"""Questions about 26 fictional news articles, written for this project and kept for reporting: training/written.py."""

from benchmarks.boards.ablation import WHOLE, as_table, table_by_type
from benchmarks.boards.few import few_at_a_time, told_in
from benchmarks.boards.libraries import library_of
from index.article import Article
from index.embedder import Embedder
from rag.measure import Case, Outcome
from training.data import Example
from training.written import kind, read_reported

_PAGE = """
## News articles that were written for it

{articles} fictional articles about allies and their patrons, five to a library: `asked` as people ask, `paraphrased` with at
most one word in common with the sentence that answers, `near_miss` about the same people, places and events, but not told.
Near misses are far more frequent here than where people ask, so this board has no part in the curve of risk below.

{types}

{ablation}
"""
_KINDS = {"Q": "asked", "P": "paraphrased", "N": "near_miss"}


def board(embedder: Embedder) -> tuple[str, list[Outcome]]:
    """Return the section of the page, and what came of every question."""
    outcomes: dict[str, list[Outcome]] = {}
    examples = read_reported()
    for articles, asked in few_at_a_time(examples):
        with library_of(articles.values(), embedder) as opened:
            cases = [(_case(example, articles[example.context]), ()) for example in asked]
            for name, of_stage in opened.outcomes(cases).items():
                outcomes.setdefault(name, []).extend(of_stage)
    count = len({example.context for example in examples})
    return _PAGE.format(articles=count, types=table_by_type(outcomes[WHOLE]), ablation=as_table(outcomes)), outcomes[WHOLE]


def _case(example: Example, article: Article) -> Case:
    return Case(
        example.id,
        example.question,
        tuple(example.context[a:b] for a, b in example.answers),
        told_in(example),
        articles=(article.id,) if example.answers else (),
        unanswerable=not example.answers,
        kind=_KINDS[kind(example)],
    )
