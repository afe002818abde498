"""SQuAD 1.1 questions on the four pages that nothing was trained on, asked of the paragraphs of all 13 at once."""

import random
from pathlib import Path

from benchmarks.boards.ablation import WHOLE, as_table
from benchmarks.boards.libraries import library_of
from index.article import Article
from index.embedder import Embedder
from index.readers import first_words
from rag.measure import Case, Outcome, report
from training.data import BOARD, is_reported, read_squad

SEED = 20261121
_PAGE = """
## Paragraphs of 13 encyclopedia pages

Each of {paragraphs} paragraphs is an article of its own, so the right one must be found among hundreds on the same topics.
Asked are {questions} questions, all answerable, on the four pages that the reader never learned from.

{ablation}

Short answers, a refusal counting as none: EM {em:.3f}, F1 {f1:.3f}.
"""


def board(folder: Path, embedder: Embedder, most: int) -> tuple[str, list[Outcome]]:
    """Return the section of the page, and what came of every question."""
    examples = read_squad(folder / f"{BOARD}.json.gz", BOARD)
    ids = {context: f"paragraph{number}" for number, context in enumerate(dict.fromkeys(e.context for e in examples))}
    articles = [Article.create(text, title=first_words(text), origin=name, id=name) for text, name in ids.items()]
    reported = [e for e in examples if is_reported(e)]
    sample = random.Random(SEED).sample(reported, min(most, len(reported)))
    cases = [Case(e.id, e.question, tuple(e.context[a:b] for a, b in e.answers), articles=(ids[e.context],)) for e in sample]
    with library_of(articles, embedder) as opened:
        outcomes = opened.outcomes([(case, ()) for case in cases])
    told = report(outcomes[WHOLE])
    section = _PAGE.format(
        paragraphs=len(ids), questions=len(cases), ablation=as_table(outcomes), em=told["short_em"], f1=told["short_f1"]
    )
    return section, outcomes[WHOLE]
