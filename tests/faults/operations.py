"""What is done to a library while it is hurt, step by step, and what the library must hold after each step."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.article import Article
from index.errors import LibraryDamaged, LibraryMissing
from index.fingerprint import fingerprint
from index.library import FILE, Library
from index.rebuilding import rebuild
from index.search import Search
from index.snapshot import Within
from tests.fakes import WordCountEmbedder
from tests.libraries import add, article, news

EMBEDDER = WordCountEmbedder()
OTHER = WordCountEmbedder(48, "other@1")
START = news(6)
Held = Mapping[str, str]  # article id -> text
TALLY: Counter[str] = Counter()  # what was tried, for the summary of the test run


def changed(one: Article) -> Article:
    return article(one.id, f"{one.text} It was changed.", id=one.id, published=one.published, source=one.source)


@dataclass(frozen=True)
class Step:
    """Add these articles (new or changed ones), remove those, or rebuild: acknowledged together."""

    articles: tuple[Article, ...] = ()
    removed: tuple[str, ...] = ()
    rebuilt: bool = False

    def do(self, folder: Path) -> None:
        if self.rebuilt:
            rebuild(folder, OTHER, lambda _: None)
            return
        with Search.open(folder, EMBEDDER, create=True) as search:
            if self.removed:
                search.library.remove(list(self.removed))
            if self.articles:
                add(search, self.articles)
            search.save()

    def then(self, held: Held) -> Held:
        kept = {name: text for name, text in held.items() if name not in self.removed}
        return {**kept, **{one.id: one.text for one in self.articles}}


OPERATIONS: dict[str, tuple[Step, ...]] = {
    "create": (Step(tuple(START[:2])), Step(tuple(START[2:3]))),
    "add": (Step(tuple(news(2, first=10))), Step(tuple(news(1, first=20)))),
    "update": (Step((changed(START[0]),)), Step((changed(START[1]), changed(START[2])))),
    "remove": (Step(removed=(START[0].id,)), Step(removed=(START[1].id, START[5].id))),
    "rebuild": (Step(rebuilt=True),),
    "rescue": (Step(rebuilt=True),),  # of a library whose vectors are damaged
}


def prepare(folder: Path, operation: str) -> None:
    """Make the library that the operation begins with."""
    if operation != "create":
        Step(tuple(START[:3])).do(folder)
        Step(tuple(START[3:])).do(folder)
    if operation == "rescue":
        with closing(sqlite3.connect(folder / FILE)) as connection, connection:
            connection.execute("UPDATE vectors SET vector = zeroblob(length(vector)) WHERE passage = 3")


def run(folder: Path, operation: str) -> Iterator[int]:
    """Do the operation; yield the number of steps acknowledged so far."""
    for number, step in enumerate(OPERATIONS[operation], start=1):
        step.do(folder)
        yield number


def states(operation: str) -> list[Held]:
    """What must be held after 0, 1, 2 ... steps."""
    held: Held = {} if operation == "create" else {one.id: one.text for one in START}
    after = [held]
    for step in OPERATIONS[operation]:
        held = step.then(held)
        after.append(held)
    return after


def held_at_last(folder: Path, operation: str) -> Held:
    """What the library holds, after rescuing it once more where it was to be rescued and is still damaged."""
    if operation == "rescue":
        try:
            return held_by(folder)
        except LibraryDamaged:
            rebuild(folder, OTHER, lambda _: None)
    return held_by(folder)


def held_by(folder: Path) -> Held:
    """Open the library and return what it holds, after checking that nothing in it contradicts anything else."""
    try:
        library = Library.open(folder)
    except LibraryMissing:
        return {}
    with library:
        library.verify()
        embedder = OTHER if library.state().fingerprint == fingerprint(OTHER) else EMBEDDER
        held = {listed.id: library.get(listed.id).text for listed in library.articles()}
        with library.reading() as snapshot:
            for name, text in held.items():
                assert all(text[passage.start : passage.end] == passage.text for passage in snapshot.passages_of(name))
    with Search.open(folder, embedder) as search:
        agrees_with_numpy(search, "The word3 council met")
        found = {hit.article.id for hit in search.search("council bridges counted", 10_000)}
        assert found == set(held)
    return held


def agrees_with_numpy(search: Search, query: str) -> None:
    """Check that the vector index finds what comparing with every stored vector finds."""
    vector = search.embedder.vectors([query])[0]
    with search.library.reading() as snapshot:
        numbers = snapshot.numbers(Within()).tolist()
        if not numbers:
            return
        cosines = snapshot.vectors(numbers) @ vector
        nearest = search._vectors.nearest(snapshot, vector, 10)
    by_number = dict(zip(numbers, cosines, strict=True))
    assert np.allclose([by_number[number] for number in nearest], np.sort(cosines)[::-1][: len(nearest)], atol=1e-5)
    assert len(nearest) == min(10, len(numbers))
