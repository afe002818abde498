"""index/lru.py and what uses it: results are kept within bounds."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from index import wording
from index.lru import Lru, remembered
from index.wording import MOST_COPIES, places


class Counting:
    """Measures texts and notes which ones."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> int:
        self.asked.append(text)
        return len(text)


def test_what_was_used_longest_ago_gives_way() -> None:
    kept: Lru[int, str] = Lru(2)
    kept.put(1, "one")
    kept.put(2, "two")
    assert kept.get(1) == "one"
    kept.put(3, "three")
    assert [kept.get(key) for key in (1, 2, 3)] == ["one", None, "three"]


def test_the_text_that_was_asked_for_longest_ago_gives_way() -> None:
    work = Counting()
    length = remembered(work, most_texts=2, most_chars=100)
    assert [length(text) for text in ("a", "bb", "a", "ccc", "a", "bb")] == [1, 2, 1, 3, 1, 2]
    assert work.asked == ["a", "bb", "ccc", "bb"]


def test_texts_together_have_no_more_characters_than_is_allowed() -> None:
    work = Counting()
    length = remembered(work, most_texts=9, most_chars=10)
    for text in ("a" * 6, "b" * 6, "a" * 6, "c" * 11, "a" * 6, "c" * 11):
        length(text)
    assert [text[0] for text in work.asked] == ["a", "b", "a", "c", "c"]


def test_threads_share_what_is_kept() -> None:
    kept: Lru[str, int] = Lru(3, 1000, len)
    texts = ["x" * (number % 7) for number in range(500)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda text: kept.put(text, len(text)), texts))
    assert len(kept._values) == 3
    assert kept._total == sum(map(len, kept._values)) == sum(kept._values.values())


def test_a_storys_copies_are_split_once_however_often_they_are_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    split = wording.sentences
    work: list[str] = []
    monkeypatch.setattr(wording, "sentences", lambda text: work.append(text) or split(text))
    own, *copies = (f"The ferry left at noon on day {number}." for number in range(MOST_COPIES + 1))
    for _ in range(2):
        for copy in copies:
            places(own, 0, len(own), copy)
    assert len(work) == MOST_COPIES + 1
