"""index/latest.py and what uses it: results are kept within bounds."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from index import wording
from index.latest import Latest
from index.wording import MOST_COPIES, places


class Counting:
    """Measures texts and notes which ones."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> int:
        self.asked.append(text)
        return len(text)


def test_the_text_that_was_asked_for_longest_ago_gives_way() -> None:
    work = Counting()
    latest = Latest(work, most_texts=2, most_chars=100)
    assert [latest(text) for text in ("a", "bb", "a", "ccc", "a", "bb")] == [1, 2, 1, 3, 1, 2]
    assert work.asked == ["a", "bb", "ccc", "bb"]


def test_texts_together_have_no_more_characters_than_is_allowed() -> None:
    work = Counting()
    latest = Latest(work, most_texts=9, most_chars=10)
    for text in ("a" * 6, "b" * 6, "a" * 6, "c" * 11, "a" * 6, "c" * 11):
        latest(text)
    assert [text[0] for text in work.asked] == ["a", "b", "a", "c", "c"]


def test_threads_share_what_is_kept() -> None:
    latest = Latest(len, most_texts=3, most_chars=1000)
    texts = ["x" * (number % 7) for number in range(500)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(latest, texts)) == list(map(len, texts))
    assert latest._chars == sum(map(len, latest._results))


def test_a_storys_copies_are_split_once_however_often_they_are_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    split = wording.sentences
    work: list[str] = []
    monkeypatch.setattr(wording, "sentences", lambda text: work.append(text) or split(text))
    own, *copies = (f"The ferry left at noon on day {number}." for number in range(MOST_COPIES + 1))
    for _ in range(2):
        for copy in copies:
            places(own, 0, len(own), copy)
    assert len(work) == MOST_COPIES + 1
