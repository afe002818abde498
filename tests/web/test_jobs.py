"""The desk where articles are handed in: how it ends, and what it remembers."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from index.article import Article
from index.fetch import Web
from index.search import Search
from tests.libraries import news, opened
from tests.web.conftest import wait_for
from web import jobs
from web.jobs import Desk, Item


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    with opened(tmp_path / "data") as search:
        yield search


def items(*articles: Article) -> list[Item]:
    return [Item(article.title, lambda article=article: iter([article])) for article in articles]


def test_a_desk_that_is_closed_does_not_wait_for_what_is_slow_and_reads_nothing_more(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_PATIENCE_SECONDS", 0.1)
    is_reading, may_end, read = Event(), Event(), list[str]()

    def slow() -> Iterator[Article]:
        is_reading.set()
        may_end.wait(60)
        return iter(())

    def next_one() -> Iterator[Article]:
        read.append("the next one")
        return iter(())

    desk = Desk(search, Web())
    desk.start()
    job = desk.add([Item("slow", slow), Item("next", next_one)])
    assert is_reading.wait(60)
    desk.close()
    assert job.state == "failed"
    assert job.problem
    assert job.problem.code == "stopping"
    may_end.set()
    desk.join(60)
    assert not desk.is_alive()
    assert read == []


def test_the_last_hundred_jobs_are_remembered(search: Search) -> None:
    desk = Desk(search, Web())
    desk.start()
    sent = []
    for number in range(jobs._KEPT_JOBS + 20):
        sent.append(desk.add([Item(str(number), lambda: iter(()))]))
        wait_for(sent[-1].finished.done, 60)
    kept = [job for job in sent if job.id in desk._jobs]
    assert kept == sent[-jobs._KEPT_JOBS :]
    desk.close()


def test_what_is_acknowledged_before_the_end_is_in_the_library(search: Search) -> None:
    desk = Desk(search, Web())
    desk.start()
    job = desk.add(items(*news(3)))
    wait_for(job.finished.done, 60)
    desk.close()
    assert job.state == "done"
    assert len(search.library.articles()) == job.counts["added"] == 3


class Panic(BaseException):
    """What a library written in Rust raises when it fails where it should not."""


def test_a_panic_ends_its_job_and_not_the_desk(search: Search) -> None:
    def panics() -> Iterator[Article]:
        raise Panic("not a character boundary")

    desk = Desk(search, Web())
    desk.start()
    failed, added = desk.add([Item("odd", panics)]), desk.add(items(*news(1)))
    wait_for(added.finished.done, 60)
    desk.close()
    assert (failed.state, added.state) == ("failed", "done")
