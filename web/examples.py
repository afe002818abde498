"""Questions to begin with: those that come with the library's articles, or hints made of titles. Knows no page.

`examples.toml` beside the articles has `about`, the ids of the articles that the questions are about, and `questions`.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from web.gate import ArticleRow

FILE = "examples.toml"
_MOST = 4
_LONGEST_TITLE = 90


def examples(folder: Path, articles: Sequence[ArticleRow]) -> list[str]:
    """Return the folder's questions if the library holds the articles that they are about, else a hint or two."""
    if written := _written(folder / FILE, {article.id for article in articles}):
        return written[:_MOST]
    short = [article.title for article in reversed(articles) if len(article.title) <= _LONGEST_TITLE]
    return [f"What is said about “{title}”?" for title in short[: _MOST - 1]]


def _written(file: Path, held: set[str]) -> list[str]:
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    match read:
        case {"about": list(about), "questions": list(questions)} if about and held.issuperset(map(str, about)):
            return [question for question in questions if isinstance(question, str)]
    return []
