"""Files and web pages become part of the library: read, split, embed, store; one result for each. Knows no ranking and no web.

Memory stays bounded: articles are embedded and stored in small batches, each durable before its results are given out.
What is already there is recognised before anything is split or embedded.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from index import readers
from index.article import Article, Passage
from index.changes import Prepared
from index.embedder import PassageEmbedder
from index.errors import LibraryLocked, UnusableContent
from index.fetch import Web, read_url
from index.library import Library
from index.passages import embedded_text, split

_LOG = logging.getLogger("footnote.index")
BATCH_PASSAGES = 256
_PORTION_CHARS, _PORTION_ARTICLES, _PORTION_SECONDS = 100_000, 256, 2.0
# An `add` of a few hundred articles holds the library about that long; a removal, or another's portion, seconds.
PATIENCE_SECONDS = 60.0
_TRY_SECONDS = 0.02  # between two tries: who adds in portions lets go for some milliseconds at a time
_HELD_CHARS = 20_000_000  # of copies; bounds the memory that a folder of nothing else takes
_EMBED_AT_ONCE = 1024  # texts; bounds the memory that one very long article takes
LINKABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one article or file. `reason` says why it was refused."""

    name: str
    outcome: Literal["added", "updated", "unchanged", "refused"]
    article_id: str | None = None
    title: str | None = None
    passages: int = 0
    reason: str | None = None
    code: str | None = None  # the reason in a word, `UnusableContent.code`


def add_files(
    library: Library, embedder: PassageEmbedder, places: Iterable[Path | str], web: Web | None = None
) -> Iterator[Result]:
    """Add files, folders and, through `web`, addresses ("https://..."); yield a result for each article once it is durable.

    The library is locked until the last one. Raises LibraryLocked, DiskFull, LibraryNotWritable; what was yielded before stays.
    """
    return add_articles(library, embedder, _and_moved(library, read_all(places, web or Web())))


def add_articles(library: Library, embedder: PassageEmbedder, articles: Iterable[Article | Result]) -> Iterator[Result]:
    """Add articles, in the order given; results among them (of what could not be read) are passed on."""
    with library.writing():
        waiting: list[Result | _New] = []
        for one in articles:
            if isinstance(one, Article) and any(isinstance(other, _New) and other.may_be(one) for other in waiting):
                yield from _stored(library, embedder, waiting)
                waiting = []
            looked_at = _looked_at(library, one) if isinstance(one, Article) else one
            waiting.append(_split(looked_at) if isinstance(looked_at, _New) else looked_at)
            passages = [len(other.passages) for other in waiting if isinstance(other, _New)]
            if not passages or sum(passages) >= BATCH_PASSAGES:
                yield from _stored(library, embedder, waiting)
                waiting = []
        yield from _stored(library, embedder, waiting)


def add_in_portions(
    library: Library, embedder: PassageEmbedder, articles: Iterable[Article | Result], patience: float = PATIENCE_SECONDS
) -> Iterator[list[Result]]:
    """The same, but lock the library only while a portion of them is stored; yield the results of each portion.

    For a source that is slow, or shares its thread with other changes. Whoever takes the library between two portions is
    waited for, up to `patience` seconds, with nothing ([]) yielded after each try; only who holds it from the beginning is
    not. Raises like `add_files`; what was yielded stays.
    """
    has_begun = False
    for portion in _portions(library, articles):
        until = time.monotonic() + (patience if has_begun else 0)
        while not (results := _unless_locked(library, embedder, portion, until)):
            yield []
        yield results
        has_begun = True


def _unless_locked(
    library: Library, embedder: PassageEmbedder, portion: Sequence[Article | Result], until: float
) -> list[Result]:
    """Store a portion and return its results; none while another process is writing. Raises LibraryLocked after `until`."""
    results = [one for one in portion if isinstance(one, Result)]
    if len(results) == len(portion):
        return results
    with ExitStack() as alone:
        try:
            alone.enter_context(library.writing())
        except LibraryLocked:
            if time.monotonic() >= until:
                raise
            time.sleep(_TRY_SECONDS)
            return []
        return list(add_articles(library, embedder, portion))


def _portions(library: Library, articles: Iterable[Article | Result]) -> Iterator[list[Article | Result]]:
    """Yield what comes in portions that take seconds to read and to store, with a result in the place of what is there already.

    So what a slow source gives is stored, and told of, before the next is waited for.
    """
    portion: list[Article | Result] = []
    new: list[_New] = []
    begun = time.monotonic()
    for one in articles:
        looked_at = _looked_at(library, one) if isinstance(one, Article) else one
        is_open = isinstance(one, Article) and any(other.may_be(one) for other in new)  # until those are stored
        new += [looked_at] if isinstance(looked_at, _New) else []
        portion.append(one if is_open or isinstance(looked_at, _New) else looked_at)
        is_full = sum(len(other.article.text) for other in new) >= _PORTION_CHARS or len(portion) >= _PORTION_ARTICLES
        if is_full or time.monotonic() - begun >= _PORTION_SECONDS:
            yield portion
            portion, new, begun = [], [], time.monotonic()
    if portion:
        yield portion


@dataclass(frozen=True, slots=True)
class _New:
    """An article that is new, or a new version of the one that is `replaced`; its passages, once it is split, wait to be
    embedded with those of others."""

    article: Article
    replaced: Article | None
    passages: Sequence[Passage] = ()

    def may_be(self, other: Article) -> bool:
        """Say whether storing this may change what becomes of the other, which may have the words that are replaced."""
        return any(
            other.origin == mine.origin or other.id == mine.id or other.content_hash == mine.content_hash
            for mine in (self.article, self.replaced)
            if mine
        )


def read_all(places: Iterable[Path | str], web: Web) -> Iterator[Article | Result]:
    """Read files, folders and, through `web`, addresses; a result in the place of what cannot be read."""
    for place in places:
        if isinstance(place, str) and "://" in place:
            yield from or_why_not(place, read_url(place, web))
        else:
            for file in readers.files(Path(place)):
                yield from or_why_not(str(file), readers.read(file))


def _and_moved(library: Library, articles: Iterable[Article | Result]) -> Iterator[Article | Result]:
    """Pass on what comes; once an article is replaced, give that again which has its earlier words and came before, when they
    were already there. A file that was moved would else be left out, if its new name sorts before the name that it had."""
    held: dict[str, Article] = {}
    left = _HELD_CHARS
    for one in articles:
        looked_at = _looked_at(library, one) if isinstance(one, Article) else one
        yield one
        if isinstance(looked_at, _New):
            if looked_at.replaced and looked_at.replaced.id in held:
                yield held.pop(looked_at.replaced.id)
        elif isinstance(one, Article) and looked_at.article_id and looked_at.article_id != one.id and left > len(one.text):
            held[looked_at.article_id] = one
            left -= len(one.text)


def or_why_not(name: str, articles: Iterator[Article]) -> Iterator[Article | Result]:
    """Pass on the articles; where they cannot be read, or not all, a result that says why. A reader that fails in a way that
    nobody thought of costs its own file, not those beside it."""
    try:
        yield from articles
    except UnusableContent as error:
        yield Result(name, "refused", reason=str(error), code=error.code)
    except Exception as error:  # noqa: BLE001 - the log has the trace, and whoever added the file is told
        _LOG.exception("reading %s failed", name)
        reason = f"it cannot be read, through a fault of this program ({type(error).__name__}); its log tells more"
        yield Result(name, "refused", reason=reason, code=UnusableContent.code)


def _looked_at(library: Library, article: Article) -> Result | _New:
    """Return what is new, or at once the result where nothing is."""
    if not LINKABLE.fullmatch(article.id):
        return _refused(article, f"its id {article.id!r} is not of letters, digits and . _ ~ - (at most 128), as a link needs")
    try:
        outcome, known = library.outcome_of(article)
    except UnusableContent as error:
        return _refused(article, str(error))
    if known and outcome == "unchanged":
        return Result(article.origin, outcome, known.id, known.title)
    return _New(article, known)


def _split(new: _New) -> Result | _New:
    passages = split(new.article)
    return replace(new, passages=passages) if passages else _refused(new.article, "it holds no sentences")


def _refused(article: Article, reason: str) -> Result:
    return Result(article.origin, "refused", title=article.title, reason=reason, code=UnusableContent.code)


def _stored(library: Library, embedder: PassageEmbedder, waiting: list[Result | _New]) -> list[Result]:
    """Embed and store what waits, in one transaction, and return the result of each."""
    prepared = embedded(embedder, [(one.article, one.passages) for one in waiting if isinstance(one, _New)])
    done = iter(library.put(prepared) if prepared else [])
    results: list[Result] = []
    for one in waiting:
        if isinstance(one, _New):
            outcome, article = next(done)
            results.append(Result(one.article.origin, outcome, article.id, article.title, len(one.passages)))
        else:
            results.append(one)
    return results


def embedded(embedder: PassageEmbedder, articles: Sequence[tuple[Article, Sequence[Passage]]]) -> list[Prepared]:
    """Return the articles with the vectors of their passages, as they are stored: float16."""
    texts = [embedded_text(article, passage) for article, passages in articles for passage in passages]
    slices = (texts[first : first + _EMBED_AT_ONCE] for first in range(0, len(texts), _EMBED_AT_ONCE))
    none = np.empty((0, embedder.dimension), dtype=np.float16)
    vectors = np.concatenate([none, *(embedder.vectors(some).astype(np.float16) for some in slices)])
    prepared, end = [], 0
    for article, passages in articles:
        start, end = end, end + len(passages)
        prepared.append(Prepared(article, passages, vectors[start:end]))
    return prepared
