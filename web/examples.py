"""Questions to begin with: those that come with the library's articles, or hints made of titles. Knows no page.

`examples.toml` beside the articles has `about`, the ids of the articles that the questions are about, and `questions`.
"""

import tomllib
from pathlib import Path

from index.errors import ArticleMissing, LibraryError
from index.listing import Listing
from web.gate import Shelves

FILE = "examples.toml"
_MOST = 4
_OVERVIEW = "What are these articles about?"
_LONGEST_TITLE = 90
_NEWEST = 20


def examples(folder: Path, library: Shelves) -> list[str]:
    """Return the folder's questions if the library holds the articles that they are about, else a hint or two.

    For every visit of the page, because what is removed may not be named: it looks at a few articles only. None where the
    library cannot be read.
    """
    try:
        if written := _written(folder / FILE, library):
            return written[:_MOST]
        newest, _ = library.listed(Listing(limit=_NEWEST))
    except LibraryError:
        return []
    short = [article.title for article in newest if len(article.title) <= _LONGEST_TITLE]
    return [_OVERVIEW, *(f"What is said about “{title}”?" for title in short[: _MOST - 1])] if newest else []


def _written(file: Path, library: Shelves) -> list[str]:
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    match read:
        case {"about": list(about), "questions": list(questions)} if about and all(_holds(library, one) for one in about):
            return [question for question in questions if isinstance(question, str)]
    return []


def _holds(library: Shelves, article_id: object) -> bool:
    try:
        library.get(str(article_id))
    except ArticleMissing:
        return False
    return True
