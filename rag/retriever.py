"""A query becomes hits, and hits become readings in the order in which they answer. LangChain's face of it, too.

Knows no prompts and no SQL.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.search import Hit, Search
from rag.reader import Reader
from rag.types import Query, Reading

READER_WEIGHT = 0.02  # benchmarks/LOG.md, 2026-11-21: of the reader's score beside the fused score
MIN_HITS = 8  # read even when fewer are asked for: the first answer must not depend on how many hits a caller lists


class Retriever:
    """Searches, reads what was found, and orders it by both."""

    def __init__(self, search: Search, reader: Reader) -> None:
        self._search, self._reader = search, reader

    def hits(self, query: str, k: int, as_of: str | None = None) -> list[Hit]:
        """Return the best `max(k, MIN_HITS)` hits, published up to the day `as_of` when it is given."""
        return self._search.search(query, max(k, MIN_HITS), until=as_of)

    def read(self, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """Return one reading per hit, the best `rank_score` first."""
        spans = self._reader.read(query.text, [hit.passage.text for hit in hits])
        readings = [
            Reading(
                hit=hit,
                start=hit.passage.start + span.start,
                end=hit.passage.start + span.end,
                score=span.score,
                no_answer_score=span.no_answer_score,
                rank_score=hit.score + READER_WEIGHT * span.score,
            )
            for hit, span in zip(hits, spans, strict=True)
        ]
        return sorted(readings, key=lambda reading: (-reading.rank_score, reading.hit.rank))


class FootnoteRetriever(BaseRetriever):
    """LangChain's retriever over the library: a Document per hit, with its offsets, its article's facts and every score."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    search: Search
    k: int = 8

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,
    ) -> list[Document]:
        hits: list[Hit] = self.search.search(query, kwargs.get("k", self.k))
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    article, passage = hit.article, hit.passage
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "source": article.source,
            "url": article.url,
            "published_at": article.published,
            "content_hash": article.content_hash,
            "start_char_index": passage.start,
            "end_char_index": passage.end,
            "score": hit.score,
            "keyword_score": hit.keyword_score,
            "vector_score": hit.vector_score,
            "rank": hit.rank,
        },
    )
