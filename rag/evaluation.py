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
from rag.types import Answer, Turn

_ROLES = ("user", "assistant")


class QuestionsError(Exception):
    """A file of questions, or a kept report, does not hold what it should; str(error) names the line."""


def read_cases(path: Path) -> Iterator[tuple[Case, tuple[Turn, ...]]]:
    """Yield the cases of a questions file with the conversation before each. Raises `QuestionsError` naming the line."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            given = parsed(line)
            case, history = _case(given, str(number)), _history(given)
        except (ValueError, TypeError) as error:
            raise QuestionsError(f"line {number} of {path.name} is not a question: {error}") from error
        yield case, history


def parsed(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line. Raises ValueError where it is not JSON in UTF-8, TypeError where it is no object."""
    try:
        given = json.loads(line.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(given, dict):
        raise TypeError("it is no JSON object")
    return given


def text_of(given: Mapping[str, Any], name: str) -> str:
    """Return the text that stands under a name. Raises TypeError where it is none, ValueError where it cannot be written."""
    text = given.get(name)
    if not isinstance(text, str):
        raise TypeError(f'"{name}" must be a text, not {json.dumps(text)[:60]}')
    text.encode("utf-8")  # half of a surrogate pair cannot be
    return text


def _texts(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = given.get(name)
    if texts is not None and not (isinstance(texts, list) and all(isinstance(text, str) for text in texts)):
        raise TypeError(f'"{name}" must be a list of texts, not {json.dumps(texts)[:60]}')
    return tuple(texts or ())


def _history(given: Mapping[str, Any]) -> tuple[Turn, ...]:
    turns = given.get("history") or []
    if not isinstance(turns, list) or not all(isinstance(turn, dict) and turn.get("role") in _ROLES for turn in turns):
        raise TypeError('"history" must be a list of {"role": "user" or "assistant", "content"}')
    return tuple(Turn(turn["role"], text_of(turn, "content")) for turn in turns)


def _case(given: Mapping[str, Any], number: str) -> Case:
    unanswerable = given.get("unanswerable", False)
    if not isinstance(unanswerable, bool):
        raise TypeError(f'"unanswerable" must be true or false, not {json.dumps(unanswerable)[:60]}')
    return Case(
        id=str(given.get("id", number)),
        question=text_of(given, "question"),
        answers=_texts(given, "answers"),
        sentences=_texts(given, "sentences"),
        articles=_texts(given, "articles"),
        unanswerable=unanswerable,
        kind=str(given.get("type", "all")),
    )


def run(
    cases: Iterable[tuple[Case, tuple[Turn, ...]]], answerer: Answerer, article: Callable[[str], Article]
) -> Iterator[Outcome]:
    """Ask every question and yield what came of it; every citation is read again from the library's own article."""
    for case, history in cases:
        began = time.perf_counter()
        considered = answerer.consider(answerer.understand(case.question, history))
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


def kept_report(path: Path) -> dict[str, dict[str, float | int | None]]:
    """Return the reports of `by_type` that were kept in a file. Raises `QuestionsError` where it holds something else."""
    try:
        kept = parsed(path.read_bytes())
    except (ValueError, TypeError) as error:
        raise QuestionsError(f"{path.name} is not a kept report: {error}") from error
    for kind, row in kept.items():
        if not isinstance(row, dict) or not all(value is None or isinstance(value, int | float) for value in row.values()):
            raise QuestionsError(f'{path.name} is not a kept report: "{kind}" must hold a number per metric')
    return kept


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
