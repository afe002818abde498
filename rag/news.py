"""The latest on a topic: how the newest articles that tell of it take it up, each with its outlet and day. Pure.

Which sentence fits the words "the latest" best says nothing: an old one does as well. News begins with what matters, so of
each article the first sentence stands that holds most of the topic.
"""

from collections.abc import Sequence
from dataclasses import replace

from rag.extractive import MAX_CLAIMS, claim_of
from rag.recency import published
from rag.sources import attributed
from rag.terms import content_stems
from rag.types import Claim, Query, Reading


def news(query: Query, told: Sequence[Reading]) -> list[Claim]:
    """Return a claim of each of the newest dated articles among these readings, the newest first; none of a single article,
    which is better told by more than one sentence."""

    def taken_up(reading: Reading) -> tuple[int, int]:
        sentence = reading.hit.article.text[slice(*reading.sentence)]
        return -len(query.terms.keys() & set(content_stems(sentence))), reading.start

    first: dict[str, Reading] = {}
    for reading in sorted(told, key=taken_up):
        if reading.hit.article.published:
            first.setdefault(reading.hit.article.id, reading)
    newest = sorted(first.values(), key=lambda reading: published(reading.hit.article), reverse=True)[:MAX_CLAIMS]
    claims = [claim_of(reading) for reading in newest] if len(newest) > 1 else []
    return [replace(claim, before=attributed(claim)) for claim in claims]
