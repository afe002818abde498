"""A small library and an answerer that lets a double of a language model write."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.adding import add_articles
from index.article import Article
from index.search import Search
from rag.answer import Answerer
from rag.confidence import Confidence
from rag.generative import GenerativeWriter
from rag.model import LanguageModel, Limits
from rag.sentences import SentenceReader, SentenceScorer
from rag.support import Checker, Support
from rag.types import Answer, Event
from tests.doubles.manners import SINK_HOST
from tests.doubles.model_server import ModelServer
from tests.fakes import WordCountEmbedder

HARBOUR = (
    "The harbour of Velm closed on Monday after a crane collapsed. “We had no choice. The cranes were failing,” said "
    "harbour master Ida Brandt. 🚢 Ships now sail to Orsk.\n"
    "The crane collapsed because its cable had rusted. Repairs cost nine million crowns. Ida Brandt expects a long closure."
)
MARKET = "The fish market of Velm moved to the square in 2019. Forty traders sell herring there. They pay no rent."
QUESTION = "When did the harbour of Velm close?"
QUOTE = "The harbour of Velm closed on Monday after a crane collapsed."


def articles() -> list[Article]:
    return [
        Article.create(HARBOUR, title="Harbour closed", origin="test:harbour", source="Velm Post", published="2024-03-05"),
        Article.create(MARKET, title="Market moved", origin="test:market"),
    ]


@contextmanager
def library(folder: Path, stored: Sequence[Article]) -> Iterator[Search]:
    with Search.open(folder, WordCountEmbedder(256), create=True) as opened:
        list(add_articles(opened.library, opened.embedder, stored))
        yield opened


def answering(search: Search, generative: GenerativeWriter | None = None) -> Answerer:
    scorer = SentenceScorer(search.embedder)
    confidence = Confidence({"in_passage": 6.0, "unknown": -4.0}, bias=-3.0, threshold=0.55)
    return Answerer(search, SentenceReader(scorer), scorer, confidence, generative=generative)


class Scene:
    """A library, a server of badly behaved models, and answerers in which one of them writes."""

    def __init__(self, search: Search, server: ModelServer) -> None:
        self.search, self.server = search, server

    def writer(self, manners: str, limits: Limits | None = None, *, drop: bool = False) -> GenerativeWriter:
        model = LanguageModel.configured(f"openai:{manners}", limits or Limits(seconds=20.0))
        return GenerativeWriter(model, Checker(SentenceScorer(self.search.embedder), Support.load()), drop_unsupported=drop)

    def answerer(self, manners: str, limits: Limits | None = None, *, drop: bool = False) -> Answerer:
        return answering(self.search, self.writer(manners, limits, drop=drop))

    def quoted(self, question: str = QUESTION) -> Answer:
        """Return what is answered without a model."""
        return answering(self.search).ask(question)


@contextmanager
def scene(
    folder: Path, patch: pytest.MonkeyPatch, stored: Sequence[Article] | None = None, sink: str = SINK_HOST
) -> Iterator[Scene]:
    with ModelServer(sink=sink) as server, library(folder, stored or articles()) as search:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "sk-secret-of-the-test")
        yield Scene(search, server)


def is_streamed_whole(events: Sequence[Event]) -> bool:
    """Say whether the pieces of a stream make up the text, and its citations the citations, of the answer at its end."""
    answer = events[-1]
    assert isinstance(answer, Answer)
    deltas = "".join(getattr(event, "text", "") for event in events[1:-1] if not hasattr(event, "number"))
    return deltas == answer.text and [event for event in events if hasattr(event, "number")] == list(answer.citations)
