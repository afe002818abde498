"""Questions about now: newer evidence goes first where it answers as well, and the answer says as of which day. Pure.

"As well" is a matter of measure, not of date alone: a newer passage that does not answer never leads (see `rag/answer.py`).
"""

from collections.abc import Sequence
from datetime import date, datetime

from index.article import Article
from index.search import Hit
from index.stories import moment
from rag.types import Reading

# Of the best rank score, and of the best answer's probability: with less, newer articles lead that do not answer
# (benchmarks/LOG.md, 2026-11-21).
NEARLY_AS_GOOD = 0.85
_MONTH_NAMES = "January February March April May June July August September October November December"
_MONTHS = _MONTH_NAMES.split()


def published(article: Article) -> datetime:
    """Return when an article was published; an undated one is older than any."""
    undated, when = moment(article.published)
    return datetime.min.replace(tzinfo=when.tzinfo) if undated else when


def newer(readings: Sequence[Reading]) -> list[Reading]:
    """Return the best reading of every article that is newer than the best reading's and nearly as good, the newest first."""
    best = readings[0]
    found: dict[str, Reading] = {}
    for reading in readings:
        is_good = reading.rank_score >= NEARLY_AS_GOOD * best.rank_score
        if is_good and published(reading.hit.article) > published(best.hit.article):
            found.setdefault(reading.hit.article.id, reading)
    return sorted(found.values(), key=lambda reading: published(reading.hit.article), reverse=True)


def newest(hits: Sequence[Hit], most: int) -> list[Hit]:
    """Return at most so many of the hits, the newest first."""
    return sorted(hits, key=lambda hit: published(hit.article), reverse=True)[:most]


def as_of(article: Article) -> str:
    """Return as of which day an article tells something: "As of 3 May 2023"."""
    if not article.published:
        return "As of an undated article"
    day = date.fromisoformat(article.published[:10])
    return f"As of {day.day} {_MONTHS[day.month - 1]} {day.year}"
