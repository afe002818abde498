"""What a library's rows are called outside SQL: the state, a line of the list, an earlier version. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from index.article import Article

ARTICLE_COLUMNS = "id, origin, title, source, url, published, updated, added, content_hash, metadata"


@dataclass(frozen=True, slots=True)
class State:
    """What the library holds, in numbers. `newest` is the latest known publication date, `last_change` is UTC."""

    library: str
    fingerprint: str
    generation: int
    last_change: str
    articles: int
    passages: int
    newest: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list of articles: everything but the text."""

    id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    updated: str | None
    added: str
    origin: str
    content_hash: str
    passages: int
    characters: int


@dataclass(frozen=True, slots=True)
class Version:
    """What an article was until `replaced_at`; `text` is None where the version is too old to be kept whole."""

    content_hash: str
    replaced_at: str
    text: str | None


def restored(columns: Sequence[object]) -> Article:
    """Make an Article of the columns ARTICLE_COLUMNS and text."""
    names = [name.strip() for name in ARTICLE_COLUMNS.split(",")]
    known = dict(zip([*names, "text"], columns, strict=True))
    known["metadata"] = MappingProxyType(json.loads(str(known["metadata"])))
    return Article(**known)  # type: ignore[arg-type]  # the columns are the fields
