"""The public data sets become examples: question, context, and the answer's place in it, or none. Knows no network.

What each set is, and its licence, stands in `rag/reader_model/README.md`. The folder comes from `FOOTNOTE_DATA`.
Offsets are code points into `context`, half open.
"""

import gzip
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DEV_SHARE = 12  # one paragraph in twelve of every set is kept for choosing, on neither side twice
BOARD = "squad11_articles_not_in_v2"  # a third of its pages is for reporting: see `is_reported`
PAGES = "squad11_pages"  # the other pages of the same file, to learn from
SHIFTS = ("new_wiki", "reddit", "amazon_reviews")
ROWS = (
    "squad_train_orig", "squad2_train_unans", "qed_train", "timeqa_windows", "quoref_dev",
    "multispanqa", "tatqa", "qamr", "fairytaleqa",
)  # fmt: skip
_WORD = re.compile(r"\w+")


class DataMissing(Exception):
    """The data folder is not named or lacks a file; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question on one context. `answers` are (start, end), the first is the one to learn; empty: unanswerable.

    `sentences` are (start, end, belongs): whether it belongs to a complete answer; of others nothing is known. Where one
    belongs and there are no `answers`, the answer lies somewhere in these. `is_known`: whether the text answers, or not.
    """

    id: str
    source: str
    title: str
    context: str
    question: str
    answers: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int, bool], ...] = ()
    is_known: bool = True

    @property
    def is_answered(self) -> bool:
        """Say whether the context answers, in words or in sentences that are known."""
        return bool(self.answers) or any(belongs for *_, belongs in self.sentences)


def data_folder() -> Path:
    """Return the folder of the data sets, from the variable `FOOTNOTE_DATA`."""
    named = os.environ.get("FOOTNOTE_DATA")
    if not named:
        raise DataMissing("FOOTNOTE_DATA is not set; set it to the folder that holds the data sets")
    folder = Path(named)
    if not folder.is_dir():
        raise DataMissing(f"FOOTNOTE_DATA={named} is not a folder; set it to the folder that holds the data sets")
    return folder


def read_rows(folder: Path, name: str) -> list[Example]:
    """Read one of the sets in the common format of `train/`."""
    found = []
    for line in lines(folder / "train" / f"{name}.jsonl.gz"):
        row = json.loads(line)
        context = row["context"]
        spans = [(a["start"], a["start"] + len(a["text"])) for a in row["answers"]]
        if name == "multispanqa":
            spans = spans[:1]
        found.append(Example(row["id"], name, row["title"], context, row["question"].strip(), _trimmed(context, spans)))
    return found


def read_squad(path: Path, source: str) -> list[Example]:
    """Read a file in SQuAD 1.1 format; the first answer is the one that most annotators gave."""
    found = []
    for article in json.loads(_text(path))["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for qa in paragraph["qas"]:
                counted = Counter((a["answer_start"], a["answer_start"] + len(a["text"])) for a in qa["answers"])
                spans = _trimmed(context, [span for span, _ in counted.most_common()])
                found.append(Example(qa["id"], source, article["title"], context, qa["question"].strip(), spans))
    return found


def read_all(folder: Path) -> list[Example]:
    """Return every example that may be learned from, in a fixed order; pages for reporting are left out."""
    pages = read_squad(folder / f"{BOARD}.json.gz", PAGES)
    elsewhere = {paragraph_key(e.context) for e in pages}
    shifts = [read_squad(folder / f"squadshifts_{name}.json.gz", name) for name in SHIFTS]
    parts = [*shifts, *(read_rows(folder, name) for name in ROWS)]
    others = [example for part in parts for example in part if paragraph_key(example.context) not in elsewhere]
    return [*others, *(example for example in pages if not is_reported(example))]


def read_board(folder: Path) -> list[Example]:
    """Return the questions for reporting: never learned from, never chosen by."""
    return [example for example in read_squad(folder / f"{BOARD}.json.gz", BOARD) if is_reported(example)]


def is_reported(example: Example) -> bool:
    """Say whether the example's page is one of the third that is only reported: four pages of thirteen."""
    return bucket(example.title) % 3 == 1


def is_held_out(example: Example) -> bool:
    """Say whether the example belongs to the part kept for choosing: by page for new_wiki, else by paragraph.

    The key is the paragraph's first words, so that a paragraph that occurs in two sets falls on one side.
    """
    if example.source == "new_wiki":
        return bucket(example.title) % DEV_SHARE == 0
    return bucket(paragraph_key(example.context)) % DEV_SHARE == 0


def paragraph_key(context: str) -> str:
    """Return what makes two copies of a paragraph the same: its first 20 words, lower-case."""
    return " ".join(_WORD.findall(context.lower())[:20])


def bucket(key: str) -> int:
    """Return a number that depends on the text alone, not on the process."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")


def fingerprint(examples: Iterable[Example]) -> str:
    """Return a SHA-256 over ids, questions, contexts and answers: it names what was trained on."""
    digest = hashlib.sha256()
    for e in examples:
        labels = [e.answers, e.sentences] if e.sentences else [e.answers]
        digest.update(json.dumps([e.id, e.source, e.question, e.context, *labels]).encode())
    return digest.hexdigest()


def _trimmed(context: str, spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    kept = []
    for first, last in spans:
        text = context[first:last]
        start, end = first + len(text) - len(text.lstrip()), last - len(text) + len(text.rstrip())
        if 0 <= start < end <= len(context):
            kept.append((start, end))
    return tuple(kept)


def lines(path: Path) -> list[str]:
    """Return the lines of a gzip file that has one JSON object a line."""
    return _text(path).rstrip("\n").split("\n")


def _text(path: Path) -> str:
    if not path.is_file():
        raise DataMissing(f"{path.name} is missing from FOOTNOTE_DATA; its folder is described in training/README.md")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return stream.read()
