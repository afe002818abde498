"""Does the content fit its checksums? The full check, on a copy in memory: it changes nothing and needs no writing.

SQLite's own check of the structure, the checksum of every article with its passages and vectors, and the keyword index
against the texts. Knows no files: the cheap check of the whole file is `index.seal`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import groupby

from index import copies
from index.article import Article, content_hash
from index.checksums import article_checksum, checksum, passages_checksum
from index.database import FORMAT, create_tables
from index.rows import ARTICLE_COLUMNS, Version, restored
from index.upgrade import upgrade


def problems(source: sqlite3.Connection) -> list[str]:
    """Check everything on a private copy; return what is wrong in words, nothing when all is well."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        try:
            source.backup(copy)
            upgrade(copy)  # what an older Footnote wrote is checked as it will be
            found = _structure(copy)
            if not found:
                found = [*_state(copy), *_articles(copy), *_orphans(copy), *_keywords(copy), *copies.problems(copy)]
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            return [f"it cannot be read through ({error})"]
    return found


@dataclass(frozen=True, slots=True)
class Intact:
    """An article that its checksums prove whole, with its number and the versions it replaced."""

    number: int
    article: Article
    versions: list[Version]


def intact_articles(source: sqlite3.Connection) -> list[Intact]:
    """Return every whole article of a damaged library, in the order of their passages, which decides between equal hits."""
    orders = (
        "SELECT article FROM passages NOT INDEXED ORDER BY number",
        "SELECT number FROM articles NOT INDEXED ORDER BY number",
    )
    numbers: dict[int, None] = {}
    for order in orders:
        with suppress(sqlite3.DatabaseError):
            numbers.update((number, None) for (number,) in source.execute(order))
    whole = []
    for number in numbers:
        with suppress(sqlite3.DatabaseError, ValueError, TypeError):
            *columns, stored, text = source.execute(
                f"SELECT {ARTICLE_COLUMNS}, checksum, text FROM articles WHERE number = ?",  # noqa: S608 - a constant
                (number,),
            ).fetchone()
            rows = source.execute(
                "SELECT content_hash, replaced_at, text FROM versions NOT INDEXED WHERE article = ? ORDER BY rowid", (number,)
            )
            versions = [Version(*row) for row in rows]
            if stored == article_checksum(columns, versions) and columns[8] == content_hash(text):
                kept = [one if _fits(one) else replace(one, text=None) for one in versions]
                whole.append(Intact(number, restored([*columns, text]), kept))
    return whole


def _fits(version: Version) -> bool:
    return version.text is None or content_hash(version.text) == version.content_hash


def _structure(copy: sqlite3.Connection) -> list[str]:
    (version,) = copy.execute("PRAGMA user_version").fetchone()
    if version != FORMAT:
        return [f"its format is {version}, this program writes {FORMAT}"]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        create_tables(model)
        tables = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
        if copy.execute(tables).fetchall() != model.execute(tables).fetchall():
            return ["its tables are not those of a library"]
    report = [str(line) for (line,) in copy.execute("PRAGMA integrity_check(3)")]
    return [] if report == ["ok"] else [f"structure: {line}" for line in report]


def _state(copy: sqlite3.Connection) -> Iterator[str]:
    rows = copy.execute("SELECT library, fingerprint, generation, next_passage, changed, checksum FROM state").fetchall()
    if len(rows) != 1 or rows[0][-1] != checksum(rows[0][:-1]):
        yield "its state does not fit its checksum"


def _articles(copy: sqlite3.Connection) -> Iterator[str]:
    versions = {
        number: [Version(*row[1:]) for row in rows]
        for number, rows in groupby(
            copy.execute("SELECT article, content_hash, replaced_at, text FROM versions ORDER BY article"), lambda row: row[0]
        )
    }
    articles = copy.execute(f"SELECT {ARTICLE_COLUMNS}, checksum, passages_checksum, number, text FROM articles")  # noqa: S608
    for *columns, stored, stored_passages, number, text in articles:
        if columns[8] != content_hash(text):
            yield f"the text of article {columns[0]} does not fit its hash"
        replaced = versions.pop(number, [])
        if stored != article_checksum(columns, replaced):
            yield f"what is known of article {columns[0]} does not fit its checksum"
        if not all(map(_fits, replaced)):
            yield f"an earlier text of article {columns[0]} does not fit its hash"
        if stored_passages != passages_checksum(passage_rows(copy, number)):
            yield f"passages or vectors of article {columns[0]} do not fit their checksum"


def passage_rows(connection: sqlite3.Connection, article: int) -> list[tuple[int, int, int, bytes]]:
    """Return `(number, start, end, vector)` of an article's passages, in order."""
    return connection.execute(
        'SELECT p.number, p.start, p."end", v.vector FROM passages p LEFT JOIN vectors v ON v.passage = p.number'
        " WHERE p.article = ? ORDER BY p.number",
        (article,),
    ).fetchall()


def _orphans(copy: sqlite3.Connection) -> Iterator[str]:
    for table, rowid, *_ in copy.execute("PRAGMA foreign_key_check"):
        yield f"row {rowid} of {table} belongs to nothing"


def _keywords(copy: sqlite3.Connection) -> Iterator[str]:
    try:
        copy.execute("INSERT INTO keywords (keywords, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        yield "the keyword index does not fit the texts"
