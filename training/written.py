"""Questions written for this project, in words of people's own: on fictional news articles, and on paragraphs of the data sets.

`training/written/news/*.txt`, `second`, `third`, `fourth` and so on (and `reported`, for reporting)
hold articles with their questions, one after the other:

    # headline
    @ outlet, day
    paragraphs ...
    Q: question => words of the article with [the answer] in brackets     asked as people ask
    P: question => words of the article with [the answer] in brackets     hardly a word in common with what answers it
    N: question                                                          about the same things; the article does not tell

`training/written/paragraphs.jsonl` holds questions on paragraphs that are not the project's to repeat: each names its paragraph
by the first half of the SHA-256 of its text, and its answer by offsets. Knows no network.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from training.data import Example, bucket

FOLDER = Path(__file__).with_name("written")
NEWS = {
    "news": "written_news",
    "second": "second_news",
    "third": "third_news",
    "fourth": "fourth_news",
    "deaths": "deaths_news",
    "fifth": "fifth_news",
    "sixth": "sixth_news",
    "seventh": "seventh_news",
}  # what the questions of a folder's articles are called as a source
HELD_OUT_SHARE = 8  # one article in eight, with all of its questions, is kept for choosing
_QUESTION = re.compile(r"([QPN]): +(.*)")
_ANSWER = re.compile(r"\[([^\[\]]+)\]")


class WrittenError(Exception):
    """A line of a file cannot be used; the message names file and line, and says what is wrong."""


@dataclass(slots=True)
class _Block:
    """An article while it is read: headline, paragraphs, questions (kind, question, words with the answer, file and line)."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def read_written(contexts: Mapping[str, str], folder: Path = FOLDER) -> list[Example]:
    """Return all written questions in a fixed order; those on paragraphs that are not among `contexts` are left out.

    `contexts`: texts of paragraphs by `paragraph_name`. An example's id ends in the kind of its question. Raises WrittenError.
    """
    found = [e for name in NEWS for path in sorted(folder.glob(f"{name}/*.txt")) for e in read_news(path)]
    for line in (folder / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        context = contexts.get(row["paragraph"])
        if context is not None:
            answers = ((row["start"], row["end"]),) if "start" in row else ()
            found.append(Example(row["id"], row["source"], "", context, row["question"], answers))
    return found


def read_reported(folder: Path = FOLDER) -> list[Example]:
    """Return the questions that are for reporting alone: nothing is learned from them or chosen by them."""
    return [example for path in sorted(folder.glob("reported/*.txt")) for example in read_news(path)]


def read_news(path: Path) -> Iterator[Example]:
    """Yield the questions of a file of articles. Raises WrittenError."""
    source = NEWS.get(path.parent.name, "reported_news")
    for block in _blocks(path):
        for number, (letter, question, quoted, where) in enumerate(block.asked):
            name = f"{path.stem}-{paragraph_name(block.text)[:8]}-{number}-{letter}"
            answers = (_place(block.text, quoted, where),) if letter != "N" else ()
            yield Example(name, source, block.title, block.text, question, answers)


def paragraph_name(text: str) -> str:
    """Return the name by which questions know a paragraph: 32 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def is_news(example: Example) -> bool:
    """Say whether a question is on a written article, not on a paragraph of the sets."""
    return example.source in NEWS.values()


def is_written(example: Example) -> bool:
    """Say whether a question was written for this project, on an article or on a paragraph of the sets."""
    return example.source.startswith(
        ("written_", "second_", "third_", "fourth", "deaths_", "fifth", "sixth", "seventh", "eighth", "ninth", "selected")
    )


def is_kept(example: Example) -> bool:
    """Say whether a question is kept for choosing: one of a written article, by its headline."""
    return is_news(example) and bucket(example.title) % HELD_OUT_SHARE == 0


def kind(example: Example) -> str:
    """Return Q, P or N for a question as it was read: asked as people ask, paraphrased, not answered."""
    return example.id.rsplit("-", 1)[-1]


def _blocks(path: Path) -> Iterator[_Block]:
    block: _Block | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line, where = raw.strip(), f"{path.name}:{number}"
        if line.startswith("# "):
            if block:
                yield block
            block = _Block(line[2:])
        elif block is None:
            if line:
                raise WrittenError(f"{where}: a file begins with '# headline', not with {line[:40]!r}")
        elif asked := _QUESTION.fullmatch(line):
            block.asked.append(_asked(asked, where))
        elif line and block.asked:
            raise WrittenError(
                f"{where}: behind an article's questions come questions, 'Q: ', 'P: ' or 'N: ', not {line[:40]!r}"
            )
        elif line and not line.startswith("@ "):
            block.paragraphs.append(line)
    if block:
        yield block


def _asked(line: re.Match[str], where: str) -> tuple[str, str, str, str]:
    letter, said = line.groups()
    question, _, quoted = said.partition("=>")
    if letter == "N" and quoted:
        raise WrittenError(f"{where}: a question of the kind N has no answer: {said[:60]!r}")
    return letter, question.strip(), quoted.strip(), where


def _place(text: str, quoted: str, where: str) -> tuple[int, int]:
    """Return where the bracketed words stand in the text, whose snippet must occur just once."""
    marked = _ANSWER.search(quoted)
    snippet = quoted.replace("[", "").replace("]", "")
    if marked is None or text.count(snippet) != 1:
        raise WrittenError(f"{where}: '=> words with [the answer]' must stand exactly once in the article: {quoted[:60]!r}")
    start = text.index(snippet) + marked.start()
    return start, start + len(marked.group(1))
