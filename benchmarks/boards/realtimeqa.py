"""A news archive of 4,313 articles and the weekly quiz questions that they were found for.

Answerable questions are asked of the whole archive. Questions whose answer no article of earlier weeks holds are asked of an
archive that grows: each before the articles of its week are there. Those are unanswerable by nature, not by design.
"""

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks import corpus
from benchmarks.boards.ablation import WHOLE, as_table, stages
from index.article import Article, Passage
from index.changes import Prepared
from index.embedder import Embedder
from index.library import Library
from index.search import Search
from rag.measure import Case, Outcome, normalized, report

SEED = 20261121
_PAGE = """
## A news archive

{articles} articles, {passages} passages (RealTimeQA, first half of 2023). {answerable} questions of a weekly quiz are asked of
all of it, a sample of the {pool} that some article answers and all {gold} that name the right article (only these count for hit
and MRR). {unanswerable} more, a sample too, are asked when no article there holds the answer yet. "Right": an answer's words
are quoted.

{ablation}

The answer's words occur in the first article found: {first:.3f}; in the first three: {third:.3f}; in the first eight:
{eighth:.3f}.
Answerable questions answered: {answered:.3f}; unanswerable questions refused: {refused:.3f}.
"""


def board(folder: Path, embedder: Embedder, most: int) -> tuple[str, list[Outcome]]:
    """Return the section of the page, and what came of every question. `folder` holds the whole archive, added."""
    with stages(folder, embedder) as opened:
        library = opened.search.library
        ids = {listed.url: listed.id for listed in library.articles() if listed.url}
        names = {article["doc_id"]: ids[article["url"]] for article in corpus.articles() if article["url"] in ids}
        pool = [row for row in corpus.questions() if row["answer_docs"]]
        gold = [row for row in pool if row["gold_docs"]]
        asked = [
            (_case(row, names), ()) for row in [*gold, *_sample([r for r in pool if not r["gold_docs"]], most - len(gold))]
        ]
        outcomes = opened.outcomes(asked)
        found = [_first_with_answer(outcome, library) for outcome in outcomes[WHOLE]]
        state = library.state()
    late = _sample([row for row in corpus.questions() if not row["answer_in_earlier_weeks"]], most)
    for name, early in _asked_too_early(folder, embedder, late).items():
        outcomes[name] += early
    told = report(outcomes[WHOLE])
    section = _PAGE.format(
        articles=state.articles, passages=state.passages, answerable=len(asked), pool=len(pool), gold=len(gold),
        unanswerable=len(late), ablation=as_table(outcomes), answered=told["answered"], refused=told["refused_rightly"],
        **{name: sum(place < k for place in found) / len(found) for name, k in (("first", 1), ("third", 3), ("eighth", 8))},
    )  # fmt: skip
    return section, outcomes[WHOLE]


def _sample(rows: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    return random.Random(SEED).sample(list(rows), min(max(most, 0), len(rows)))


def _case(row: dict[str, Any], names: dict[str, str]) -> Case:
    gold = tuple(names[name] for name in row["gold_docs"] if name in names)
    return Case(row["id"], row["question"], tuple(row["answers"]), articles=gold)


def _first_with_answer(outcome: Outcome, library: Library) -> int:
    """Return the place of the first article with an answer's words, from 0; a thousand when none has them."""
    answers = [f" {normalized(answer)} " for answer in outcome.case.answers]
    for place, name in enumerate(outcome.ranking):
        text = f" {normalized(library.get(name).text)} "
        if any(answer in text for answer in answers):
            return place
    return 1000


def _asked_too_early(folder: Path, embedder: Embedder, rows: Sequence[dict[str, Any]]) -> dict[str, list[Outcome]]:
    """Ask each question of a library of the articles that were there before its week."""
    weeks = {article["url"]: article["first_week"] for article in corpus.articles()}
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as temporary, Library.open(folder) as archive:
        growing = Path(temporary) / "data"
        waiting = sorted(_prepared(archive), key=lambda one: weeks.get(one.article.url or "", ""))
        with Search.open(growing, embedder, create=True) as search:
            search.save()
        for week, of_week in groupby(sorted(rows, key=lambda row: row["week"]), key=lambda row: row["week"]):
            there = [one for one in waiting if weeks.get(one.article.url or "", "") < week]
            waiting = waiting[len(there) :]
            with Search.open(growing, embedder) as search:
                search.library.put(there)
                search.save()
            asked = [(Case(row["id"], row["question"], unanswerable=True), ()) for row in of_week]
            with stages(growing, embedder) as opened:
                for name, early in opened.outcomes(asked).items():
                    outcomes[name] += early
    return outcomes


def _prepared(archive: Library) -> Iterator[Prepared]:
    """Yield every article with its passages and vectors, as the archive stores them: nothing is embedded again."""
    passages: dict[str, list[Passage]] = defaultdict(list)
    numbers: dict[str, list[int]] = defaultdict(list)
    articles: dict[str, Article] = {}
    with archive.reading() as snapshot:
        every = snapshot.numbers().tolist()
        for first in range(0, len(every), 2000):
            for number, (passage, article) in sorted(snapshot.passages(every[first : first + 2000]).items()):
                passages[article.id].append(passage)
                numbers[article.id].append(number)
                articles[article.id] = article
        for name, article in articles.items():
            yield Prepared(article, passages[name], snapshot.vectors(numbers[name]))
