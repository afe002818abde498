"""Measures a reader: `python -m training.evaluate [--board] [FOLDER]`, data from FOOTNOTE_DATA, one JSON object on stdout.

Development part (default): paragraphs that training never saw. `--board`: SQuAD 1.1 articles that are for reporting only.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.article import Article
from index.passages import split as split_article
from rag.reader import MODEL_FOLDER, Span, TrainedReader
from training.bm25 import BM25
from training.data import BOARD, Example, data_folder, lines, read_all, read_board, read_squad
from training.measures import auc, exact, f1, normalised, overall
from training.mix import split
from training.negatives import Pairing, changed, names
from training.ranking import fused
from training.written import NEWS, is_kept, kind, read_written

SEED = 7
POOL = 856  # paragraphs to search in development: as many as the reporting board has
DEPTH = 8
RERANK_WEIGHTS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=MODEL_FOLDER)
    parser.add_argument("--board", action="store_true", help="the reporting board instead: look once, do not choose by it")
    parser.add_argument("--limit", type=int, default=600, help="questions per part (default 600)")
    chosen = parser.parse_args()
    reader = TrainedReader.load(chosen.folder)
    if chosen.board:
        everything = read_squad(data_folder() / f"{BOARD}.json.gz", BOARD)
        result = board(reader, read_board(data_folder()), list(dict.fromkeys(e.context for e in everything)), chosen.limit)
    else:
        result = development(reader, split(read_all(data_folder()))[1], chosen.limit)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


def development(reader: TrainedReader, held_out: Sequence[Example], limit: int) -> dict[str, object]:
    """Measure short answers by set; refusals by kind; search with reading on held-out SQuAD paragraphs."""
    rng = random.Random(SEED)
    result: dict[str, object] = {}
    for source in dict.fromkeys(e.source for e in held_out):
        own = [e for e in held_out if e.source == source and e.answers]
        if own:
            result[source] = answers(reader, rng.sample(own, min(limit, len(own))))
    squad = [e for e in held_out if e.source == "squad_train_orig"]
    adversarial = [e for e in held_out if e.source == "squad2_train_unans"]
    shared = {e.context for e in squad} & {e.context for e in adversarial}  # else the paragraph may give the label away
    answerable, unanswerable = ([e for e in part if e.context in shared] for part in (squad, adversarial))
    result["squad"] = refusals(reader, answerable, rng.sample(unanswerable, min(2 * limit, len(unanswerable))))
    for source in ("squad_train_orig", "new_wiki", "qed_train", "qamr"):
        own = [e for e in held_out if e.source == source and e.answers][: limit // 2]
        result[f"{source} by kind"] = kinds(reader, own, rng)
    result |= {source: written(reader, source) for source in NEWS.values()}
    result["news"] = news(reader, data_folder() / "realtimeqa_2023h1", limit)
    contexts = list(dict.fromkeys(e.context for e in [*squad, *adversarial, *held_out]))[:POOL]
    result["search"] = search(reader, [e for e in squad if e.context in set(contexts)][:limit], contexts)
    return result


def board(reader: TrainedReader, examples: Sequence[Example], contexts: Sequence[str], limit: int) -> dict[str, object]:
    """Measure the reporting board: every question on its own paragraph, `limit` of them searched among all paragraphs."""
    sample = random.Random(SEED).sample(list(examples), min(limit, len(examples)))
    return {"answers": answers(reader, examples), "search": search(reader, sample, contexts)}


def written(reader: TrainedReader, source: str) -> dict[str, object]:
    """Measure on the kept news of one collection: every question beside all passages of its article; the likeliest counts.

    "Q" are asked as people ask, "P" paraphrased, each against the near misses of all articles.
    """
    kept = [e for e in read_written({}) if is_kept(e) and e.source == source]
    likeliest: dict[str, list[tuple[Span, float]]] = {"Q": [], "P": [], "N": []}
    for context in dict.fromkeys(e.context for e in kept):
        texts = [passage.text for passage in split_article(Article.create(context, title="Untitled", origin="written"))]
        for example in (e for e in kept if e.context == context):
            found = zip(reader.read(example.question, texts), texts, strict=True)
            span, text = min(found, key=lambda one: one[0].no_answer_score)
            likeliest[kind(example)].append((span, f1(text[span.start : span.end], _references(example) or [""])))
    missed = [span for span, _ in likeliest["N"]]
    return {
        name: {
            "questions": len(likeliest[name]),
            "f1": round(100 * float(np.mean([score for _, score in likeliest[name]])), 1),
            **aucs([span for span, _ in likeliest[name]], missed),
        }
        for name in ("Q", "P")
    }


def news(reader: TrainedReader, folder: Path, limit: int) -> dict[str, object]:
    """Measure on quiz questions about the news (evaluated, never learned from; labels by string match, so a few are wrong).

    Right: a passage with an answer string among the five that match the question best by keywords. Wrong: the best match of
    another article, without an answer string.
    """
    articles = [json.loads(line) for line in lines(folder / "corpus.jsonl.gz")]
    passages = [(a["doc_id"], text) for a in articles for text in _hundred_words(a["text"])]
    index, folded = BM25([text for _, text in passages]), [normalised(text) for _, text in passages]
    good: list[Span] = []
    bad: list[Span] = []
    hits = 0.0
    questions = [json.loads(line) for line in lines(folder / "queries.jsonl.gz")]
    for question in random.Random(SEED).sample(questions, min(limit, len(questions))):
        keys, top = [normalised(a) for a in question["answers"]], index.top(question["question"], 40)
        has = {n: any(f" {key} " in f" {folded[n]} " for key in keys) for n in top}
        right = next((n for n in top[:5] if has[n]), None)
        if right is None:
            continue
        wrong = next((n for n in top if not has[n] and passages[n][0] != passages[right][0]), None)
        if wrong is None:
            continue
        text = passages[right][1]
        a, b = reader.read(question["question"], [text, passages[wrong][1]])
        good.append(a)
        bad.append(b)
        hits += f1(text[a.start : a.end], question["answers"])
    return {"questions": len(good), "f1": round(100 * hits / len(good), 1), **aucs(good, bad)}


def _hundred_words(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[n : n + 100]) for n in range(0, len(words), 100)]


def answers(reader: TrainedReader, examples: Sequence[Example]) -> dict[str, float]:
    """Return EM and F1 in per cent, each question read on its own paragraph."""
    spans = [reader.read(e.question, [e.context])[0] for e in examples]
    return {"questions": len(spans), **_em_f1(examples, spans)}


def refusals(reader: TrainedReader, answerable: Sequence[Example], unanswerable: Sequence[Example]) -> dict[str, float]:
    """Return EM, F1, AUC of several signals and the overall F1 with its threshold."""
    good = [reader.read(e.question, [e.context])[0] for e in answerable]
    bad = [reader.read(e.question, [e.context])[0] for e in unanswerable]
    weighed = [
        (s.no_answer_score, f1(e.context[s.start : s.end], _references(e))) for e, s in zip(answerable, good, strict=True)
    ]
    best, threshold = overall(weighed, [s.no_answer_score for s in bad])
    return {**_em_f1(answerable, good), **aucs(good, bad), "overall_f1": round(100 * best, 1), "threshold": round(threshold, 2)}


def aucs(good: Sequence[Span], bad: Sequence[Span]) -> dict[str, float]:
    """Return the AUC of the no-answer score, and of the span's score alone."""
    return {
        "auc": round(auc([-s.no_answer_score for s in good], [-s.no_answer_score for s in bad]), 3),
        "auc_span": round(auc([s.score for s in good], [s.score for s in bad]), 3),
    }


def kinds(reader: TrainedReader, answerable: Sequence[Example], rng: random.Random) -> dict[str, object]:
    """Return the AUC of refusing each kind of made unanswerable question."""
    good = [reader.read(e.question, [e.context])[0] for e in answerable]
    pairing = Pairing(list(dict.fromkeys(e.context for e in answerable)))
    foreign = sorted({name for e in answerable for name in names(e.question)})
    made = {
        "paired": [n for e in answerable if (n := pairing.negative(e, rng, choices=1))],
        "changed": [n for e in answerable if (n := changed(e, foreign, rng))],
    }
    return {
        kind: {"questions": len(examples), **aucs(good, [reader.read(e.question, [e.context])[0] for e in examples])}
        for kind, examples in made.items()
        if examples
    }


def search(reader: TrainedReader, examples: Sequence[Example], contexts: Sequence[str]) -> dict[str, object]:
    """Return R@1 of keywords, vectors, both (min-max normalised, averaged), and both with the reader at several weights."""
    from index.embedder import Embedder

    embedder = Embedder()
    index, rows = BM25(contexts), embedder.vectors(list(contexts))
    vectors = embedder.vectors([e.question for e in examples])
    hits: dict[str, int] = {}
    for example, vector in zip(examples, vectors, strict=True):
        keyword, cosine = index.scores(example.question), rows @ vector
        both = fused(keyword, cosine)
        top = np.argsort(-both, kind="stable")[:DEPTH]
        spans = reader.read(example.question, [contexts[n] for n in top])
        ranked = {"keywords": int(np.argmax(keyword)), "vectors": int(np.argmax(cosine))}
        for weight in RERANK_WEIGHTS:
            joined = [
                (both[n] + weight * s.score, both[n] - weight * s.no_answer_score) for n, s in zip(top, spans, strict=True)
            ]
            ranked[f"score*{weight}"] = int(top[np.argmax([a for a, _ in joined])])
            ranked[f"no_answer*{weight}"] = int(top[np.argmax([b for _, b in joined])])
        ranked["in top 8"] = next((int(n) for n in top if contexts[n] == example.context), -1)
        for name, n in ranked.items():
            hits[name] = hits.get(name, 0) + (n >= 0 and contexts[n] == example.context)
    return {"questions": len(examples), **{name: round(count / len(examples), 3) for name, count in hits.items()}}


def _references(example: Example) -> list[str]:
    return [example.context[start:end] for start, end in example.answers]


def _em_f1(examples: Sequence[Example], spans: Sequence[Span]) -> dict[str, float]:
    pairs = [(e.context[s.start : s.end], _references(e)) for e, s in zip(examples, spans, strict=True)]
    return {
        "em": round(100 * float(np.mean([exact(found, references) for found, references in pairs])), 1),
        "f1": round(100 * float(np.mean([f1(found, references) for found, references in pairs])), 1),
    }


if __name__ == "__main__":
    main()
