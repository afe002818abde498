"""Questions about now: newer evidence goes first where it answers as well, and the answer says as of which day. Questions about
what changes, too; and those about a year that an article does not tell of. Pure.

"As well" is a matter of measure, not of date alone: a newer passage that does not answer never leads (see `rag/answer.py`).
"""

import re
from collections.abc import Sequence
from datetime import datetime

from index.article import Article
from index.search import Hit
from index.stories import moment
from rag.kinds import OFFICE
from rag.terms import YEAR
from rag.types import Claim, Query, Reading

# Of the best rank score, and of the best answer's probability: with less, newer articles lead that do not answer
# (benchmarks/LOG.md, 2026-11-21).
NEARLY_AS_GOOD = 0.85
AS_GOOD = 0.95  # of that probability where nobody says "now"; benchmarks/LOG.md, 2026-11-30
# Who holds an office, what became of somebody, how many have died: the newest is meant, though nobody says "now".
_CHANGES = re.compile(
    rf"\bwho(?:['’]s|\s+(?:is|are))\s+(?:the\s+)?(?:[\w'’-]+\s+){{0,3}}?{OFFICE}\b(?!\s+(?:who|that)\b)"
    r"|\bwho\s+(?:leads|heads|runs|manages|coaches|governs|commands|chairs|owns|rules)\b"
    r"|\bwhat\s+(?:has\s+)?(?:happened\s+to|become\s+of|became\s+of)\b"
    r"|\bhow many\b.*\b(?:died|dead|killed|missing|injured|wounded|infected|homeless)\b|\b(?:death )?toll\b",
    re.IGNORECASE,
)
_ASKED_YEAR = re.compile(
    rf"(?<!\bsince )(?<!\bbefore )(?<!\bafter )(?<!\buntil )(?<!\bby )(?<!\bfrom )(?<!\bto ){YEAR}", re.IGNORECASE
)
# Words by which a sentence tells of a year without its number.
_REACHES = re.compile(
    rf"\b(?:since|ago|decades?|years? (?:earlier|before|later)|(?:last|previous|next|past|recent) (?:\w+ )?(?:years?|seasons?)"
    rf"|(?:from|between|until|till) (?:\w+ )?{YEAR})\b",
    re.IGNORECASE,
)


def published(article: Article) -> datetime:
    """Return when an article was published; an undated one is older than any."""
    undated, when = moment(article.published)
    return datetime.min.replace(tzinfo=when.tzinfo) if undated else when


def is_of_the_newest(query: Query) -> bool:
    """Whether the newest of what answers as well is wanted: it is asked about now, or about what changes, and about no year."""
    return query.is_about_now or bool(_CHANGES.search(query.text) and not re.search(YEAR, query.text))


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


def is_of_another_year(query: Query, claim: Claim) -> bool:
    """Whether a question is about a year that the article of an answer does not name, and it was published in another one: who
    won in 2015 is not told by who has won in 2024. An undated article, or words like "since" and "ago", may mean any year."""
    years, article = _ASKED_YEAR.findall(query.text), claim.reading.hit.article
    if not years or not article.published or _REACHES.search(claim.text):
        return False
    return not any(year in f"{article.published[:4]} {article.title} {article.text}" for year in years)
