"""Which passage comes first, and that no query can do harm."""

import threading

import numpy as np
import pytest

from index.errors import FingerprintMismatch
from index.rebuilding import rebuild
from index.search import CANDIDATES, Search
from index.snapshot import Within
from tests.fakes import WordCountEmbedder
from tests.libraries import add, article, news, opened


@pytest.fixture
def search(tmp_path):
    with opened(tmp_path / "data") as library:
        yield library


def test_the_passage_with_the_words_comes_first(search):
    add(search, news(30))
    for n in (3, 17, 29):
        best = search.search(f"What did the word{n} council do?", 5)[0]
        assert best.article.id == f"story{n}"
        assert best.passage.text == best.article.text[best.passage.start : best.passage.end]


def test_scores_are_what_they_say(search):
    add(search, news(30))
    hits = search.search("word3 council", 500)
    vector = search.embedder.vectors(["word3 council"])[0]
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    for hit in hits:
        text = f"{hit.article.title}\n{hit.passage.text}"
        assert hit.vector_score == pytest.approx(float(search.embedder.vectors([text])[0] @ vector), abs=2e-3)
        assert (hit.keyword_score > 0) == ("word3" in text or "council" in text)


def test_a_hit_by_words_alone_has_its_cosine_too(search):
    near = [article(f"near{n}", f"Tram {n} left. The tram. The tram.") for n in range(CANDIDATES + 5)]
    far = article("far", "A tram" + " and something else altogether" * 12 + ".")
    add(search, [*near, far])
    found = {hit.article.title: hit for hit in search.search("tram", 200)}
    assert found["Far"].keyword_score > 0
    assert 0 < found["Far"].vector_score < found["Near1"].vector_score


def test_of_equals_the_one_added_first_comes_first(search):
    orders = ("The same words here.", "Here same the words.", "Words here the same.", "Same here words the.")
    add(search, [article(f"order{n}", text, title="T", source=f"s{n}") for n, text in enumerate(orders)])
    assert [hit.article.source for hit in search.search("same words", 8)] == [f"s{n}" for n in range(4)]


def test_the_same_question_gives_the_same_hits_after_opening_again(search):
    add(search, news(40))
    before = search.search("day council bridges", 20)
    with Search.open(search.library.folder, WordCountEmbedder()) as again:
        assert again.search("day council bridges", 20) == before


def test_more_than_there_is_gives_what_there_is(search):
    add(search, news(2))
    assert len(search.search("council", 10_000)) == search.library.state().passages


@pytest.mark.parametrize(
    "query",
    ["", " \n", "?!… — «»", '"', "'", "NEAR(a, b)", "a OR", "title:a", "a* ^b {c}", "\0", "\ud800", "a\0b", "-- ; DROP TABLE",
     "(" * 500, "word " * 1000, " ".join(f"w{n}" for n in range(1500)), "x" * 5000, "🦀", "日本語", "\u202e\u0301"],
)  # fmt: skip
def test_no_query_does_harm(search, query):
    add(search, news(3))
    assert isinstance(search.search(query), list)


@pytest.mark.parametrize("query", ["", "?!", "\0 …"])
def test_a_query_without_words_finds_nothing(search, query):
    add(search, news(3))
    assert search.search(query) == []


@pytest.mark.parametrize("k", [0, -1])
def test_none_wanted_none_given(search, k):
    add(search, news(3))
    assert search.search("council", k) == []


def test_an_empty_library_has_no_hits(search):
    assert search.search("council") == []


def test_a_long_question_still_finds_its_rare_word(search):
    add(search, news(60))
    question = " ".join(f"word{n}" for n in range(50)) + " the of and on in was " * 20 + " number58 counted"
    assert "story58" in {hit.article.id for hit in search.search(question, 60)}


@pytest.mark.parametrize("name", ["Rußhaven", "Groﬁnger", "Jևrmak"])
def test_a_name_with_a_letter_that_folds_into_several_is_found_by_its_words(search, name):
    add(search, [*news(5), article("far", f"The ferry to {name} stopped.")])
    assert search.search(name, 1)[0].keyword_score > 0


def test_only_articles_inside_the_dates_are_found(search):
    dates = ["2023-12-31", "2024-01-01", "2024-01-01T23:30:00-05:00", "2024-01-02", None]
    add(search, [article(f"a{n}", f"Council number {n}.", published=date, id=f"a{n}") for n, date in enumerate(dates)])

    def found(**dates):
        return sorted(hit.article.id for hit in search.search("council", 20, Within(**dates)))

    assert found() == [f"a{n}" for n in range(5)]
    assert found(until="2024-01-01") == ["a0", "a1", "a2"]
    assert found(since="2024-01-01") == ["a1", "a2", "a3"]
    assert found(since="2024-01-01", until="2024-01-01") == ["a1", "a2"]
    assert found(since="2030-01-01") == []
    with pytest.raises(ValueError, match="yesterday"):
        found(since="yesterday")


@pytest.mark.parametrize("day", ["2024-01-31", "20240131", "2024-W05-3", "2024-01-31T23:30:00-05:00"])
def test_a_day_may_be_written_in_any_way_of_iso(search, day):
    add(search, [article(f"a{n}", f"Council number {n}.", published=f"2024-01-{n}", id=f"a{n}") for n in (30, 31)])
    assert [hit.article.id for hit in search.search("council", 20, Within(since=day))] == ["a31"]
    assert Within(as_of=day) == Within(as_of="2024-01-31")


@pytest.mark.parametrize("day", ["2024-12-31 nonsense", "2024-12-31T99:99", "2024-W01-7xx", "2024-12-32", "0000-01-01"])
def test_what_only_begins_like_a_day_is_an_error(day):
    with pytest.raises(ValueError, match=r"isoformat|must be|out of range"):
        Within(as_of=day)


def test_only_articles_of_the_outlet_are_found(search):
    add(search, news(10))
    assert {hit.article.source for hit in search.search("council", 50, Within(source="The Hill Times"))} == {"The Hill Times"}
    assert search.search("council", within=Within(source="' OR 1=1 --")) == []


def test_what_another_process_adds_or_removes_is_seen(search):
    add(search, news(3))
    search.search("council")
    with Search.open(search.library.folder, WordCountEmbedder()) as other:
        add(other, [article("new", "Zeppelins over the harbour.")])
        other.library.remove(["story0"])
    assert search.search("zeppelins", 1)[0].article.title == "New"
    assert "story0" not in {hit.article.id for hit in search.search("word0 council", 50)}


def test_a_library_rebuilt_with_another_model_is_not_searched_with_this_one(search):
    add(search, news(3))
    rebuild(search.library.folder, WordCountEmbedder(32, "other"), lambda _: None)
    with pytest.raises(FingerprintMismatch):
        search.search("council")


def test_searching_while_another_thread_adds_and_removes(search):
    add(search, news(4))
    wrong: list[object] = []
    done = threading.Event()

    def reader():
        with Search.open(search.library.folder, WordCountEmbedder()) as mine:
            while not done.is_set():
                hits = mine.search("word1 council", 100)
                if not hits or hits[0].article.id != "story1" or any(np.isnan(hit.score) for hit in hits):
                    wrong.append(hits)

    threads = [threading.Thread(target=reader) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for n in range(8):
            add(search, news(3, first=10 + 3 * n))
            search.library.remove([f"story{10 + 3 * n}"])
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong
