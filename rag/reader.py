"""The built-in extractive reader: a question and passages become the span of each that answers best. Knows no stores.

A score says how good a span is and a no-answer score that the passage does not answer; both compare across the passages of
a question. Importing this module is cheap: torch is loaded by `TrainedReader.load`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.cores import side_by_side
from index.embedder import default_folder
from rag.reader_network import ReaderError, ReaderNetwork, WindowLogits, load_network

if TYPE_CHECKING:
    from tokenizers import Encoding

__all__ = ["DecodeSettings", "Reader", "ReaderError", "Span", "TrainedReader"]

MODEL_FOLDER = Path(__file__).with_name("reader_model")
NOTHING = 100.0  # no-answer score of a text without a word; its span's score is the opposite. Words never get as far
_WINDOWS_AT_ONCE = 16  # bounds the memory, whatever the number and length of the passages
_WINDOWS_TOGETHER = 4  # in one forward pass; as many for any number of cores, so that all machines of a kind read alike
_MAX_QUESTION_CHARS = 4000  # as many as a question may have; only its first tokens are read, see `DecodeSettings`
_SENTENCE_ENDS = frozenset({1012, 999, 1029})  # the word pieces . ! ?
_CLOSING = {")": "(", "]": "[", "}": "{", "”": "“", "’": "‘", "»": "«", '"': '"', "'": "'"}
_OPENING = {opening: closing for closing, opening in _CLOSING.items()}


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text answers: `text[start:end]`, offsets in code points of the text that was given.

    `score` is the log-odds of the span against the empty span, higher is better. `no_answer_score` is of the whole passage,
    higher means that it does not answer. A text without a word gets an empty span and the scores `-NOTHING` and `NOTHING`.
    """

    start: int
    end: int
    score: float
    no_answer_score: float


@dataclass(frozen=True, slots=True)
class TextReading:
    """What was read in a text: its best spans, best first, none overlapping another, and for each of its sentences the
    log-odds that it belongs to a complete answer."""

    spans: tuple[Span, ...]
    selection: tuple[float, ...]


class Reader(Protocol):
    """Reads texts, whose sentences are given as `start, end`: at least one and at most n spans of each, in the texts' order."""

    def read_closely(
        self, question: str, texts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]], n: int
    ) -> list[TextReading]: ...


@dataclass(frozen=True, slots=True)
class DecodeSettings:
    """How logits become spans, from the model's `config.json`.

    Of a question the first `max_question_tokens` word pieces are read. A passage longer than what is left of `window_tokens`
    is read in windows that share `overlap_tokens`. `answerable_weight` joins the answerability head to the no-answer score.
    """

    max_question_tokens: int
    window_tokens: int
    overlap_tokens: int
    max_answer_tokens: int
    answerable_weight: float
    crossing_penalty: float  # off the score of a span that runs on into another sentence


@dataclass(frozen=True, slots=True)
class _Window:
    text: int
    ids: list[int]
    offsets: list[tuple[int, int]]


@dataclass(slots=True)
class _Gathered:
    """What the windows of one text gave: spans (score, start, end), the best answerability, the selection of every token."""

    spans: list[tuple[float, int, int]] = field(default_factory=list)
    answerable: float = -NOTHING
    selection: list[tuple[tuple[int, int], float]] = field(default_factory=list)

    def selected(self, start: int, end: int) -> float:
        """Return the mean selection of the tokens of a sentence."""
        inside = [value for (first, last), value in self.selection if first < end and start < last]
        return sum(inside) / len(inside) if inside else -NOTHING


class TrainedReader:
    """The reader that is trained by `training/`. Safe to use from several threads; the same input gives the same spans."""

    def __init__(self, network: ReaderNetwork, settings: DecodeSettings) -> None:
        self._network, self._settings = network, settings

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER, encoder: Path | None = None) -> "TrainedReader":
        """Load weights and encoder, checking the SHA-256 of both; without `encoder`, the default embedder's is taken.

        Raises ReaderError when something is missing, damaged, or of another encoder.
        """
        network, decode = load_network(folder, encoder or default_folder())
        return cls(network, DecodeSettings(**decode))

    def read(self, question: str, texts: Sequence[str]) -> list[Span]:
        """Return the best span of every text."""
        return [reading.spans[0] for reading in self.read_closely(question, texts, [()] * len(texts), 1)]

    def read_closely(
        self, question: str, texts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]], n: int
    ) -> list[TextReading]:
        """Return what is found in every text, at least one and at most n spans; its sentences are given as `start, end`."""
        gathered = {text: _Gathered() for text in texts}  # the same passage many times is read once
        unique = list(gathered)
        asked = self._network.tokens([question[:_MAX_QUESTION_CHARS]])[0].ids[: self._settings.max_question_tokens]
        windows = self._windows(unique, len(asked))
        while batch := list(islice(windows, _WINDOWS_AT_ONCE)):
            parts = [batch[first : first + _WINDOWS_TOGETHER] for first in range(0, len(batch), _WINDOWS_TOGETHER)]
            read = side_by_side(lambda part: self._network.logits(asked, [window.ids for window in part]), parts)
            for window, scored in zip(batch, chain.from_iterable(read), strict=True):
                text = unique[window.text]
                penalty = self._settings.crossing_penalty * _sentence_numbers(window)
                spans = _best_spans(scored, penalty, self._settings.max_answer_tokens, n)
                gathered[text].spans += ((score, *_tidy(text, *_place(window, a, b))) for score, a, b in spans)
                gathered[text].answerable = max(gathered[text].answerable, scored.answerable)
                gathered[text].selection += zip(window.offsets, scored.selection.tolist(), strict=True)
        found = {text: tuple(self._spans(one.spans, one.answerable, n)) for text, one in gathered.items()}
        return [
            TextReading(found[text], tuple(gathered[text].selected(*sentence) for sentence in of_text))
            for text, of_text in zip(texts, sentences, strict=True)
        ]

    def _spans(self, found: list[tuple[float, int, int]], answerable: float, n: int) -> list[Span]:
        if not found:
            return [Span(0, 0, -NOTHING, NOTHING)]
        kept: list[tuple[float, int, int]] = []
        for score, start, end in sorted(found, key=lambda one: (-one[0], one[1], one[2])):
            if len(kept) < n and all(end <= a or start >= b for _, a, b in kept):
                kept.append((score, start, end))
        no_answer = -(kept[0][0] + self._settings.answerable_weight * answerable)
        return [Span(start, end, score, no_answer) for score, start, end in kept]

    def _windows(self, texts: Sequence[str], question_tokens: int) -> Iterator[_Window]:
        room = self._settings.window_tokens - question_tokens - 3
        step = max(1, room - self._settings.overlap_tokens)
        for first in range(0, len(texts), _WINDOWS_AT_ONCE):
            encoded = self._network.tokens(texts[first : first + _WINDOWS_AT_ONCE])
            for number, encoding in enumerate(encoded, first):
                yield from _cut(number, encoding, room, step)


def _cut(number: int, encoding: "Encoding", room: int, step: int) -> Iterator[_Window]:
    ids, offsets = encoding.ids, encoding.offsets
    for start in range(0, len(ids), step):
        yield _Window(number, ids[start : start + room], offsets[start : start + room])
        if start + room >= len(ids):
            return


def _sentence_numbers(window: _Window) -> np.ndarray:
    """Return for every token how many sentences ended before it; an initial or an abbreviation of two letters ends none."""
    ends = np.zeros(len(window.ids) + 1, dtype=np.float32)
    for n, token in enumerate(window.ids[:-1]):
        is_spaced = window.offsets[n][1] < window.offsets[n + 1][0]
        if token in _SENTENCE_ENDS and is_spaced and n and window.offsets[n - 1][1] - window.offsets[n - 1][0] > 2:
            ends[n + 1] = 1
    numbers: np.ndarray = np.cumsum(ends)[: len(window.ids)]
    return numbers


def _best_spans(logits: WindowLogits, penalty: np.ndarray, longest: int, n: int) -> list[tuple[float, int, int]]:
    """Return the n best spans (score, first token, last token) that do not overlap, best first.

    `penalty` per token never falls; a span loses what it grows by between the span's ends.
    """
    padded = np.concatenate([logits.end - penalty, np.full(longest - 1, -np.inf, dtype=np.float32)])
    table = (logits.start + penalty)[:, None] + np.lib.stride_tricks.sliding_window_view(padded, longest) - logits.null
    spans: list[tuple[float, int, int]] = []
    while len(spans) < n:
        first, more = divmod(int(np.argmax(table)), longest)
        last, score = first + more, float(table[first, more])
        if score == -np.inf:
            break
        spans.append((score, first, last))
        for begin in range(max(0, first - longest + 1), last + 1):
            table[begin, max(0, first - begin) :] = -np.inf
    return spans


def _place(window: _Window, first: int, last: int) -> tuple[int, int]:
    return window.offsets[first][0], window.offsets[last][1]


def _tidy(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen to whole words, then leave out white space and punctuation that belongs to the sentence, not to the answer."""
    while 0 < start < len(text) and text[start].isalnum() and text[start - 1].isalnum() and end - start < 200:
        start -= 1
    while 0 < end < len(text) and text[end].isalnum() and text[end - 1].isalnum() and end - start < 200:
        end += 1
    first, last = start, end
    while first < last and _is_stray_opening(text[first:last]):
        first += 1
    while first < last and _is_stray_closing(text[first:last]):
        last -= 1
    before = text[first - 1 : first]
    if before in _OPENING and _OPENING[before] in text[first:last] and before not in text[first:last]:
        first -= 1  # half of a pair of quotation marks or brackets
    return (first, last) if first < last else (start, end)


def _is_stray_opening(span: str) -> bool:
    character = span[0]
    return character.isspace() or character in ",;:.!?)]}”–—" or (character in _OPENING and _OPENING[character] not in span[1:])


def _is_stray_closing(span: str) -> bool:
    character = span[-1]
    if character == ".":  # the full stop of "U.S." stays, that of a sentence goes
        return "." not in span.split()[-1][:-1]
    return character.isspace() or character in ",;:!?([{“–—" or (character in _CLOSING and _CLOSING[character] not in span[:-1])
