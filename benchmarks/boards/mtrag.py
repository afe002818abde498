"""MTRAG's follow-up questions: found with the conversation before them, without it, and with all of it as the question."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.boards.ablation import WHOLE, Asked, as_table
from benchmarks.boards.libraries import library_of
from benchmarks.boards.rouge import of_quotations
from index.article import Article
from index.embedder import Embedder
from rag.evaluation import run
from rag.measure import Case, Outcome, report
from rag.types import Turn

_PAGE = """
## Follow-ups

{count} questions of MTRAG that come later in a conversation, asked of the {documents} passages that belong to any of them.
The set has no rewritten questions to compare with; the whole conversation as one question stands for them.

| asked | hit@1 | hit@3 | mrr@10 | RougeL to the reference answer | answered | unanswerable refused ({unanswerable}) |
|---|---|---|---|---|---|---|
{rows}

The parts of answering, with the conversation (right: one of the right passages is quoted):

{ablation}
"""


def board(folder: Path, embedder: Embedder) -> tuple[str, list[Outcome]]:
    """Return the section of the page, and what came of every question asked with its conversation."""
    name = "mtrag_reference_subset_with_human_evaluations.json.gz"
    with gzip.open(folder / name, "rt", encoding="utf-8") as stream:
        data = json.load(stream)
    texts = {document["document_id"]: document["text"] for document in data["documents"]}
    asked = [_asked(task, texts) for task in data["tasks"] if int(task["Turn"]) > 1 and task["Answerability"] != _SMALL_TALK]
    ways = {
        "the last question alone": [(case, ()) for case, _ in asked],
        "all questions of the conversation as one": [_joined(*one) for one in asked],
    }
    with library_of([_article(document) for document in data["documents"]], embedder) as opened:
        answerer, article = opened.answerers[WHOLE], opened.search.library.get
        outcomes = {way: list(run(of_way, answerer, article)) for way, of_way in ways.items()}
        parts = opened.outcomes(asked)
    rows = [_row(way, of_way) for way, of_way in {**outcomes, "with the conversation": parts[WHOLE]}.items()]
    refusable = sum(case.unanswerable for case, _ in asked)
    section = _PAGE.format(
        count=len(asked), documents=len(texts), unanswerable=refusable, rows="\n".join(rows), ablation=as_table(parts)
    )
    return section, parts[WHOLE]


_SMALL_TALK = ["CONVERSATIONAL"]


def _article(document: dict[str, Any]) -> Article:
    name = document["document_id"]
    return Article.create(document["text"], title=document.get("title") or name, origin=name, id=name)


def _asked(task: dict[str, Any], texts: dict[str, str]) -> Asked:
    *before, last = task["input"]
    history = [Turn("user" if turn["speaker"] == "user" else "assistant", turn["text"].strip()) for turn in before]
    documents = tuple(context["document_id"] for context in task["contexts"])
    if task["Answerability"] == ["UNANSWERABLE"]:
        return Case(task["task_id"], last["text"].strip(), unanswerable=True), history
    references = tuple(target["text"] for target in task["targets"])
    passages = tuple(texts[name] for name in documents)
    return Case(task["task_id"], last["text"].strip(), references, passages, articles=documents), history


def _joined(case: Case, history: Sequence[Turn]) -> Asked:
    turns = [turn.content for turn in history if turn.role == "user"]
    return replace(case, question=" ".join([*turns, case.question])), ()


def _row(way: str, outcomes: Sequence[Outcome]) -> str:
    told = report(outcomes)
    scores = of_quotations([outcome for outcome in outcomes if not outcome.case.unanswerable])
    cells = [told["hit@1"], told["hit@3"], told["mrr@10"], sum(scores) / len(scores), told["answered"], told["refused_rightly"]]
    return f"| {way} | " + " | ".join("" if cell is None else f"{cell:.3f}" for cell in cells) + " |"
