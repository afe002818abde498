"""The writer that the settings describe, the same for the front door and every command line. Knows no environment."""

from pathlib import Path
from typing import Protocol

from index.embedder import PassageEmbedder
from rag.generative import GenerativeWriter
from rag.model import LanguageModel, Limits
from rag.sentences import SentenceScorer
from rag.support import Checker, Support

_ACCOUNT = "model_use.json"


class WriterSettings(Protocol):
    """What decides whether a language model writes, and how much it may."""

    @property
    def llm(self) -> str | None: ...
    @property
    def llm_seconds(self) -> int: ...
    @property
    def llm_calls(self) -> int: ...
    @property
    def llm_tokens(self) -> int: ...
    @property
    def llm_drop(self) -> bool: ...
    @property
    def read_only(self) -> bool: ...


def configured_writer(settings: WriterSettings, data: Path, embedder: PassageEmbedder) -> GenerativeWriter | None:
    """Return the writer, or None where no model is named; the data folder keeps account of what a day used.

    Raises LanguageModelError.
    """
    if settings.llm is None:
        return None
    limits = Limits(settings.llm_seconds, settings.llm_calls, settings.llm_tokens)
    model = LanguageModel.configured(settings.llm, limits, None if settings.read_only else data / _ACCOUNT)
    return GenerativeWriter(model, Checker(SentenceScorer(embedder), Support.load()), drop_unsupported=settings.llm_drop)
