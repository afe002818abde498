"""A small library and an answerer for the web room's tests: real implementations of its interfaces, deterministic.

The answerer quotes the sentence that shares most words with the question, and abstains when fewer than two are shared.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.article import Article, Passage
from index.errors import ArticleMissing
from index.listing import Listing
from index.rows import Listed, Version
from index.search import Hit
from index.snapshot import EVERYTHING, Within
from rag.types import Answer, Citation, Delta, Event, LibraryState, Quotation, Searched, Turn

_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s|$)|$)", re.MULTILINE)
_COMMON = frozenset(["a", "and", "did", "do", "for", "from", "how", "in", "is", "it", "of", "on", "the", "to", "what", "who"])

BRIDGE = Article.create(
    "The old bridge was closed in March.\n\nMayor Lena Ortiz said the repair would cost “nine million” euros. "
    "Ferries carry passengers until it opens again. 🚢 They leave every hour.",
    title="Old bridge closed for repair",
    origin="bridge.txt",
    source="The Harbour Post",
    url="https://example.org/bridge",
    published="2024-03-05",
)
MARKET = Article.create(
    "The market moved to the square. Forty traders sell fish, bread and flowers there.",
    title="Market moves to the square",
    origin="market.txt",
)
HOSTILE = Article.create(
    "Gulls stole <img src='http://evil.test/t.png' onerror='document.body.dataset.hacked=1'> forty sandwiches "
    "<script>document.body.dataset.hacked=2</script> from [tourists](http://evil.test/) ![gull](http://evil.test/gull.png) "
    "near http://evil.test/auto today",
    title="Gulls <img src=x onerror='document.body.dataset.hacked=3'> [steal](http://evil.test/) **lunch** \"",
    origin="gulls.txt",
    source="<b onmouseover='document.body.dataset.hacked=4'>The Gull</b>",
    url="javascript:document.body.dataset.hacked=5",
)


class FakeLibrary:
    """Articles in memory; a hit's score is the share of the query's words that its sentence has."""

    def __init__(self, *articles: Article) -> None:
        self._articles = {article.id: article for article in articles}

    def get(self, article_id: str) -> Article:
        if article_id not in self._articles:
            raise ArticleMissing(f"no article {article_id}", "see which there are: python -m index list")
        return self._articles[article_id]

    def articles(self) -> Sequence[Article]:
        return list(self._articles.values())

    def versions_of(self, article_id: str) -> Sequence[Version]:
        return []

    def listed(self, listing: Listing) -> tuple[Sequence[Listed], int]:
        found = [one for one in reversed(self.articles()) if set(listing.words.lower().split()) <= _words(one.title)]
        return [_listed(one) for one in found[listing.offset :][: listing.limit]], len(found)

    def sources(self) -> Sequence[tuple[str | None, int]]:
        return Counter(article.source for article in self.articles()).most_common()

    def remove(self, article_ids: Sequence[str]) -> None:
        for article_id in article_ids:
            del self._articles[self.get(article_id).id]

    def state(self) -> LibraryState:
        newest = max((article.published for article in self.articles() if article.published), default=None)
        return LibraryState(len(self._articles), sum(1 for _ in self._sentences()), "fake", newest, "2024-03-06T12:00:00+00:00")

    def search(self, query: str, k: int = 8, within: Within = EVERYTHING) -> list[Hit]:
        wanted = _words(query)
        found = []
        for article, start, end in self._sentences():
            if not _inside(article, within):
                continue
            passage = Passage(article.id, start, end, article.text[start:end])
            shared = len(wanted & _words(passage.text)) / max(1, len(wanted))
            found.append((shared, passage, article))
        found.sort(key=lambda one: -one[0])
        return [
            Hit(passage=passage, article=article, score=score, keyword_score=score, vector_score=score, rank=rank)
            for rank, (score, passage, article) in enumerate(found[:k], 1)
            if score
        ]

    def _sentences(self) -> Iterator[tuple[Article, int, int]]:
        for article in self._articles.values():
            for found in _SENTENCE.finditer(article.text):
                yield article, found.start(), found.end()


def _listed(one: Article) -> Listed:
    dates = (one.published, one.updated, one.added)
    return Listed(one.id, one.title, one.source, one.url, *dates, one.origin, one.content_hash, 1, len(one.text))


class FakeAnswerer:
    """Quotes the best sentence of a FakeLibrary."""

    def __init__(self, library: FakeLibrary) -> None:
        self._library = library
        self.asked = 0  # questions so far

    def ask(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Answer:
        *_, answer = self.stream(question, history, within, k)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Iterator[Event]:
        self.asked += 1
        query = " ".join([*(turn.content for turn in history if turn.role == "user"), question])
        yield Searched(query)
        hits = self._library.search(query, k, within)
        good = [hit for hit in hits if len(_words(query) & _words(hit.passage.text)) >= 2][:1]
        text = "".join(f"{hit.passage.text} [{number}]" for number, hit in enumerate(good, 1))
        citations = tuple(Citation(number, 0, len(text), _quotation(hit)) for number, hit in enumerate(good, 1))
        for piece in re.findall(r"\S+\s*", text or "The articles do not say."):
            yield Delta(piece)
        yield from citations
        yield Answer(
            id="answer-1",
            question=question,
            searched_for=query,
            text=text or "The articles do not say.",
            short_answer=next(iter(re.findall(r"“(.+?)”", text)), None),
            abstained=not good,
            reason=None if good else "not_answered_by_sources",
            confidence=0.9 if good else 0.2,
            mode="extractive",
            citations=citations,
            near_misses=() if good else tuple(_quotation(hit) for hit in hits[:2]),
            library=self._library.state(),
            timings_ms={"total": 1},
        )


def _inside(article: Article, within: Within) -> bool:
    day = (article.published or "")[:10]
    latest = min(within.until or "9999", within.as_of or "9999")
    return not within.has_dates or bool(day and (within.since or "") <= day <= latest)


def _quotation(hit: Hit) -> Quotation:
    article, passage = hit.article, hit.passage
    return Quotation(
        passage_id=passage.id,
        article_id=article.id,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        content_hash=article.content_hash,
        score=hit.score,
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - _COMMON
