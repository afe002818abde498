"""Everything that can be read from one unchanging state of the library. Knows no vectors' meaning and no ranking.

Scores: `keyword_hits` gives BM25, higher is better, 0 for no match. User text reaches the keyword index only as quoted words.
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from index.article import Article, Passage
from index.errors import ArticleMissing
from index.listing import LISTED_COLUMNS, Listing, listed, sources
from index.rows import ARTICLE_COLUMNS, Listed, State, Version, restored
from index.words import storable, words

TITLE_WEIGHT = 1.0  # of a word in the title against one in the passage; benchmarks decide
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Within:
    """What to search: articles published from day `since` through day `until`, of one outlet; with `as_of`, as the library
    would have been on that day: nothing that was published or updated later.

    Undated articles are outside any dates. Raises ValueError for what is no ISO date.
    """

    since: str | None = None
    until: str | None = None
    source: str | None = None
    as_of: str | None = None

    @property
    def has_dates(self) -> bool:
        return any((self.since, self.until, self.as_of))

    def __post_init__(self) -> None:
        for name in ("since", "until", "as_of"):
            if day := getattr(self, name):  # compared as words, so written in the one way that dates in the library are
                object.__setattr__(self, name, datetime.fromisoformat(day).date().isoformat())

    def __bool__(self) -> bool:
        return self.has_dates or bool(self.source)

    def sql(self) -> tuple[str, dict[str, str]]:
        """Return a condition on `a` (articles) and its parameters."""
        conditions = {"since": "substr(a.published, 1, 10) >= :since", "until": "substr(a.published, 1, 10) <= :until"}
        conditions["as_of"] = "substr(max(a.published, coalesce(a.updated, a.published)), 1, 10) <= :as_of"
        conditions["source"] = "a.source = :source"
        given = {name: getattr(self, name) or "" for name in ("since", "until", "as_of")}
        given["source"] = storable(self.source or "")
        given = {name: value for name, value in given.items() if value}
        return " AND ".join(["1", *(conditions[name] for name in given)]), given


EVERYTHING = Within()


class Snapshot:
    """Reads of one state; valid inside the `with` that gave it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        library, fingerprint, generation = connection.execute("SELECT library, fingerprint, generation FROM state").fetchone()
        self.library: str = library
        self.fingerprint: str = fingerprint
        self.generation: int = generation

    def state(self) -> State:
        (changed,) = self._connection.execute("SELECT changed FROM state").fetchone()
        articles, newest = self._connection.execute("SELECT count(*), max(published) FROM articles").fetchone()
        (passages,) = self._connection.execute("SELECT count(*) FROM passages").fetchone()
        return State(self.library, self.fingerprint, self.generation, changed, articles, passages, newest)

    def get(self, article_id: str) -> Article:
        """Return an article with its text; ArticleMissing if there is none."""
        found = self._articles("id = ?", [storable(article_id)])
        if not found:
            raise ArticleMissing(f"no article {article_id!r}", "see what there is: python -m index list")
        return next(iter(found.values()))

    def articles(self) -> list[Listed]:
        """Return a line for every article, in the order of adding."""
        rows = self._connection.execute(f"SELECT {LISTED_COLUMNS} FROM articles a ORDER BY number")  # noqa: S608 - a constant
        return [Listed(*row) for row in rows]

    def listed(self, listing: Listing) -> tuple[list[Listed], int]:
        """Return a page of the list, and how many articles are on all its pages."""
        return listed(self._connection, listing, *Within(listing.since, listing.until, listing.source).sql())

    def newest(self, limit: int, within: Within = EVERYTHING) -> tuple[list[Article], int]:
        """Return the articles inside that were published last, undated ones behind all others, and how many are inside."""
        rows, count = listed(self._connection, Listing(order="published", limit=limit), *within.sql())
        return [self.get(row.id) for row in rows], count

    def sources(self) -> list[tuple[str | None, int]]:
        """Return the outlets and how many articles each has, most first."""
        return sources(self._connection)

    def origins(self, beginning: str) -> list[tuple[str, str]]:
        """Return `(id, origin)` of the articles whose origin begins so."""
        select = "SELECT id, origin FROM articles WHERE substr(origin, 1, length(:beginning)) = :beginning ORDER BY number"
        return self._connection.execute(select, {"beginning": beginning}).fetchall()

    def in_passage_order(self) -> list[str]:
        """Return the articles' ids in the order of their first passages, which decides between equal hits."""
        rows = self._connection.execute(
            "SELECT id FROM articles ORDER BY (SELECT min(number) FROM passages WHERE article = articles.number), number"
        )
        return [article_id for (article_id,) in rows]

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return the passages of an article in reading order; ArticleMissing if there is none."""
        text = self.get(article_id).text
        rows = self._connection.execute(
            'SELECT start, "end" FROM passages WHERE article = (SELECT number FROM articles WHERE id = ?) ORDER BY number',
            (storable(article_id),),
        )
        return [Passage(article_id, start, end, text[start:end]) for start, end in rows]

    def versions_of(self, article_id: str) -> list[Version]:
        """Return the earlier versions of an article, oldest first."""
        rows = self._connection.execute(
            "SELECT content_hash, replaced_at, text FROM versions WHERE article = (SELECT number FROM articles WHERE id = ?)"
            " ORDER BY rowid",
            (storable(article_id),),
        )
        return [Version(*row) for row in rows]

    def count(self, within: Within) -> int:
        """Return how many passages are inside; 0 tells "nothing in these dates" from "nothing fits"."""
        condition, values = within.sql()
        return int(
            self._connection.execute(
                f"SELECT count(*) FROM passages p JOIN articles a ON a.number = p.article WHERE {condition}",  # noqa: S608
                values,
            ).fetchone()[0]
        )

    def numbers(self, within: Within | None = None) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """Return the numbers of the passages inside, ascending: shape (n,), int64."""
        condition, values = (within or Within()).sql()
        source = "passages p JOIN articles a ON a.number = p.article" if within else "passages p"
        rows = self._connection.execute(f"SELECT p.number FROM {source} WHERE {condition} ORDER BY 1", values)  # noqa: S608
        return np.fromiter((number for (number,) in rows), dtype=np.int64)

    def vectors(self, numbers: Sequence[int]) -> np.ndarray:
        """Return the stored vectors of these passages in the order given: shape (n, dimension), float32."""
        found = dict(self._rows("SELECT passage, vector FROM vectors WHERE passage IN", numbers))
        stored = np.frombuffer(b"".join(found[number] for number in numbers), dtype=np.float16)
        return stored.reshape(len(numbers), -1).astype(np.float32)

    def passages(self, numbers: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Return these passages with their articles, by number."""
        rows = list(self._rows('SELECT number, article, start, "end" FROM passages WHERE number IN', numbers))
        articles = self.by_number({article for _, article, _, _ in rows})
        return {
            number: (Passage(found.id, start, end, found.text[start:end]), found)
            for number, article, start, end in rows
            for found in (articles[article],)
        }

    def places(self, numbers: Sequence[int]) -> dict[int, tuple[int, int, int]]:
        """Return `(article, start, end)` of these passages, by number; articles are numbers here."""
        rows = self._rows('SELECT number, article, start, "end" FROM passages WHERE number IN', numbers)
        return {number: (article, start, end) for number, article, start, end in rows}

    def passages_at(self, article: int, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Return the numbers of the article's passages that hold these spans; none when one of the spans is in no passage."""
        rows = self._connection.execute('SELECT number, start, "end" FROM passages WHERE article = ?', (article,)).fetchall()
        holding = [[number for number, first, last in rows if first <= start and end <= last] for start, end in spans]
        return list(dict.fromkeys(number for one in holding for number in one)) if all(holding) else []

    def tellings(self, articles: Iterable[int], within: Within) -> list[list[tuple[int, str | None]]]:
        """Return for each story of these articles its articles inside, as `(number, published)`, where there are several."""
        told = {row[0] for row in self._rows("SELECT story FROM signatures WHERE article IN", list(articles))}
        counts = Counter(row[0] for row in self._rows("SELECT story FROM signatures WHERE story IN", list(told)))
        stories = [story for story, count in counts.items() if count > 1]
        condition, values = within.sql()
        select = (
            "SELECT a.number, a.published FROM signatures s JOIN articles a ON a.number = s.article"  # noqa: S608 - constants
            f" WHERE s.story = :story AND {condition} ORDER BY a.number"
        )
        found = (self._connection.execute(select, {"story": story, **values}).fetchall() for story in sorted(stories))
        return [rows for rows in found if len(rows) > 1]

    def by_number(self, articles: Collection[int]) -> dict[int, Article]:
        """Return these articles with their texts."""
        numbers = sorted(articles)
        found: dict[int, Article] = {}
        for first in range(0, len(numbers), _ROWS_AT_ONCE):
            some = numbers[first : first + _ROWS_AT_ONCE]
            found |= self._articles(f"number IN ({','.join('?' * len(some))})", some)
        return found

    def keyword_scores(self, query_words: Sequence[str], numbers: Sequence[int]) -> dict[int, float]:
        """Return BM25 of these passages, without those that hold none of the words."""
        if not query_words or not numbers:
            return {}
        matched = {"words": _any_of(query_words), "title_weight": TITLE_WEIGHT}
        rows = self._connection.execute(
            "SELECT rowid, -bm25(keywords, :title_weight, 1.0) FROM keywords"  # noqa: S608 - numbers only
            f" WHERE keywords MATCH :words AND rowid IN ({','.join(str(int(number)) for number in numbers)})",
            matched,
        )
        return dict(rows)

    def keyword_hits(self, query_words: Sequence[str], limit: int, within: Within | None = None) -> list[tuple[int, float]]:
        """Return `(number, BM25)` of the passages that hold any of the words, best first; of equals, the one added first."""
        if not query_words:
            return []
        condition, values = (within or Within()).sql()
        joined = "JOIN passages p ON p.number = keywords.rowid JOIN articles a ON a.number = p.article" if within else ""
        return self._connection.execute(
            f"SELECT keywords.rowid, -bm25(keywords, :title_weight, 1.0) AS score FROM keywords {joined}"  # noqa: S608
            f" WHERE keywords MATCH :words AND {condition} ORDER BY score DESC, keywords.rowid LIMIT :limit",
            {"words": _any_of(query_words), "title_weight": TITLE_WEIGHT, "limit": limit, **values},
        ).fetchall()

    def document_frequency(self, word: str) -> int:
        """Return how many passages hold the word or another form of it, in their text or title."""
        quoted = " ".join(f'"{part}"' for part in words(word))
        if not quoted:
            return 0
        return int(self._connection.execute("SELECT count(*) FROM keywords WHERE keywords MATCH ?", (quoted,)).fetchone()[0])

    def _articles(self, condition: str, values: Sequence[object]) -> dict[int, Article]:
        rows = self._connection.execute(
            f"SELECT number, {ARTICLE_COLUMNS}, text FROM articles WHERE {condition}",  # noqa: S608
            values,
        )
        return {number: restored(columns) for number, *columns in rows}

    def _rows(self, select: str, numbers: Sequence[int]) -> Iterator[Any]:
        for first in range(0, len(numbers), _ROWS_AT_ONCE):
            some = [int(number) for number in numbers[first : first + _ROWS_AT_ONCE]]
            yield from self._connection.execute(f"{select} ({','.join('?' * len(some))})", some)


def _any_of(query_words: Sequence[str]) -> str:
    return " OR ".join(f'"{word}"' for word in query_words)
