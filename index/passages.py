"""An article becomes passages: runs of whole sentences that carry `start, end` into `article.text`. Knows no vectors.

Sentence ends come from sentencex (Wikimedia); what is added here is paragraphs, furniture, exact offsets and bounds.
"""

import re
from collections.abc import Iterator

import sentencex

from index.article import Article, Passage
from index.furniture import furniture
from index.lru import remembered

RULES = "passages-5"  # part of the library's fingerprint: change it whenever the same article would split differently
MAX_WORDS = 60  # benchmarks/LOG.md, 2026-11-21: as right as 100, refuses better, reads in half the time
_MAX_CHARS = 1200  # the same bound for scripts that put no spaces between words
_SEGMENT_CHARS = 20_000  # sentencex is quadratic on a line of nothing but quotation marks
_LONG = 2 * _MAX_CHARS  # longer than any passage; only the sentences of whole articles are worth keeping
_BREAK = re.compile(r"\s")
_WRAPPED_WIDTH = 100  # a plain text whose every line is at most this long is taken to be wrapped at a column
# What sentencex takes for the end of a sentence, and what it goes on with when it is none.
_ABBREVIATED = (
    (
        re.compile(
            r"(?<![\w.])(?:approx|est|bn|mn|tn|hrs|mins|secs|km|cm|kg|lbs|resp|incl|excl|max|avg|vol|figs|tel)\.$", re.I
        ),
        re.compile(r"[a-z]"),
    ),
    (
        re.compile(r"(?<![\w.])(?:approx|est|max|avg|vol|figs|tel)\.$", re.I),
        re.compile(r"\d"),
    ),
    (re.compile(r"(?<![\w.])(?:Mon|Tues?|Wed|Thu|Thurs|Fri|Sat)\.$"), re.compile(r"[a-z\d]")),
    (re.compile(r"(?<![\w.])(?:Amb|Atty|Assoc)\.$"), re.compile(r"[A-Z]")),
    (re.compile(r"\d\s?[ap]\.m\.$"), re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:E|C|M|P)[SD]?T\b|GMT\b")),
)
_LONGEST_ABBREVIATION = 12

# Where a space of several bytes stands between a capital and a full stop, sentencex 1.0.32 panics.
_SPACE_BEFORE_STOP = re.compile(r"(?<=[A-Z])\s+(?=\.)")

Span = tuple[int, int]


def split(article: Article, max_words: int = MAX_WORDS) -> list[Passage]:
    """Return the article's passages in reading order; they do not overlap and cover everything but page furniture.

    A passage holds whole sentences, at most `max_words` words of them; only a single sentence longer than that is cut,
    between words, into pieces of about as many. Short neighbouring paragraphs share a passage, unless furniture stands
    between them.
    """
    passages: list[Passage] = []
    for block in _blocks(article.text, article.title):
        for start, end in _packed(article.text, block, max_words):
            passages.append(Passage(article.id, start, end, article.text[start:end]))
    return passages


def sentences(text: str) -> list[Span]:
    """Return `start, end` of every sentence of the text that is not page furniture, without surrounding white space."""
    return list(_LONG_SENTENCES(text) if len(text) > _LONG else _sentences(text))


def boundaries(text: str) -> list[Span]:
    """Return `start, end` of the sentences that sentencex finds, with the white space behind each."""
    readable = _SPACE_BEFORE_STOP.sub(lambda space: " " * len(space.group()), text)
    return [(found["start_index"], found["end_index"]) for found in sentencex.get_sentence_boundaries("en", readable)]


def paragraphs(text: str) -> list[Span]:
    """Return `start, end` of every paragraph: the lines, or, where the text is wrapped at a column, runs of lines."""
    return list(_LONG_PARAGRAPHS(text) if len(text) > _LONG else _paragraphs(text))


def _sentences(text: str) -> list[Span]:
    return [sentence for block in _blocks(text) for paragraph in block for sentence in paragraph]


def _paragraphs(text: str) -> list[Span]:
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    lengths = sorted(end - start for start, end in lines)
    is_wrapped = len(lines) > 3 and lengths[-1] <= _WRAPPED_WIDTH and lengths[len(lengths) // 2] >= _WRAPPED_WIDTH // 2
    return [match.span() for match in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text)] if is_wrapped else lines


# One question asks for the same article's sentences again and again, and finding them takes 0.1 s per MB.
_LONG_SENTENCES = remembered(_sentences, most_texts=16, most_chars=4_000_000)
_LONG_PARAGRAPHS = remembered(_paragraphs, most_texts=16, most_chars=4_000_000)


def embedded_text(article: Article, passage: Passage) -> str:
    """Return the string that is embedded for a passage: its title in front, which the stored text never gets."""
    return f"{article.title}\n{passage.text}"


def _blocks(text: str, title: str = "") -> Iterator[list[list[Span]]]:
    """Yield runs of paragraphs with no furniture between them, each paragraph a list of its sentences."""
    lines = paragraphs(text)
    block: list[list[Span]] = []
    for (start, end), is_furniture in zip(lines, furniture([text[a:b] for a, b in lines], title), strict=True):
        if is_furniture and block:
            yield block
            block = []
        paragraph = [] if is_furniture else _sentences_between(text, start, end)
        if paragraph:
            block.append(paragraph)
    if block:
        yield block


def _sentences_between(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    while start < end:
        _, piece_end = next(_pieces(text, start, end, _SEGMENT_CHARS))
        trimmed = [_trimmed(text, start + first, start + last) for first, last in boundaries(text[start:piece_end])]
        found = [(first, last) for first, last in trimmed if first < last]
        # The last sentence may be cut: the next piece begins with it. Only half a piece back, so that the time stays linear.
        if piece_end < end and found and found[-1][0] - start >= _SEGMENT_CHARS // 2:
            piece_end = found.pop()[0]
        for first, last in found:
            if spans and _goes_on(text, spans[-1], first):
                spans[-1] = (spans[-1][0], last)
            else:
                spans.append((first, last))
        start = piece_end
    return spans


def _goes_on(text: str, before: Span, start: int) -> bool:
    """Say whether what begins at `start` belongs to the sentence before, which only an abbreviation seemed to end."""
    ending, follows = text[max(before[0], before[1] - _LONGEST_ABBREVIATION) : before[1]], text[start : start + 12]
    return any(ends.search(ending) and goes_on.match(follows) for ends, goes_on in _ABBREVIATED)


def _packed(text: str, block: list[list[Span]], max_words: int) -> Iterator[Span]:
    """Fill passages with sentences up to the bound; a paragraph that fits whole is not torn to fill the one before."""
    start = end = words = 0
    for paragraph in block:
        pieces = [piece for sentence in paragraph for piece in _pieces_of(text, sentence, max_words)]
        total = sum(count for _, _, count in pieces)
        if words and words + total > max_words >= total:
            yield start, end
            words = 0
        for piece_start, piece_end, count in pieces:
            if words and (words + count > max_words or piece_end - start > _MAX_CHARS):
                yield start, end
                words = 0
            start, end, words = (start if words else piece_start), piece_end, words + count
    if words:
        yield start, end


def _pieces_of(text: str, sentence: Span, max_words: int) -> Iterator[tuple[int, int, int]]:
    """Yield `start, end, words` of a sentence, cut into several only where it is longer than a passage may be."""
    start, end = sentence
    count = len(text[start:end].split())
    if count <= max_words and end - start <= _MAX_CHARS:
        yield start, end, count
        return
    limit = min(_MAX_CHARS, max(1, (end - start) * max_words // max(count, 1)))
    for piece in _pieces(text, start, end, limit):
        first, last = _trimmed(text, *piece)
        if first < last:
            yield first, last, len(text[first:last].split())


def _pieces(text: str, start: int, end: int, limit: int) -> Iterator[Span]:
    """Cut a span into pieces of at most `limit` characters, at white space where there is any."""
    while end - start > limit:
        cut = start + limit
        breaks = [match.start() for match in _BREAK.finditer(text, start + limit // 2, cut)]
        cut = breaks[-1] + 1 if breaks else cut
        yield start, cut
        start = cut
    yield start, end


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
