"""What the web room needs from the rooms below, and whether it is there yet. Knows how none of it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.article import Article
from index.listing import Listing
from index.rows import Listed, Version
from index.search import Hit
from index.snapshot import EVERYTHING, Within
from rag.types import Answers
from web.jobs import Desk
from web.problems import RETRY_SECONDS, Problem
from web.workers import Workers


class ArticleRow(Protocol):
    """An article without its text."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def published(self) -> str | None: ...


class State(Protocol):
    """What a library holds, in numbers; `newest` is the latest known date of publication, `last_change` when it changed."""

    @property
    def articles(self) -> int: ...
    @property
    def passages(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def newest(self) -> str | None: ...
    @property
    def last_change(self) -> str: ...


class Shelves(Protocol):
    """The library as people see it: what is in it, and taking something out."""

    def get(self, article_id: str) -> Article: ...

    def versions_of(self, article_id: str) -> Sequence[Version]: ...

    def listed(self, listing: Listing) -> tuple[Sequence[Listed], int]: ...

    def sources(self) -> Sequence[tuple[str | None, int]]: ...

    def state(self) -> State: ...

    def remove(self, article_ids: Sequence[str]) -> None: ...


class Searcher(Protocol):
    """Finds passages, best first."""

    def search(self, query: str, k: int = 8, within: Within = EVERYTHING) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a route may use. No `desk`: the library is closed to changes."""

    answerer: Answers
    library: Shelves
    searcher: Searcher
    desk: Desk | None = None


class Gate:
    """Closed while things load, then open, or closed for good with the reason. One thread opens it; any may look.

    `workers` do what every door asks for.
    """

    def __init__(self, workers: Workers | None = None) -> None:
        self.workers = workers or Workers()
        self._services: Services | None = None
        self._closed = _closed("loading", "Footnote is starting.", "Wait a few seconds; /readyz says when it is ready.")

    def loading(self, message: str) -> None:
        """Say what is being waited for."""
        self._closed = _closed("loading", message, "Wait a few seconds; /readyz says when it is ready.")

    def fail(self, message: str, hint: str) -> None:
        """Stay closed, and say why and what to do."""
        self._closed = _closed("failed", message, hint)

    def open(self, services: Services) -> None:
        """Let everything in from now on."""
        self._services = services

    def close(self) -> None:
        """Let what is being written be finished, and begin nothing more."""
        if self._services and self._services.desk:
            self._services.desk.close()

    def services(self) -> Services:
        """Return the services. Raises Problem (503, with Retry-After) while there are none."""
        if self._services is None:
            raise self._closed
        return self._services


def _closed(code: str, message: str, hint: str) -> Problem:
    return Problem(503, code, message, hint, {"Retry-After": RETRY_SECONDS})
