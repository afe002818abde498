"""Which articles tell the same story in nearly the same words: the statements that keep this up to date. Knows no files.

An article's near copies are found through the buckets of its signature, never by looking at all articles. What is connected
by near copies is one story, named by the least number of its articles: the same whatever the order of adding and removing.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from index.checksums import story_checksum
from index.signatures import VALUES, Signature, alike, buckets, signature

_MOST_OF_A_BUCKET = 200  # articles looked at; a bucket of more is one story, told more often than anybody counts

SCHEMA = (
    "CREATE TABLE signatures (article INTEGER PRIMARY KEY REFERENCES articles, signature BLOB NOT NULL, story INTEGER NOT NULL,"
    " checksum TEXT NOT NULL)",
    "CREATE INDEX signatures_by_story ON signatures (story)",
    "CREATE TABLE buckets (bucket INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (bucket, article)) WITHOUT ROWID",
)


def record(connection: sqlite3.Connection, article: int, text: str) -> None:
    """Note an article that is new here, and which story it tells; stories that it connects become one."""
    own = signature(text)
    _, signatures, stories = _of(connection, _sharing(connection, own))
    met = {story for story, is_alike in zip(stories, alike(own, signatures).tolist(), strict=True) if is_alike}
    story = min([article, *met])
    connection.executemany("INSERT INTO buckets VALUES (?, ?)", [(bucket, article) for bucket in set(buckets(own))])
    _write(connection, [(article, own.tobytes())], story)
    for other in sorted(met - {story}):
        numbers, signatures, _ = _of(connection, _telling(connection, other))
        _write(connection, _as_stored(numbers, signatures), story)


def forget(connection: sqlite3.Connection, article: int) -> None:
    """Take an article out; those that only it connected are stories of their own again."""
    found = connection.execute("SELECT signature, story FROM signatures WHERE article = ?", (article,)).fetchone()
    if not found:
        return
    stored, story = found
    own = np.frombuffer(stored, dtype=np.uint32)
    connection.executemany("DELETE FROM buckets WHERE bucket = ? AND article = ?", [(one, article) for one in buckets(own)])
    connection.execute("DELETE FROM signatures WHERE article = ?", (article,))
    numbers, signatures, _ = _of(connection, _telling(connection, story))
    for places in _connected(signatures):
        told = [numbers[place] for place in places]
        if min(told) != story or len(told) < len(numbers):
            _write(connection, _as_stored(told, signatures[places]), min(told))


def problems(copy: sqlite3.Connection) -> Iterator[str]:
    """Yield what does not fit of what is noted here, in words."""
    expected: set[tuple[int, int]] = set()
    rows = copy.execute(
        "SELECT a.id, a.number, s.signature, s.story, s.checksum FROM articles a LEFT JOIN signatures s ON s.article = a.number"
    )
    for article_id, number, stored, story, noted in rows:
        if stored is None or len(stored) != 4 * VALUES or noted != story_checksum(number, stored, story):
            yield f"what the copies of article {article_id} are recognised by does not fit its checksum"
        else:
            expected.update((bucket, number) for bucket in buckets(np.frombuffer(stored, dtype=np.uint32)))
    if expected != set(copy.execute("SELECT bucket, article FROM buckets")):
        yield "the index of near copies does not fit the articles"


def _sharing(connection: sqlite3.Connection, own: Signature) -> list[int]:
    select = "SELECT article FROM buckets WHERE bucket = ? ORDER BY article LIMIT ?"
    sharing = {row[0] for bucket in buckets(own) for row in connection.execute(select, (bucket, _MOST_OF_A_BUCKET))}
    return sorted(sharing)


def _telling(connection: sqlite3.Connection, story: int) -> list[int]:
    return [row[0] for row in connection.execute("SELECT article FROM signatures WHERE story = ? ORDER BY 1", (story,))]


def _of(connection: sqlite3.Connection, articles: Sequence[int]) -> tuple[list[int], np.ndarray, list[int]]:
    """Return numbers (n), signatures (n, VALUES) and stories (n) of these articles."""
    select = "SELECT article, signature, story FROM signatures WHERE article = ?"
    rows = [row for article in articles for row in connection.execute(select, (article,))]
    signatures = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.uint32).reshape(len(rows), VALUES)
    return [row[0] for row in rows], signatures, [row[2] for row in rows]


def _as_stored(numbers: Sequence[int], signatures: np.ndarray) -> list[tuple[int, bytes]]:
    return [(number, one.tobytes()) for number, one in zip(numbers, signatures, strict=True)]


def _write(connection: sqlite3.Connection, articles: Iterable[tuple[int, bytes]], story: int) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO signatures VALUES (?, ?, ?, ?)",
        [(number, stored, story, story_checksum(number, stored, story)) for number, stored in articles],
    )


def _connected(signatures: np.ndarray) -> Iterator[list[int]]:
    """Yield the groups of places that near copies connect."""
    left = np.arange(len(signatures))
    while len(left):
        group, reached = [], [int(left[0])]
        left = left[1:]
        while reached:
            place = reached.pop()
            group.append(place)
            met = alike(signatures[place], signatures[left])
            reached += left[met].tolist()
            left = left[~met]
        yield group
