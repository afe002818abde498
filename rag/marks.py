"""What a model writes arrives in pieces; here it becomes finished sentences, each with the evidence numbers that it names.

Nothing leaves before it is finished: a mark `[1,2]`, `【1】` or `[1][2]` that arrives in pieces is held back until it is whole,
and a sentence until the next one has begun, because its mark may stand behind its full stop. What leaves is plain text:
no links, images, HTML or brackets, so that the only `[n]` of an answer are those that were checked. Knows no model.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.article import clean
from index.passages import boundaries

_NUMBERS = r"\d{1,3}(?:\s*(?:,|;|&|and|-|–)\s*\d{1,3})*"
_MARK = re.compile(
    rf"[\[［【〔]\s*\^?(?:(?:evidence|passage|source|article)s?\s*)?({_NUMBERS})\s*(?:†[^\]］】〕\n]*)?[\]］】〕]", re.I
)
_MARKS_BEHIND = re.compile(rf"(?:\s*{_MARK.pattern})+", re.I)
_WORD_BEHIND = re.compile(r"\s*[^\s\[［【〔][^\s]*\s")
_STOP = re.compile(r"[.!?…。！？][\"'”’)\]]*(?=\s|[\[［【〔]|(?<=[。！？]).)|\n")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_THOUGHT = re.compile(r"\s*<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.I)
_BEGUN_THOUGHT = re.compile(r"\s*<(think|thinking|reasoning)>(?:(?!</\1>).)*\Z|\s*<[a-z]{0,9}\Z|\s*\Z", re.DOTALL | re.I)
_LIST_SIGN = re.compile(r"^\s*(?:[-*+•>#]+|\d{1,2}[.)])\s+")

_TARGET = r"\(\s*(?:[^()\s]|\([^()]*\))*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)?"
_IMAGE = re.compile(rf"!\[[^\]]*\](?:{_TARGET}|\[[^\]]*\])?")
_LINK = re.compile(rf"\[([^\]]*)\]{_TARGET}")
_NUMBER_LINK = re.compile(rf"\[[\d\s,]*\]{_TARGET}")
_DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$", re.MULTILINE)
_ELEMENT = re.compile(r"<(script|style|iframe|svg|object|template|noscript)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I)
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-z!?][^<>]*(?:>|\Z)", re.DOTALL | re.I)
_ADDRESS = re.compile(
    r"(?:https?|javascript|vbscript|mailto):\S+|\b(?:ftps?|wss?|file|data|blob|tel):\S+|//[\w.-]+\.\w+\S*|\bwww\.\S+"
    r"|\b[\w.+-]+@[\w.-]+|\b(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?/\S*|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:/\S*)?",
    re.I,
)
_UNBROKEN = (_CODE, _ELEMENT, _TAG, _IMAGE, _LINK)  # no sentence ends inside these
_BEGUN = re.compile(
    r"```.*\Z|`[^`\n]*\Z|!?\[[^\]\n]{0,300}\Z|\]\([^)\n]{0,300}\Z|<[a-z!/?][^<>\n]{0,300}\Z|[!\]<]\Z", re.DOTALL | re.I
)
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufe00-\ufe0e\U000e0000-\U000e0fff]")
_PARENTHESES = str.maketrans("[]［］【】〔〕<>`", "()()()()‹›'")


@dataclass(frozen=True, slots=True)
class Said:
    """One finished sentence as plain text, and the numbers of the evidence that its marks name, each once, in order."""

    text: str
    numbers: tuple[int, ...]
    begins_line: bool


class SentenceStream:
    """Takes pieces of text of any length and gives the sentences that they finish."""

    def __init__(self) -> None:
        self._held = ""
        self._at_line_start = True
        self._thinking = True  # until the first visible character: only a beginning can be the model's own thoughts

    def feed(self, piece: str) -> Iterator[Said]:
        """Yield the sentences that this piece finishes. How the text is cut into pieces makes no difference."""
        for part in re.findall(r"\S*\s|\S+\Z", piece):
            self._held += part
            if part[-1].isspace() and not self._is_thinking() and _STOP.search(self._held):
                yield from self._take(_finished(self._held))

    def _is_thinking(self) -> bool:
        if self._thinking and not _BEGUN_THOUGHT.fullmatch(self._held):
            self._held, self._thinking = _THOUGHT.sub("", self._held, count=1), False
        return self._thinking

    def finish(self) -> Iterator[Said]:
        """Yield what is left when nothing more comes; whether it is a whole sentence is for the caller to judge."""
        if self._is_thinking():
            self._held = _THOUGHT.sub("", self._held, count=1)
        yield from self._take([*_finished(self._held), len(self._held)])

    def _take(self, ends: list[int]) -> Iterator[Said]:
        start = 0
        for end in ends:
            chunk, start = self._held[start:end], end
            begins_line = self._at_line_start or chunk[: len(chunk) - len(chunk.lstrip())].count("\n") > 0
            said = _said(chunk, begins_line)
            if said.text:
                yield said
            self._at_line_start = chunk.endswith("\n") or (self._at_line_start and not said.text)
        self._held = self._held[start:]


def plain(text: str) -> str:
    """Return text that no reader of Markdown or HTML finds anything in: no link, image, tag, address or square bracket."""
    before = None
    while before != text:  # what was nested, or written as entities, appears when its cover is gone
        before = text
        text = html.unescape(_INVISIBLE.sub("", clean(text)))
        text = _TAG.sub("", _ELEMENT.sub("", _DEFINITION.sub("", text)))
        text = _ADDRESS.sub("", _LINK.sub(r"\1", _NUMBER_LINK.sub("", _IMAGE.sub("", text))))
    return " ".join(text.translate(_PARENTHESES).replace("( )", "").replace("()", "").split())


def _finished(text: str) -> list[int]:
    """Return where the sentences end that are finished: a whole word that can belong to no mark follows each."""
    for pattern in _UNBROKEN:
        text = pattern.sub(_hidden, text)
    begun = _BEGUN.search(text)
    known = text[: begun.start()] if begun else text
    ends = {end for _, end in boundaries(known)}
    ends |= {match.end() for match in re.finditer(r"\n", known)}
    ends |= {match.end() for match in re.finditer(rf"[.!?…。！？][\"'”’)]*{_MARKS_BEHIND.pattern}(?=\s)", known, re.I)}
    moved = {behind.end() if (behind := _MARKS_BEHIND.match(known, end)) else end for end in ends}
    return sorted(end for end in moved if _WORD_BEHIND.match(known, end))


def _hidden(match: re.Match[str]) -> str:
    """Hide what no sentence ends in, but not while it may go on, and not a mark in front of "(...)" that is no link."""
    return match.group() if match.end() == len(match.string) else "x" * len(match.group())


def _said(chunk: str, begins_line: bool) -> Said:
    """Take the marks out of one sentence, but for those inside code, and make plain text of it."""
    numbers: list[int] = []
    pieces, position = [], 0
    for code in _CODE.finditer(chunk):
        pieces += [_without_marks(chunk[position : code.start()], numbers), code.group()]
        position = code.end()
    pieces.append(_without_marks(chunk[position:], numbers))
    text = plain(_LIST_SIGN.sub("", "".join(pieces)))
    return Said(re.sub(r"\s+([.,;:!?])", r"\1", text), tuple(dict.fromkeys(numbers)), begins_line)


def _without_marks(text: str, numbers: list[int]) -> str:
    for match in _MARK.finditer(text):
        if not text.startswith("(", match.end()):  # "[1](http://...)" is a link and no mark
            numbers += _expanded(match.group(1))
    return _MARK.sub(lambda match: match.group() if text.startswith("(", match.end()) else "", text)


def _expanded(written: str) -> Iterator[int]:
    """Yield the numbers of "1, 2" and of "1-3"."""
    for part in re.split(r"\s*(?:,|;|&|and)\s*", written):
        first, *last = (int(number) for number in re.findall(r"\d+", part))
        yield from range(first, min(last[0], first + 9) + 1) if last else (first,)
