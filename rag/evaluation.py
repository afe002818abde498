"""Runs questions against an answerer and sums up what came of them. Knows no web; the metrics are in rag/measure.py.

A line of a questions file: {"id", "question", "answers": [...], "unanswerable": false, "articles": [ids, optional],
"sentences": [verbatim, optional], "type": "who" (optional), "history": [...] (optional)}.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from index.article import Article
from rag.answer import Answerer
from rag.measure import Case, Outcome, report
from rag.question import understand
from rag.types import Answer, Turn


class QuestionsError(Exception):
    """A questions file does not hold what it should; str(error) names the line."""


def read_cases(path: Path) -> Iterator[tuple[Case, tuple[Turn, ...]]]:
    """Yield the cases of a questions file with the conversation before each. Raises `QuestionsError` naming the line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            given: dict[str, Any] = json.loads(line)
            yield _case(given, str(number)), tuple(Turn(turn["role"], turn["content"]) for turn in given.get("history") or ())
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise QuestionsError(f"line {number} of {path.name} is not a question: {error!r}") from error


def _case(given: Mapping[str, Any], number: str) -> Case:
    return Case(
        id=str(given.get("id", number)),
        question=given["question"],
        answers=tuple(given.get("answers") or ()),
        sentences=tuple(given.get("sentences") or ()),
        articles=tuple(given.get("articles") or ()),
        unanswerable=bool(given.get("unanswerable", False)),
        kind=str(given.get("type", "all")),
    )


def run(
    cases: Iterable[tuple[Case, tuple[Turn, ...]]], answerer: Answerer, article: Callable[[str], Article]
) -> Iterator[Outcome]:
    """Ask every question and yield what came of it; every citation is read again from the library's own article."""
    for case, history in cases:
        began = time.perf_counter()
        considered = answerer.consider(understand(case.question, history))
        answer = answerer.decide(case.question, considered)
        elapsed = 1000 * (time.perf_counter() - began)
        ranking = tuple(dict.fromkeys(reading.hit.article.id for reading in considered.readings))
        yield Outcome(case, answer, ranking, _exact(answer, article), elapsed)


def _exact(answer: Answer, article: Callable[[str], Article]) -> int:
    cited = [citation.quotation for citation in answer.citations]
    return sum(article(quote.article_id).text[quote.start : quote.end] == quote.quote for quote in cited)


def by_type(outcomes: list[Outcome]) -> dict[str, dict[str, float | int | None]]:
    """Return the report over everything under "all", and one per type of question."""
    types = sorted({outcome.case.kind for outcome in outcomes} - {"all"})
    return {"all": report(outcomes)} | {name: report([o for o in outcomes if o.case.kind == name]) for name in types}


def as_table(reports: Mapping[str, Mapping[str, float | int | None]], baseline: Mapping[str, Any] | None = None) -> str:
    """Return the reports as a table in Markdown, a row per type; with a baseline, the change behind each number."""
    columns = [name for name in reports["all"] if any(row[name] is not None for row in reports.values())]
    lines = ["| type | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for kind, row in reports.items():
        before = (baseline or {}).get(kind, {})
        lines.append(f"| {kind} | " + " | ".join(_cell(row[name], before.get(name)) for name in columns) + " |")
    return "\n".join(lines)


def _cell(value: float | None, before: float | None) -> str:
    if value is None:
        return ""
    shown = str(value) if isinstance(value, int) else f"{value:.3f}"
    return shown if before is None or before == value else f"{shown} ({value - before:+.3f})"
