"""Libraries with questions to choose by, never to report: six kinds, each from data that no report is made of.

- `news`: benchmarks/questions_dev.jsonl on the default articles;
- `clapnq`: half of CLAPNQ, whose unanswerable questions are about pages that the library has;
- `squad`: paragraphs that the reader's training holds out, with adversarial questions and some on other topics;
- `absent`: held-out pages and Natural Questions, half of whose paragraphs are missing, so half of the questions have no answer;
- `written`: the held-out articles of `training/written/`, five to a library; a third of the questions are near misses;
- `several`: questions that want sentences, on the texts of `training/written/selected.jsonl` that are held out, all in one
  library; a third are near misses.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.boards.few import few_at_a_time, told_in
from index.article import Article
from index.readers import first_words
from rag.evaluation import read_cases
from rag.types import Turn
from training.data import Example, is_held_out, lines, read_all
from training.selecting import read_selected
from training.written import NEWS, is_kept, paragraph_name, read_written

ROOT = Path(__file__).parent.parent
SEED = 20261121
PARAGRAPHS = 60  # in each of the small libraries that the held-out paragraphs are made into
LIBRARIES = 6
QUESTIONS = 90  # asked of each of them
SEVERAL = 1400  # questions that want sentences
OTHERS = 700  # paragraphs beside those that answer Natural Questions


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for a library; `right` are strings of which one must be quoted, none: it cannot be answered there. `short`
    are its right answers in short, where the data has such."""

    kind: str
    question: str
    right: tuple[str, ...]
    history: tuple[Turn, ...] = ()
    short: tuple[str, ...] = ()


def libraries(folder: Path) -> Iterator[tuple[list[Article], list[Asked]]]:
    """Yield (articles, questions) of every kind from the data folder; no articles means those of the project."""
    examples = read_all(folder)
    held_out = [example for example in examples if is_held_out(example)]
    yield from _squad_like(held_out)
    yield _absent([e for e in held_out if e.source == "new_wiki"], [])
    yield _absent(
        [e for e in held_out if e.source == "qed_train"],
        [e for e in examples if e.source == "qed_train" and not is_held_out(e)],
    )
    yield _clapnq(folder)
    yield from _written()
    yield _default()
    yield _several(held_out)


def _squad_like(held_out: Sequence[Example]) -> Iterator[tuple[list[Article], list[Asked]]]:
    draw = random.Random(SEED)
    by_paragraph: dict[str, list[Example]] = {}
    for example in held_out:
        by_paragraph.setdefault(example.context, []).append(example)
    adversarial = [context for context, found in by_paragraph.items() if any(not example.answers for example in found)]
    plain = [context for context in by_paragraph if context not in set(adversarial)]
    draw.shuffle(adversarial)
    draw.shuffle(plain)
    half = PARAGRAPHS // 2
    for number in range(LIBRARIES):
        here = [*adversarial[number * half : (number + 1) * half], *plain[number * half : (number + 1) * half]]
        elsewhere = plain[-(number + 1) * half : len(plain) - number * half]
        yield (
            [_article(context, f"paragraph:{number}:{place}") for place, context in enumerate(here)],
            _questions(
                draw,
                [e for context in here for e in by_paragraph[context]],
                [e for context in elsewhere for e in by_paragraph[context]],
            ),
        )


def _questions(draw: random.Random, here: Sequence[Example], elsewhere: Sequence[Example]) -> list[Asked]:
    third = QUESTIONS // 3
    answerable = draw.sample([e for e in here if e.answers], third)
    adversarial = [e for e in here if not e.answers]
    draw.shuffle(adversarial)
    return [
        *(Asked("squad", e.question, _told(e), short=_told(e)) for e in answerable),
        *(Asked("squad", e.question, ()) for e in adversarial[:third]),
        *(Asked("squad", e.question, ()) for e in draw.sample(list(elsewhere), third // 2)),
    ]


def _absent(asked: Sequence[Example], others: Sequence[Example]) -> tuple[list[Article], list[Asked]]:
    """Put half of the paragraphs of `asked`, and some of `others`, into a library, and ask the questions of both halves.

    A question of the missing half is left out where its answer stands somewhere else: it might be answered there.
    """
    draw = random.Random(SEED)
    contexts = sorted({e.context for e in asked})
    draw.shuffle(contexts)
    beside = sorted({e.context for e in others} - set(contexts))
    here = [*contexts[: len(contexts) // 2], *draw.sample(beside, min(OTHERS, len(beside)))]
    present, folded = set(here), "\n".join(here).casefold()
    missing = [e for e in asked if e.context not in present and not any(told.casefold() in folded for told in _told(e))]
    return (
        [_article(context, f"absent:{place}") for place, context in enumerate(here)],
        [
            *(Asked("absent", e.question, _told(e), short=_told(e)) for e in asked if e.context in present),
            *(Asked("absent", e.question, ()) for e in missing),
        ],
    )


def _written() -> Iterator[tuple[list[Article], list[Asked]]]:
    """The kept articles of the first collection; right is the sentence with the answer. Those of the second, which are harder
    than what people ask, choose a reader and no confidence: benchmarks/LOG.md, 2026-11-29."""
    for articles, asked in few_at_a_time([e for e in read_written({}) if is_kept(e) and e.source == NEWS["news"]]):
        yield list(articles.values()), [Asked("written", e.question, told_in(e), short=_told(e)) for e in asked]


def _clapnq(folder: Path) -> tuple[list[Article], list[Asked]]:
    """The first half of each file: the second half is for reporting."""
    articles, asked = [], []
    for name in ("answerable", "unanswerable"):
        rows = [json.loads(line) for line in lines(folder / f"clapnq_{name}.jsonl.gz")]
        for row in rows[: len(rows) // 2]:
            passage = row["passages"][0]
            articles.append(Article.create(passage["text"], title=passage["title"], origin=f"clapnq:{row['id']}"))
            told = [s for output in row["output"] for s in output.get("selected_sentences", ())]
            asked.append(Asked("clapnq", row["input"], tuple(told) if name == "answerable" else ()))
    return articles, asked


def _default() -> tuple[list[Article], list[Asked]]:
    asked = [
        Asked("news", case.question, () if case.unanswerable else case.sentences or case.answers, history, case.answers)
        for case, history in read_cases(ROOT / "benchmarks" / "questions_dev.jsonl")
    ]
    return [], asked


def _several(held_out: Sequence[Example]) -> tuple[list[Article], list[Asked]]:
    titles = {e.context: e.title for e in [*read_written({}), *held_out] if is_held_out(e) or is_kept(e)}
    asked = read_selected({paragraph_name(context): context for context in titles})
    texts = sorted({e.context for e in asked})
    return (
        [Article.create(text, title=titles[text] or first_words(text), origin=f"several:{n}") for n, text in enumerate(texts)],
        [
            Asked("several", e.question, tuple(e.context[start:end] for start, end, belongs in e.sentences if belongs))
            for e in random.Random(SEED).sample(asked, min(SEVERAL, len(asked)))
        ],
    )


def _article(text: str, origin: str) -> Article:
    return Article.create(text, title=first_words(text), origin=origin)


def _told(example: Example) -> tuple[str, ...]:
    return tuple(example.context[start:end] for start, end in example.answers)
