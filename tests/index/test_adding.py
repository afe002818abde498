"""Adding: a result for every file, nothing done twice, bounded batches."""

import time

import pytest

from index import adding
from index.adding import BATCH_PASSAGES, Result, add_articles, add_files, add_in_portions
from index.errors import LibraryLocked
from index.passages import split
from tests.index.documents import rss
from tests.libraries import add, another_writer, article, news, opened


@pytest.fixture
def search(tmp_path):
    with opened(tmp_path / "data") as library:
        yield library


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for n in range(4):
        (folder / f"text{n}.txt").write_text(f"Story {n} begins here. It ends with word{n}.", encoding="utf-8")
    return folder


def in_portions(search, articles):
    portions = add_in_portions(search.library, search.embedder, articles)
    return [result for portion in portions for result in portion]


def outcomes(search, *paths):
    return [result.outcome for result in add_files(search.library, search.embedder, paths)]


def test_a_folder_goes_in_and_the_second_time_nothing_happens(search, folder):
    assert outcomes(search, folder) == ["added"] * 4
    before, embedded = search.library.state(), len(search.embedder.embedded)
    assert outcomes(search, folder) == ["unchanged"] * 4
    assert search.library.state() == before
    assert len(search.embedder.embedded) == embedded


def test_words_that_moved_to_a_file_that_is_read_earlier_stay_when_others_take_their_place(search, folder):
    outcomes(search, folder)
    (folder / "text3.txt").rename(folder / "archived.txt")
    (folder / "text3.txt").write_text("Story five begins here. It is another.", encoding="utf-8")
    assert outcomes(search, folder) == ["unchanged"] * 4 + ["updated", "added"]
    texts = {search.library.get(one.id).text for one in search.library.articles()}
    assert texts == {file.read_text(encoding="utf-8") for file in folder.iterdir()}
    assert outcomes(search, folder) == ["unchanged"] * 5


def test_only_what_changed_is_embedded_again(search, folder):
    outcomes(search, folder)
    search.embedder.embedded.clear()
    (folder / "text2.txt").write_text("Story two is another now.", encoding="utf-8")
    (folder / "text9.txt").write_text("Story nine is new.", encoding="utf-8")
    assert sorted(outcomes(search, folder)) == ["added", "unchanged", "unchanged", "unchanged", "updated"]
    assert len(search.embedder.embedded) == 2


NAMED = "<item><guid>{n}</guid><title>Story</title><description>Story {n} begins here. It is short.</description></item>"
NAMELESS = "<item><title>Story</title><description>Story {n} begins here. It is short.</description></item>"


@pytest.mark.parametrize("item", [NAMED, NAMELESS], ids=["items with ids", "items without"])
def test_of_a_feed_again_only_what_is_new_is_taken_and_what_left_it_stays(search, tmp_path, item):
    feed = tmp_path / "feed.rss"
    for numbers, taken in (("321", ["added"] * 3), ("321", ["unchanged"] * 3), ("543", ["added"] * 2 + ["unchanged"])):
        search.embedder.embedded.clear()
        feed.write_bytes(rss("".join(item.format(n=n) for n in numbers)))
        assert outcomes(search, feed) == taken
        assert len(search.embedder.embedded) == taken.count("added")
    texts = [search.library.get(one.id).text for one in search.library.articles()]
    assert sorted(texts) == [f"Story {n} begins here. It is short." for n in range(1, 6)]


def test_a_file_that_cannot_be_used_is_refused_with_the_reason_and_the_others_go_in(search, folder):
    (folder / "empty.txt").write_bytes(b"")
    results = list(add_files(search.library, search.embedder, [folder, folder / "missing.txt"]))
    refused = {result.name.rsplit("/", 1)[-1]: result.reason for result in results if result.outcome == "refused"}
    assert set(refused) == {"empty.txt", "missing.txt"}
    assert all(refused.values())
    assert search.library.state().articles == 4


def test_results_come_in_the_order_of_what_was_given(search):
    given = [*news(3), Result("x.bin", "refused", reason="no"), *news(2, first=1), article("bad", "Text.", id="../etc/passwd")]
    assert [result.outcome for result in add(search, given)] == ["added"] * 3 + ["refused", "unchanged", "unchanged", "refused"]


def test_the_same_article_twice_in_one_batch_is_one_article(search):
    results = add(search, [article("a", "First text."), article("a", "Second text."), article("b", "Second text.")])
    assert [result.outcome for result in results] == ["added", "updated", "unchanged"]
    assert [listed.id for listed in search.library.articles()] == [results[0].article_id]


def test_an_article_is_split_once_also_when_added_in_portions(search, monkeypatch):
    done = []
    monkeypatch.setattr(adding, "split", lambda article: done.append(article.id) or split(article))
    in_portions(search, [*news(3), article("empty", "Menu", id="empty")])
    assert done == ["story0", "story1", "story2", "empty"]


@pytest.mark.parametrize("adding_them", [add, in_portions], ids=["at once", "in portions"])
def test_words_that_a_new_version_replaces_are_kept_where_another_file_now_has_them(search, adding_them):
    add(search, [article("latest", "The ferry sank on Sunday.")])
    moved = [article("latest", "The school opened on Tuesday."), article("older", "The ferry sank on Sunday.")]
    assert [result.outcome for result in adding_them(search, moved)] == ["updated", "added"]
    assert {search.library.get(one.id).text for one in search.library.articles()} == {one.text for one in moved}


def test_an_id_in_use_is_refused_and_named(search):
    results = add(search, [article("a", "First.", id="same"), article("b", "Second.", id="same")])
    assert [result.outcome for result in results] == ["added", "refused"]
    assert "'same'" in results[1].reason


@pytest.mark.parametrize("name", ["../up", "a b", "a/b", "x" * 200, "é", "a#b", "a:1-2", ".hidden"])
def test_an_id_that_no_link_can_carry_is_refused(search, name):
    assert add(search, [article("a", "First.", id=name)])[0].outcome == "refused"


def test_a_result_is_given_out_only_when_it_is_durable(search):
    with opened(search.library.folder) as other:
        for result in add_articles(search.library, search.embedder, news(300)):
            assert other.library.get(result.article_id)


def test_batches_stay_small(search, monkeypatch):
    sizes = []
    embed = search.embedder.vectors
    monkeypatch.setattr(search.embedder, "vectors", lambda texts: sizes.append(len(texts)) or embed(texts))
    add(search, news(400))
    assert len(sizes) > 1
    assert max(sizes) < BATCH_PASSAGES + 10


def test_stopping_half_way_keeps_what_was_done_and_frees_the_library(search):
    running = add_articles(search.library, search.embedder, news(300))
    done = [next(running).article_id for _ in range(20)]
    with opened(search.library.folder) as other:
        with pytest.raises(LibraryLocked):
            add(other, news(1))
        running.close()
        add(other, news(1, first=999))
    assert set(done) <= {listed.id for listed in search.library.articles()}


def test_an_address_is_refused_while_fetching_is_switched_off(search):
    (result,) = add_files(search.library, search.embedder, ["https://example.org/story"])
    assert result.outcome == "refused"
    assert "RAG_ALLOW_URLS" in (result.reason or "")


def test_what_a_slow_source_gave_is_stored_and_told_of_before_more_is_waited_for(search, monkeypatch):
    monkeypatch.setattr(adding, "_PORTION_SECONDS", 0.2)

    def slowly():
        for one in [*news(3), Result("far away", "refused", reason="it did not answer")]:
            time.sleep(0.25)
            yield one

    portions = add_in_portions(search.library, search.embedder, slowly())
    assert [result.article_id for result in next(portions)] == ["story0"]
    assert search.library.state().articles == 1
    assert [[result.outcome for result in results] for results in portions] == [["added"], ["added"], ["refused"]]


def test_who_adds_in_portions_waits_for_a_process_that_takes_the_library_between_two(search):
    with another_writer(search.library.folder) as other:
        portions = add_in_portions(search.library, search.embedder, news(600))
        done = next(portions)
        other()  # takes it
        assert [next(portions) for _ in range(3)] == [[], [], []]
        other()  # lets it go
        done += [result for results in portions for result in results]
    assert [(result.article_id, result.outcome) for result in done] == [(f"story{n}", "added") for n in range(600)]


def test_who_adds_in_portions_does_not_wait_for_ever_and_is_told_who_holds_the_library(search):
    with another_writer(search.library.folder) as other:
        portions = add_in_portions(search.library, search.embedder, news(600), patience=0.2)
        done = next(portions)
        other()
        with pytest.raises(LibraryLocked, match="the other one"):
            list(portions)
        other()
    assert search.library.state().articles == len(done) < 600


def test_who_comes_second_is_told_at_once_also_when_adding_in_portions(search):
    with another_writer(search.library.folder) as other:
        other()
        with pytest.raises(LibraryLocked, match="the other one"):
            next(add_in_portions(search.library, search.embedder, news(600)))
        other()
