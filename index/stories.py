"""Copies of a story are found as one: of articles with the same words the original is taken, and knows the others.

The original is the earliest published; an undated article comes after dated ones, and of equals the one that was added first.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from index.article import Article
from index.snapshot import Snapshot, Within
from index.wording import MOST_COPIES, places, told_otherwise


class Stories:
    """The stories of one state of the library, as far as they lie inside the dates and the outlet that are searched."""

    def __init__(self, snapshot: Snapshot, within: Within, numbers: Sequence[int]) -> None:
        """Look up the stories that these passages tell."""
        self._snapshot = snapshot
        self._places = snapshot.places(numbers)
        articles = {article for article, _, _ in self._places.values()}
        told = [_earliest(telling) for telling in snapshot.tellings(articles, within)]
        known = snapshot.by_number({number for telling in told for number in telling})
        self._tellings = {number: [(other, known[other]) for other in telling] for telling in told for number in telling}
        articles_told = (tuple(known[number] for number in telling) for telling in told)
        self._by_id = {article.id: telling for telling in articles_told for article in telling}

    def originals(self) -> list[int]:
        """Return the passages that stand for those looked up, each once, ascending: an original's where it has the words."""
        return sorted({original for number in self._places for original in self._originals_of(number)})

    def tellings(self, article_id: str) -> tuple[Article, ...]:
        """Return all articles that tell this article's story, itself among them, the original first; none when it is alone."""
        return self._by_id.get(article_id, ())

    def _originals_of(self, number: int) -> Sequence[int]:
        """Return the first article's passages with this passage's words; beside the passage itself, if it has others, too."""
        article, start, end = self._places[number]
        telling = self._tellings.get(article, [])
        own = dict(telling).get(article)
        for other, earlier in telling:
            if own is None or other == article:
                break
            found = places(own.text, start, end, earlier.text)
            if there := self._snapshot.passages_at(other, [span for span in found if span]):
                return there if all(found) else [number, *there]
        return [number]


def having(text: str, start: int, end: int, copies: Iterable[Article]) -> tuple[Article, ...]:
    """Return those of the copies in which all sentences of `text[start:end]` stand, too."""
    return tuple(copy for copy in copies if all(places(text, start, end, copy.text) or [None]))


def nearly_having(text: str, start: int, end: int, copies: Iterable[Article]) -> tuple[Article, ...]:
    """Return those of the copies that leave out at most half of these sentences, and tell none of them otherwise."""
    found = ((copy, places(text, start, end, copy.text)) for copy in copies)
    return tuple(
        copy
        for copy, spans in found
        if any(spans) and 2 * sum(map(bool, spans)) >= len(spans) and not told_otherwise(text, start, end, copy.text)
    )


def _earliest(telling: Sequence[tuple[int, str | None]]) -> list[int]:
    return [number for number, _ in sorted(telling, key=lambda one: (*moment(one[1]), one[0]))[:MOST_COPIES]]


def moment(published: str | None) -> tuple[bool, datetime]:
    """Return what orders dates: undated last; without a time the beginning of the day, without a zone UTC."""
    if not published:
        return True, datetime.max.replace(tzinfo=UTC)
    read = datetime.fromisoformat(published)
    return False, read if read.tzinfo else read.replace(tzinfo=UTC)
