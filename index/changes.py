"""The statements that change a library, on a connection whose transaction somebody else began. Knows no files, no locks.

Every statement keeps the checksums of `index.integrity` true.
"""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from index import copies
from index.article import Article, Passage, article_id
from index.checksums import article_checksum, checksum, passages_checksum
from index.errors import UnusableContent
from index.rows import ARTICLE_COLUMNS, Version, restored
from index.words import storable

Outcome = Literal["added", "updated", "unchanged"]
KEPT_TEXTS = 20  # of earlier versions of an article; of older ones only the hash stays


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready to be stored: its passages and a row of `vectors` (n, dimension) for each."""

    article: Article
    passages: Sequence[Passage]
    vectors: np.ndarray


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def outcome_of(connection: sqlite3.Connection, article: Article) -> tuple[Outcome, Article | None]:
    """Say what storing the article would do, and give the article that it would replace or that is already there.

    Raises UnusableContent when another origin holds its id.
    """
    known = _one(connection, "origin = ?", article.origin)
    if known:
        return ("unchanged" if _facts(known) == _facts(article) else "updated"), known
    twin = _twin(connection, article)
    if twin:
        return "unchanged", twin
    holder = _one(connection, "id = ?", article.id)
    if holder:
        raise UnusableContent(f"its id {article.id!r} is that of another article, {holder.title!r}: give it another id")
    return "added", None


def put(connection: sqlite3.Connection, prepared: Prepared) -> tuple[Outcome, Article]:
    """Store an article, in place of its earlier version if there is one; return what was done and the article as stored."""
    outcome, known = outcome_of(connection, prepared.article)
    if outcome == "unchanged" and known:
        return outcome, known
    if known:
        article = replace(prepared.article, id=known.id, added=known.added)
        prepared = replace(prepared, article=article)
        replaced = known.content_hash != article.content_hash
        versions = [Version(known.content_hash, now(), known.text)] if replaced else []
        put_again(connection, prepared, versions)
    else:
        insert(connection, prepared)
    return outcome, prepared.article


def put_again(connection: sqlite3.Connection, prepared: Prepared, versions: Sequence[Version] = ()) -> None:
    """Store an article that is there already in its place, with new passages, noting the `versions` that it replaces."""
    replaced = prepared.article.id
    (number,) = connection.execute("SELECT number FROM articles WHERE id = ?", (replaced,)).fetchone()
    select = "SELECT content_hash, replaced_at, text FROM versions WHERE article = ? ORDER BY rowid"
    everything = [*(Version(*row) for row in connection.execute(select, (number,))), *versions]
    older, kept = everything[:-KEPT_TEXTS], everything[-KEPT_TEXTS:]
    remove(connection, replaced)
    insert(connection, prepared, [*(replace(version, text=None) for version in older), *kept], number)


def remove(connection: sqlite3.Connection, removed: str) -> bool:
    """Take an article out of every table and the keyword index; False if there was none."""
    found = connection.execute("SELECT number, title, text FROM articles WHERE id = ?", (storable(removed),)).fetchone()
    if not found:
        return False
    number, title, text = found
    rows = connection.execute('SELECT number, start, "end" FROM passages WHERE article = ?', (number,)).fetchall()
    connection.executemany(
        "INSERT INTO keywords (keywords, rowid, title, body) VALUES ('delete', ?, ?, ?)",
        [(passage, title, text[start:end]) for passage, start, end in rows],
    )
    connection.execute("DELETE FROM vectors WHERE passage IN (SELECT number FROM passages WHERE article = ?)", (number,))
    copies.forget(connection, number)
    for table in ("passages", "versions"):
        connection.execute(f"DELETE FROM {table} WHERE article = ?", (number,))  # noqa: S608 - a constant
    connection.execute("DELETE FROM articles WHERE number = ?", (number,))
    return True


def begin_state(connection: sqlite3.Connection, fingerprint: str, generation: int = 0) -> None:
    """Write the first state of a new library."""
    _write_state(connection, uuid.uuid4().hex, fingerprint, generation, 1)


def advance(connection: sqlite3.Connection, fingerprint: str | None = None) -> int:
    """Note that something changed; return the new generation. Called once, last, in every transaction."""
    library, kept, generation, next_passage = connection.execute(
        "SELECT library, fingerprint, generation, next_passage FROM state"
    ).fetchone()
    (highest,) = connection.execute("SELECT coalesce(max(number), 0) FROM passages").fetchone()
    _write_state(connection, library, fingerprint or kept, generation + 1, max(next_passage, highest + 1))
    return int(generation) + 1


def _write_state(connection: sqlite3.Connection, library: str, fingerprint: str, generation: int, next_passage: int) -> None:
    columns = (library, fingerprint, generation, next_passage, now())
    connection.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?, ?)", (*columns, checksum(columns)))


def insert(
    connection: sqlite3.Connection, prepared: Prepared, versions: Sequence[Version] = (), number: int | None = None
) -> None:
    """Write an article that is not there into every table and the keyword index."""
    article, metadata = prepared.article, json.dumps(dict(prepared.article.metadata), sort_keys=True)
    columns = [metadata if name == "metadata" else getattr(article, name) for name in ARTICLE_COLUMNS.split(", ")]
    first = _next_passage(connection)
    rows = [
        (number, passage.start, passage.end, vector.tobytes())
        for number, passage, vector in zip(
            range(first, first + len(prepared.passages)), prepared.passages, prepared.vectors.astype(np.float16), strict=True
        )
    ]
    marks = ", ".join("?" * (len(columns) + 4))
    connection.execute(
        f"INSERT INTO articles (number, {ARTICLE_COLUMNS}, checksum, passages_checksum, text) VALUES ({marks})",  # noqa: S608
        (number, *columns, article_checksum(columns, versions), passages_checksum(rows), article.text),
    )
    (number,) = connection.execute("SELECT number FROM articles WHERE id = ?", (article.id,)).fetchone()
    connection.executemany(
        "INSERT INTO versions VALUES (?, ?, ?, ?)", [(number, one.content_hash, one.replaced_at, one.text) for one in versions]
    )
    connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?)", [(row[0], number, row[1], row[2]) for row in rows])
    connection.executemany("INSERT INTO vectors VALUES (?, ?)", [(row[0], row[3]) for row in rows])
    connection.executemany(
        "INSERT INTO keywords (rowid, title, body) VALUES (?, ?, ?)",
        [(row[0], article.title, article.text[row[1] : row[2]]) for row in rows],
    )
    copies.record(connection, number, article.text)


def _next_passage(connection: sqlite3.Connection) -> int:
    (noted,) = connection.execute("SELECT next_passage FROM state").fetchone()
    (highest,) = connection.execute("SELECT coalesce(max(number), 0) FROM passages").fetchone()
    return max(int(noted), int(highest) + 1)


def _one(connection: sqlite3.Connection, condition: str, *values: object) -> Article | None:
    select = f"SELECT {ARTICLE_COLUMNS}, text FROM articles WHERE {condition} ORDER BY number LIMIT 1"  # noqa: S608 - constants
    row = connection.execute(select, values).fetchone()
    return restored(row) if row else None


def _twin(connection: sqlite3.Connection, article: Article) -> Article | None:
    """Return an article of the same words, outlet and address that lacks nothing of this one: its id, or else its dates."""
    is_named = article.id != article_id(article.origin)
    told = ["id"] if is_named else [name for name in ("published", "updated") if getattr(article, name)]
    same = ["content_hash", "source", "url", *told]
    return _one(connection, " AND ".join(f"{name} IS ?" for name in same), *(getattr(article, name) for name in same))


def _facts(article: Article) -> tuple[object, ...]:
    """What makes an article another version of itself: everything but its names and the time of adding."""
    dates = (article.published, article.updated)
    return (article.content_hash, article.title, article.source, article.url, *dates, dict(article.metadata))
