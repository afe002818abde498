"""Small libraries for tests: articles with given words, put into a folder with the word-count embedder."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.adding import Result, add_articles
from index.article import Article
from index.search import Search
from tests.fakes import WordCountEmbedder

ROOT = Path(__file__).parents[1]


def article(name: str, text: str, **known: str | None) -> Article:
    """An article from an origin of this name."""
    return Article.create(text, title=known.pop("title", None) or name.capitalize(), origin=f"test:{name}", **known)


def opened(folder: Path, **options: bool) -> Search:
    return Search.open(folder, WordCountEmbedder(), create=True, command="a test", **options)


def add(search: Search, articles: Iterable[Article | Result]) -> list[Result]:
    return list(add_articles(search.library, search.embedder, articles))


def news(count: int, *, first: int = 0) -> list[Article]:
    """Distinct short articles, each with a word of its own (`word7`) and two passages."""
    return [
        article(
            f"story{n}",
            f"The word{n} council met on day {n} in the harbour town. It spoke of bridges and of trains.\n\n"
            + " ".join(f"Later the number{n} was counted again by clerk {k}, who wrote it down with care." for k in range(8)),
            id=f"story{n}",
            published=f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}",
            source=("The Harbour Post", "The Hill Times")[n % 2],
        )
        for n in range(first, first + count)
    ]


HOLDER = """
import sys, time
from pathlib import Path
from index.errors import LibraryLocked
from index.library import Library

with Library.open(Path(sys.argv[1]), command="the other one", check=False) as library:
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        try:
            with library.writing():
                print("held", flush=True)
                sys.stdin.readline()
            break
        except LibraryLocked:
            time.sleep(0.001)
"""


@contextmanager
def another_writer(folder: Path) -> Iterator[Callable[[], None]]:
    """A second process that, each time it is told, takes its next step: take the library, as soon as it can, and let it go."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin
        assert process.stdout
        told = iter(process.stdout)
        assert next(told) == "ready\n"

        def step() -> None:
            process.stdin.write("\n")
            process.stdin.flush()
            assert next(told, "let go") in {"held\n", "let go"}

        yield step
