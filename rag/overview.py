"""What there is in a library, for who asks for a summary of no topic: how its newest articles begin. Knows no search."""

from dataclasses import replace

from index.library import Library
from index.search import Hit
from index.snapshot import Within
from rag.evidence import shown
from rag.sentences import sentences_of
from rag.sources import attributed
from rag.types import Claim, Reading

MOST = 5  # articles
_FEWEST_WORDS = 12  # a shorter first sentence takes the next one with it


def overview(library: Library, within: Within) -> tuple[list[Reading], list[Claim]]:
    """Return the first sentence of each of the newest articles that lie `within`, its outlet and day in front of it.

    Of an article without an outlet the title stands there, unless it is made of the same words.
    """
    with library.reading() as snapshot:
        articles, count = snapshot.newest(MOST, within)
        first = [(article, passages[0]) for article in articles if (passages := snapshot.passages_of(article.id))]
    hits = [Hit(passage, article, 1.0, 0.0, 0.0, rank) for rank, (article, passage) in enumerate(first, start=1)]
    claims: dict[str, Claim] = {}  # a story that several articles tell begins in the same words
    for hit in hits:
        claim = _beginning(hit)
        claims.setdefault(claim.text, claim)
    told = list(claims.values())
    if count > len(told) > 1:
        order = "newest" if told[0].reading.hit.article.published else "last added"
        told[0] = replace(told[0], before=f"{len(told)} of {count} articles, the {order} first. {told[0].before}".rstrip())
    return [claim.reading for claim in told], told


def _beginning(hit: Hit) -> Claim:
    text, at = hit.passage.text, hit.passage.start
    (start, end), *further = sentences_of(hit)
    if further and len(text[start:end].split()) < _FEWEST_WORDS:
        end = further[0][1]
    reading = Reading(hit, (at + start, at + end), at + start, at + end, 0.0, 0.0, 0.0, 1.0)
    claim = Claim(shown(text[start:end]), reading, at + start, at + end)
    is_its_title = claim.text.startswith(hit.article.title.rstrip("…")) and not hit.article.source
    return claim if is_its_title else replace(claim, before=attributed(claim))
