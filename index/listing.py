"""Which articles to list, and in which order: one page at a time, however many there are. Knows the articles' table only."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from index.rows import Listed

Order = Literal["added", "published", "title", "source"]
MOST_LISTED = 200

# Unknown dates and outlets come last; of equals, what was added last comes first.
_ORDERS: dict[Order, str] = {
    "added": "a.number DESC",
    "published": "a.published IS NULL, substr(a.published, 1, 10) DESC, a.number DESC",
    "title": "folded(a.title), a.number DESC",
    "source": "a.source IS NULL, folded(a.source), a.number DESC",
}
LISTED_COLUMNS = (
    "a.id, a.title, a.source, a.url, a.published, a.updated, a.added, a.origin, a.content_hash,"
    " (SELECT count(*) FROM passages WHERE article = a.number), length(a.text)"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list: articles published from day `since` through day `until`, of the outlet called `source`, whose title
    or outlet holds all `words`, in upper or lower case.

    The orders `added` and `published` list the newest first, `title` and `source` from A to Z. `limit` is 1 to MOST_LISTED.
    """

    words: str = ""
    since: str | None = None
    until: str | None = None
    source: str | None = None
    order: Order = "added"
    limit: int = 50
    offset: int = 0


def listed(
    connection: sqlite3.Connection, listing: Listing, condition: str, values: Mapping[str, str]
) -> tuple[list[Listed], int]:
    """Return the page, and how many articles are on all its pages. `condition` on `a` says in SQL what is within the dates."""
    connection.create_function("folded", 1, _folded, deterministic=True)
    parameters: dict[str, str | int] = {**values, "limit": min(listing.limit, MOST_LISTED), "offset": listing.offset}
    for number, word in enumerate(listing.words.casefold().split()):
        condition += f" AND instr(folded(a.title || ' ' || coalesce(a.source, '')), :word{number})"
        parameters[f"word{number}"] = word
    rows = connection.execute(
        f"SELECT {LISTED_COLUMNS} FROM articles a WHERE {condition}"  # noqa: S608
        f" ORDER BY {_ORDERS[listing.order]} LIMIT :limit OFFSET :offset",
        parameters,
    ).fetchall()
    (count,) = connection.execute(f"SELECT count(*) FROM articles a WHERE {condition}", parameters).fetchone()  # noqa: S608
    return [Listed(*row) for row in rows], int(count)


def sources(connection: sqlite3.Connection) -> list[tuple[str | None, int]]:
    """Return the outlets and how many articles each has, the one with most first; None for those whose outlet is unknown."""
    return connection.execute("SELECT source, count(*) FROM articles GROUP BY source ORDER BY 2 DESC, source").fetchall()


def _folded(words: str | None) -> str:
    return (words or "").casefold()
