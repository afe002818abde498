"""Examples become token sequences `[CLS] question [SEP] window of the context [SEP]`, and batches of like length.

Positions of answers are token positions in the sequence; 0 is the first token and means no answer.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from training.data import Example

MAX_TOKENS = 224
SHORT_TOKENS = 120  # a passage of the product and a question
MAX_QUESTION_TOKENS = 64
CLS, SEP, PAD = 101, 102, 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One sequence: `ids` with `question` tokens up to and including the first separator; answer token positions.

    Samples that follow each other with the same `group` are the passages of one question, the right one first; -1: alone.
    `kept`: what an earlier reader makes of it is to be kept (`Run.keep`). `is_known`: whether it is answered; where it is and
    `start` is 0, the answer lies somewhere in the sentences that belong to it.
    """

    ids: tuple[int, ...]
    question: int
    start: int
    end: int
    group: int = -1
    kept: bool = False
    sentences: tuple[tuple[int, int, bool], ...] = ()  # first and last token, and whether it belongs to the answer
    is_known: bool = True

    def places(self, edge: int) -> Iterator[tuple[int, int]]:
        """Yield first and last token of where the answer may begin (edge 0) or end (1); the first token: it has none."""
        if self.start or not any(belongs for *_, belongs in self.sentences):
            yield ((self.start, self.start), (self.end, self.end))[edge]
        else:
            yield from ((first, last) for first, last, belongs in self.sentences if belongs)


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors (batch, tokens) and (batch,), as `SpanReader.forward` and `loss` want them.

    `starts` and `ends` are True where the answer may begin and end; `known` where it is known whether there is one.
    `groups` are the numbers of rows that belong to one question each, in order; `sentences` as `selection_loss` wants them.
    """

    tokens: Tensor
    segments: Tensor
    attention: Tensor
    context: Tensor
    starts: Tensor
    ends: Tensor
    known: Tensor
    groups: tuple[int, ...]
    sentences: Tensor


def load_tokenizer(folder: Path) -> Tokenizer:
    """Load the encoder's tokenizer without truncation or padding; its offsets are code points."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(examples: Sequence[Example], tokenizer: Tokenizer, seed: int, short_share: float = 0.0) -> list[Sample]:
    """Return one sequence per example; a context that is too long is cropped to a random window round the answer.

    A share of the examples, whatever their kind, is cropped to `SHORT_TOKENS`, as long as the product's passages; not those
    whose sentences are labelled, which are cut already.
    """
    rng = random.Random(seed)
    questions = tokenizer.encode_batch([e.question for e in examples], add_special_tokens=False)
    unique = list(dict.fromkeys(e.context for e in examples))
    contexts = dict(zip(unique, tokenizer.encode_batch(unique, add_special_tokens=False), strict=True))
    encoded = (
        _sequence(e, q, contexts[e.context], SHORT_TOKENS if _is_short(e, short_share, rng) else MAX_TOKENS, rng)
        for e, q in zip(examples, questions, strict=True)
    )
    return [sequence for sequence in encoded if sequence is not None]


def _is_short(example: Example, share: float, rng: random.Random) -> bool:
    return bool(share) and rng.random() < share and not example.sentences


def encode_groups(groups: Sequence[Sequence[Example]], tokenizer: Tokenizer, seed: int) -> list[Sample]:
    """Return the sequences of all groups one after the other; a group of which one does not fit is left out."""
    found = []
    for number, group in enumerate(groups):
        sequences = encode(group, tokenizer, seed)
        if len(sequences) == len(group):
            found += [replace(sequence, group=number) for sequence in sequences]
    return found


def _sequence(example: Example, question: Encoding, context: Encoding, limit: int, rng: random.Random) -> Sample | None:
    asked = question.ids[:MAX_QUESTION_TOKENS]
    room = limit - len(asked) - 3
    first, last = token_span(context.offsets, example.answers[0]) if example.answers else (-1, -1)
    if example.answers and (first < 0 or last - first + 1 > room):
        return None
    low = max(0, last - room + 1) if first >= 0 else 0
    high = min(first, max(0, len(context.ids) - room)) if first >= 0 else max(0, len(context.ids) - room)
    begin = rng.randint(min(low, high), high)
    head = len(asked) + 2
    ids = (CLS, *asked, SEP, *context.ids[begin : begin + room], SEP)
    sentences = tuple(_sentences(example, context.offsets[begin : begin + room], head))
    if first < 0:
        is_cropped = any(s[2] for s in example.sentences) and not any(s[2] for s in sentences)
        return Sample(ids, head, 0, 0, sentences=sentences, is_known=example.is_known and not is_cropped)
    return Sample(ids, head, head + first - begin, head + last - begin, sentences=sentences)


def _sentences(example: Example, offsets: Sequence[tuple[int, int]], head: int) -> Iterator[tuple[int, int, bool]]:
    for start, end, belongs in example.sentences:
        first, last = token_span(offsets, (start, end))
        if first >= 0:
            yield head + first, head + last, belongs


def token_span(offsets: Sequence[tuple[int, int]], answer: tuple[int, int]) -> tuple[int, int]:
    """Return the first and last token that touch the answer's characters, or (-1, -1) when none does."""
    touched = [n for n, (start, end) in enumerate(offsets) if start < answer[1] and end > answer[0]]
    return (touched[0], touched[-1]) if touched else (-1, -1)


def batches(sequences: Sequence[Sample], size: int, seed: int) -> list[list[int]]:
    """Return the order of one pass: batches of `size` positions of like length, in a random order; groups stay whole."""
    rng = random.Random(seed)
    units = _units(sequences, range(len(sequences)))
    order = sorted(units, key=lambda unit: (max(len(sequences[n].ids) for n in unit) + rng.random() * 12, unit))
    grouped: list[list[int]] = [[]]
    for unit in order:
        if len(grouped[-1]) >= size:
            grouped.append([])
        grouped[-1] += unit
    rng.shuffle(grouped)
    return grouped


def own_part(sequences: Sequence[Sample], batch: Sequence[int], place: int, of: int) -> list[int]:
    """Return the positions of a batch that one of several processes computes; never none."""
    units = _units(sequences, batch)
    return [n for unit in units[place::of] or units[:1] for n in unit]


def _units(sequences: Sequence[Sample], positions: Iterable[int]) -> list[list[int]]:
    """Return the positions by group, each that stands alone by itself."""
    keyed = groupby(positions, key=lambda n: (sequences[n].group, n if sequences[n].group < 0 else -1))
    return [list(unit) for _, unit in keyed]


def collate(sequences: Sequence[Sample]) -> Batch:
    """Pad to the longest sequence. Context mask: passage tokens and the first token, not separators."""
    width = max(len(s.ids) for s in sequences)
    tokens = torch.full((len(sequences), width), PAD)
    segments, attention = torch.zeros_like(tokens), torch.zeros_like(tokens)
    for row, s in enumerate(sequences):
        tokens[row, : len(s.ids)] = torch.tensor(s.ids)
        segments[row, s.question : len(s.ids)] = 1
        attention[row, : len(s.ids)] = 1
    context = (segments > 0) & (tokens != SEP)
    context[:, 0] = True
    starts, ends = torch.zeros_like(context), torch.zeros_like(context)
    for row, s in enumerate(sequences):
        for edge, mask in enumerate((starts, ends)):
            for first, last in s.places(edge):
                mask[row, first : last + 1] = True
    known = torch.tensor([s.is_known for s in sequences])
    groups = tuple(len(unit) for unit in _units(sequences, range(len(sequences))))
    sentences = [(row, *sentence) for row, sample in enumerate(sequences) for sentence in sample.sentences]
    labelled = torch.tensor(sentences, dtype=torch.long).reshape(-1, 4)
    return Batch(tokens, segments, attention, context, starts, ends, known, groups, labelled)
