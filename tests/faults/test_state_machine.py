"""Any sequence of changes, crashes and restarts: the library always holds what a dictionary says it holds."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from index.errors import ArticleMissing
from index.rebuilding import rebuild
from index.search import Search
from index.vectors import FILE as VECTORS
from tests.faults.operations import EMBEDDER, TALLY, agrees_with_numpy
from tests.libraries import add, article

NAMES = st.integers(0, 7).map(lambda number: f"n{number}")
VOCABULARY = ("bridge", "tram", "harbour", "council", "storm", "🦀", "train", "election", "river", "clerk")
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6)


class LibraryAgainstDictionary(RuleBasedStateMachine):
    """`held` is the dictionary: id -> text."""

    def __init__(self) -> None:
        super().__init__()
        in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - where there is one
        self.place = Path(tempfile.mkdtemp(dir=in_memory))
        self.lives = 0
        self.held: dict[str, str] = {}
        self.search = self.opened()

    def opened(self) -> Search:
        return Search.open(self.place / f"life{self.lives}", EMBEDDER, create=self.lives == 0)

    @rule(texts=st.dictionaries(NAMES, WORDS, min_size=1, max_size=4))
    def add_or_update(self, texts: dict[str, list[str]]) -> None:
        articles = [article(name, f"Of {' '.join(words)} in {name}. So it is.", id=name) for name, words in texts.items()]
        results = add(self.search, articles)
        for one, result in zip(articles, results, strict=True):
            known = self.held.get(one.id)
            assert result.outcome == ("added" if known is None else "unchanged" if known == one.text else "updated")
            self.held[one.id] = one.text

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        if name in self.held:
            self.search.library.remove([name])
            del self.held[name]
        else:
            with pytest.raises(ArticleMissing):
                self.search.library.remove([name])

    @rule(words=WORDS)
    def find(self, words: list[str]) -> None:
        hits = self.search.search(" ".join(words), 1000)
        assert {hit.article.id for hit in hits} == (set(self.held) if any(word != "🦀" for word in words) else set())
        for hit in hits:
            assert hit.article.text == self.held[hit.article.id]
            assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
        agrees_with_numpy(self.search, " ".join(words))

    @rule()
    def save_the_cache(self) -> None:
        self.search.save()

    @rule()
    def restart(self) -> None:
        self.search.close()
        self.search = self.opened()

    @rule(lost_cache=st.booleans())
    def crash(self, lost_cache: bool) -> None:
        """What is on the disk at this moment is all that is left."""
        before = self.place / f"life{self.lives}"
        self.lives += 1
        shutil.copytree(before, self.place / f"life{self.lives}")
        if lost_cache:
            (self.place / f"life{self.lives}" / VECTORS).unlink(missing_ok=True)
        self.search.close()
        shutil.rmtree(before)
        self.search = self.opened()

    @rule()
    def crash_in_the_middle_of_a_change(self) -> None:
        with self.search.library._database.writing() as connection:
            connection.execute("DELETE FROM vectors")
            connection.execute("DELETE FROM passages")
            connection.execute("PRAGMA cache_spill=1")
            self.crash(lost_cache=False)
            connection.execute("ROLLBACK")
            connection.execute("BEGIN")

    @rule()
    def rebuild(self) -> None:
        assert rebuild(self.search.library.folder, EMBEDDER, lambda _: None).articles == len(self.held)

    @invariant()
    def holds_what_the_dictionary_says(self) -> None:
        library = self.search.library
        assert {listed.id: library.get(listed.id).text for listed in library.articles()} == self.held
        assert library.state().articles == len(self.held)

    def teardown(self) -> None:
        self.search.library.verify()
        self.search.close()
        shutil.rmtree(self.place)
        TALLY["runs of the state machine"] += 1


@pytest.mark.parametrize(("runs", "steps"), [(10, 20), pytest.param(500, 50, marks=pytest.mark.slow)])
def test_the_library_always_holds_what_a_dictionary_says(runs, steps):
    run_state_machine_as_test(
        LibraryAgainstDictionary,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), database=None
        ),
    )
