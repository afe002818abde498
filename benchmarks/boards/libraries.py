"""Libraries that last as long as a board."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.boards.ablation import Stages, stages
from index.adding import add_articles, add_files
from index.article import Article
from index.embedder import Embedder
from index.search import Search

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def library_of(articles: Iterable[Article] | Path, embedder: Embedder) -> Iterator[Stages]:
    """Add articles, or the files of a folder, to a temporary library and open it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        with Search.open(folder, embedder, create=True) as search:
            if isinstance(articles, Path):
                list(add_files(search.library, embedder, [articles]))
            else:
                list(add_articles(search.library, embedder, articles))
        with stages(folder, embedder) as opened:
            yield opened
