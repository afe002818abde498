"""What is put into a library comes out of it, and nothing else does."""

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.adding import embedded
from index.article import Article, clean, content_hash
from index.changes import KEPT_TEXTS, Prepared
from index.database import Database
from index.errors import (
    ArticleMissing,
    FingerprintMismatch,
    LibraryDamaged,
    LibraryLocked,
    LibraryMissing,
    UnusableContent,
)
from index.library import FILE, Library
from index.passages import split
from index.rebuilding import rebuild
from tests.fakes import WordCountEmbedder
from tests.libraries import article, news


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "data", fingerprint="a", create=True) as opened:
        yield opened


def prepared(one: Article) -> Prepared:
    (done,) = embedded(WordCountEmbedder(), [(one, split(one))])
    return done


def put(library: Library, *articles: Article) -> list[str]:
    return [outcome for outcome, _ in library.put([prepared(one) for one in articles])]


def frequencies(library: Library, words: list[str]) -> dict[str, int]:
    with library.reading() as snapshot:
        return library.frequencies(snapshot, words)


def test_an_article_comes_back_as_it_was_put(library):
    one = article("bridge", "The bridge fell. ", source="The Post", url="https://example.org/b", section="local")
    assert put(library, one) == ["added"]
    assert library.get(one.id) == one


def test_it_is_still_there_after_opening_again(tmp_path):
    one = article("bridge", "The bridge fell.")
    with Library.open(tmp_path, fingerprint="a", create=True) as library:
        put(library, one)
    with Library.open(tmp_path) as library:
        assert library.get(one.id) == one
        assert [listed.id for listed in library.articles()] == [one.id]


def test_another_open_library_sees_the_change_at_once(library):
    with Library.open(library.folder) as other:
        put(library, *news(2))
        assert other.state().articles == 2
        library.remove(["story0"])
        assert [listed.id for listed in other.articles()] == ["story1"]


def test_putting_the_same_again_changes_nothing(library):
    one = article("bridge", "The bridge fell.")
    put(library, one)
    before = library.state()
    assert put(library, replace(one, added="2030-01-01T00:00:00+00:00")) == ["unchanged"]
    assert library.state() == before


def test_a_changed_text_keeps_the_id_and_notes_the_version_it_replaced(library):
    first = article("bridge", "The bridge fell.", id="bridge-1")
    put(library, first)
    assert put(library, article("bridge", "The bridge was closed.", id="other")) == ["updated"]
    assert library.get("bridge-1").text == "The bridge was closed."
    assert [version.content_hash for version in library.versions_of("bridge-1")] == [first.content_hash]
    assert frequencies(library, ["fell", "closed"]) == {"fell": 0, "closed": 1}


def test_what_an_article_said_before_is_kept_until_it_is_removed(library):
    texts = [f"The bridge was closed for the {n}th time." for n in range(KEPT_TEXTS + 3)]
    for text in texts:
        put(library, article("bridge", text, id="bridge"))
    kept = library.versions_of("bridge")
    assert [version.content_hash for version in kept] == [content_hash(text) for text in texts[:-1]]
    assert [version.text for version in kept] == [None, None, *texts[2:-1]]
    library.verify()
    library.remove(["bridge"])
    put(library, article("bridge", texts[-1], id="bridge"))
    assert library.versions_of("bridge") == []


def test_an_earlier_text_that_was_tampered_with_is_found_and_only_that_is_lost(library):
    put(library, article("bridge", "The bridge fell.", id="bridge"))
    put(library, article("bridge", "The bridge was closed.", id="bridge"))
    with library._database.writing() as connection:
        connection.execute("UPDATE versions SET text = 'The bridge flew.'")
    with pytest.raises(LibraryDamaged, match="an earlier text of article bridge"):
        library.verify()
    library.close()
    assert rebuild(library.folder, WordCountEmbedder(), lambda _: None).lost == ()
    with Library.open(library.folder) as saved:
        assert saved.get("bridge").text == "The bridge was closed."
        assert [version.text for version in saved.versions_of("bridge")] == [None]


def test_a_changed_title_is_an_update_but_no_other_version_of_the_text(library):
    put(library, article("bridge", "The bridge fell.", title="Bridge"))
    assert put(library, article("bridge", "The bridge fell.", title="Catastrophe")) == ["updated"]
    assert library.versions_of(library.articles()[0].id) == []
    assert frequencies(library, ["catastrophe"]) == {"catastrophe": 1}


def test_the_same_text_from_another_place_is_unchanged(library):
    put(library, article("bridge", "The bridge fell.", source="The Post"))
    assert put(library, article("copy", "The bridge fell.", source="The Post")) == ["unchanged"]
    assert put(library, article("copy", "The bridge fell.", source="The Times")) == ["added"]


def test_two_origins_cannot_have_one_id(library):
    put(library, article("bridge", "The bridge fell.", id="one"))
    with pytest.raises(UnusableContent, match="one"):
        put(library, article("train", "The train left.", id="one"))
    assert library.state().articles == 1


def test_a_removed_article_is_gone_from_everything(library):
    put(library, *news(3))
    library.remove(["story1"])
    with pytest.raises(ArticleMissing):
        library.get("story1")
    assert frequencies(library, ["word1", "word2"]) == {"word1": 0, "word2": 1}
    assert library.state().articles == 2
    with library.reading() as snapshot:
        assert {found.id for _, found in snapshot.passages(snapshot.numbers().tolist()).values()} == {"story0", "story2"}


def test_removing_one_that_is_not_there_removes_none_of_them(library):
    put(library, *news(2))
    with pytest.raises(ArticleMissing):
        library.remove(["story0", "nope"])
    assert library.state().articles == 2


def test_one_bad_article_keeps_the_whole_batch_out(library):
    put(library, article("bridge", "The bridge fell.", id="one"))
    with pytest.raises(UnusableContent):
        library.put([prepared(article("tram", "The tram stopped.")), prepared(article("train", "The train left.", id="one"))])
    assert library.state().articles == 1


def test_numbers_of_passages_are_never_used_again(library):
    put(library, *news(2))
    with library.reading() as snapshot:
        before = set(snapshot.numbers().tolist())
    library.remove(["story1"])
    put(library, *news(3))
    with library.reading() as snapshot:
        new = set(snapshot.numbers().tolist()) - before
    assert min(new) > max(before)


def test_vectors_come_back_in_the_order_asked_for(library):
    put(library, *news(3))
    with library.reading() as snapshot:
        numbers = snapshot.numbers().tolist()
        assert np.array_equal(snapshot.vectors(numbers[::-1]), snapshot.vectors(numbers)[::-1])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.text(min_size=1, max_size=300), tail=st.text(max_size=40))
def test_passages_of_any_text_are_exactly_its_words(library, raw, tail):
    one = article("any", f"{raw} 🦀 𝒜stral. Second sentence {tail}")
    if put(library, one) == ["unchanged"]:
        return
    stored = library.get(one.id)
    assert stored.text == clean(one.text)
    with library.reading() as snapshot, sqlite3.connect(library.folder / FILE) as connection:
        for passage in snapshot.passages_of(one.id):
            assert stored.text[passage.start : passage.end] == passage.text
        for number, (passage, _) in snapshot.passages(snapshot.numbers().tolist()).items():
            (body,) = connection.execute("SELECT body FROM keyword_rows WHERE number = ?", (number,)).fetchone()
            assert body == passage.text  # SQLite counts code points as we do
    connection.close()


def test_the_state_counts_what_there_is(library):
    put(library, *news(4), article("undated", "Nobody knows when this was."))
    state = library.state()
    assert (state.articles, state.passages) == (5, sum(listed.passages for listed in library.articles()))
    assert state.newest == "2024-04-04"


def test_words_are_counted_in_all_their_forms(library):
    put(library, article("a", "Two bridges were bridged."), article("b", "A bridge."), article("c", "Café society."))
    assert frequencies(library, ["bridge", "cafe", "nothing", '"', "", "a NEAR b", "\ud800"]) == {
        "bridge": 2, "cafe": 1, "nothing": 0, '"': 0, "": 0, "a NEAR b": 0, "\ud800": 0,
    }  # fmt: skip


def test_a_missing_library_says_how_to_make_one(tmp_path):
    with pytest.raises(LibraryMissing) as caught:
        Library.open(tmp_path)
    assert "python -m index add" in caught.value.hint


def test_a_library_of_something_else_is_refused_with_both_values(library):
    with pytest.raises(FingerprintMismatch) as caught:
        Library.open(library.folder, fingerprint="b")
    assert "with a, and this is b" in caught.value.message
    assert "python -m index rebuild" in caught.value.hint


def test_a_file_that_is_not_a_library_is_refused_and_left_alone(tmp_path):
    foreign = sqlite3.connect(tmp_path / FILE)
    foreign.execute("CREATE TABLE t (a)")
    foreign.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(LibraryDamaged, match="not a library"):
        Library.open(tmp_path, fingerprint="a", create=True)
    assert (tmp_path / FILE).read_bytes() == before


def test_no_library_is_begun_beside_the_log_of_another(library, tmp_path):
    with library.reading() as connection:  # a reader keeps the log from being folded in
        assert connection.state().articles == 0
        put(library, *news(3))
        log = (library.folder / f"{FILE}-wal").read_bytes()
    assert log
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / f"{FILE}-wal").write_bytes(log)
    with pytest.raises(LibraryDamaged, match="gone"):
        Library.open(tmp_path / "new", fingerprint="a", create=True)
    assert (tmp_path / "new" / f"{FILE}-wal").read_bytes() == log


def test_a_library_that_lost_its_file_is_not_silently_begun_anew(library):
    library.close()
    (library.folder / FILE).unlink()
    with pytest.raises(LibraryDamaged, match="gone"):
        Library.open(library.folder, fingerprint="a", create=True)


def test_a_second_writer_is_told_who_writes(library):
    with Library.open(library.folder, command="the other") as other:
        with library.writing(), pytest.raises(LibraryLocked) as caught, other.writing():
            pass
        assert "python" in caught.value.holder
        put(other, *news(1))


def test_readers_do_not_wait_for_the_writer_and_see_the_state_before(library):
    put(library, *news(1))
    with library._database.writing() as connection:
        connection.execute("DELETE FROM versions")
        assert library.state().articles == 1


def test_what_a_reader_sees_does_not_change_under_it(library):
    put(library, *news(1))
    with library.reading() as snapshot:
        before = snapshot.state()
        put(library, *news(2, first=5))
        assert snapshot.state() == before
    assert library.state().articles == 3


@pytest.mark.parametrize("mode", ["ro", "immutable"])
def test_another_library_in_the_place_of_an_open_one_is_read_from_then_on(library, tmp_path, mode):
    put(library, *news(1))
    with Library.open(tmp_path / "other", fingerprint="a", create=True) as other:
        put(other, *news(1, first=5))
    library._database._mode = mode  # immutable: how a folder is read that nobody may write
    assert frequencies(library, ["word0", "word5"]) == {"word0": 1, "word5": 0}
    with library.reading() as before:
        os.replace(tmp_path / "other" / FILE, library.folder / FILE)
        assert [listed.id for listed in library.articles()] == ["story5"]
        assert [listed.id for listed in before.articles()] == ["story0"]
    assert [listed.id for listed in library.articles()] == ["story5"]
    assert frequencies(library, ["word0", "word5"]) == {"word0": 0, "word5": 1}


def test_a_log_that_another_process_removes_while_it_is_looked_for_is_none(library, monkeypatch):
    database = Database(library.folder / FILE)
    log = f"{FILE}-wal"
    (library.folder / log).unlink(missing_ok=True)
    before = database.footprint()
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: path.name == log or exists(path))
    assert database.footprint() == before
