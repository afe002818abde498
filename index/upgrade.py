"""A library that an older Footnote wrote becomes one of today, in place, inside a transaction that somebody else began.

Format 1 kept only the hashes of earlier versions of an article; formats 1 and 2 did not recognise copies of a story.
"""

import sqlite3

from index import copies
from index.checksums import article_checksum, checksum
from index.database import APPLICATION_ID, FORMAT, Database
from index.errors import FingerprintMismatch
from index.failures import damaged
from index.rows import ARTICLE_COLUMNS, Version

OLDEST = 1
VERSIONS = (
    "CREATE TABLE versions (article INTEGER NOT NULL REFERENCES articles, content_hash TEXT NOT NULL,"
    " replaced_at TEXT NOT NULL,\n  text TEXT)",
    "CREATE INDEX versions_by_article ON versions (article)",
)


def format_of(database: Database) -> int:
    """Return which format a library is in."""
    with database.reading() as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_foreign(database: Database) -> None:
    """Raise LibraryDamaged for a database that is no library, FingerprintMismatch for one of a format that is not known."""
    with database.reading() as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise damaged(database.path, "it is not a library of Footnote")
    version = format_of(database)
    if not OLDEST <= version <= FORMAT:
        raise FingerprintMismatch(
            f"the library is in format {version}, and this program reads formats up to {FORMAT}",
            "use the version of Footnote that made it",
        )


def upgrade(connection: sqlite3.Connection) -> bool:
    """Bring the library up to today's format; False when it is there already, or not of a format that is known.

    A checksum that did not fit before does not fit after.
    """
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found not in (1, 2):
        return False
    if found == 1:
        _keep_texts_of_versions(connection)
    for statement in copies.SCHEMA:
        connection.execute(statement)
    for number, text in connection.execute("SELECT number, text FROM articles ORDER BY number"):
        copies.record(connection, number, text)
    connection.execute("PRAGMA user_version=3")
    return True


def _keep_texts_of_versions(connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT article, content_hash, replaced_at FROM versions ORDER BY rowid").fetchall()
    connection.execute("DROP TABLE versions")
    for statement in VERSIONS:
        connection.execute(statement)
    connection.executemany("INSERT INTO versions VALUES (?, ?, ?, NULL)", rows)
    for number in dict.fromkeys(row[0] for row in rows):
        *columns, stored = connection.execute(
            f"SELECT {ARTICLE_COLUMNS}, checksum FROM articles WHERE number = ?",  # noqa: S608 - a constant
            (number,),
        ).fetchone()
        replaced = [(content_hash, at) for article, content_hash, at in rows if article == number]
        if stored == checksum([list(columns), sorted(map(list, replaced))]):
            now = article_checksum(columns, [Version(content_hash, at, None) for content_hash, at in replaced])
            connection.execute("UPDATE articles SET checksum = ? WHERE number = ?", (now, number))
