"""Hostile strings in every place that the page shows, in a real browser: no script runs, and nobody else is called.

Each string stands in an article's title, text, outlet, address and file name, in the question, in the pieces of a streamed
answer, in the whole answer or refusal and in the stored conversation; some also in the questions to begin with.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from index.article import Article
from index.snapshot import EVERYTHING, Within
from rag.types import Answer, Citation, Delta, Event, Quotation, Searched, Turn
from tests.fakes_web import FakeLibrary
from tests.web.conftest import note_breaks, note_errors, serving, wait_for
from tests.web.payloads import ALL, aimed
from tests.web.sink import Sink, sinking
from tests.web.test_page import Reader
from web.build import build_page
from web.door import Door
from web.feedback import FeedbackLog
from web.front import create_front
from web.gate import Gate, Services

pytestmark = pytest.mark.browser
EVERY = [2 * place + place % 2 for place in range(len(ALL))]  # in turn in an answer and in a refusal
SOME = EVERY[::19]
_PIECE = 3  # characters: every tag, address and entity arrives split
_BEFORE_A_NEW_CONVERSATION = 20

# Elements and attributes that are the page's own; whatever else stands in these places came from outside.
FOREIGN = """() => {
  const names = new Set(["a", "b", "br", "details", "div", "li", "mark", "p", "q", "summary", "ul"]);
  const attributes = new Set(["class", "dir", "href", "open", "role", "title"]);
  const inside = [".asked", ".answer", "#viewer-text", "#viewer-title", "#viewer-about"].map((one) => `${one} *`).join();
  return [...document.querySelectorAll(inside)].filter((one) =>
    !names.has(one.localName) || [...one.attributes].some((attribute) => !attributes.has(attribute.name)) ||
    (one.hasAttribute("href") && !/^#(src=|copy$)/.test(one.getAttribute("href")))
  ).map((one) => one.outerHTML);
}"""


class Parrot:
    """Answers "7 ..." with everything that article 7 says, in every field of an answer; odd numbers with a refusal."""

    def __init__(self, library: FakeLibrary) -> None:
        self._library = library

    def stream(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Iterator[Event]:
        number = int(question.split()[0])
        article = self._library.articles()[number // 2]
        quotation = Quotation(
            f"{article.id}:0-1",
            article.id,
            article.title,
            article.source,
            article.url,
            None,
            0,
            len(article.text),
            article.text,
            article.content_hash,
            1.0,
        )
        yield Searched(question)
        for start in range(0, len(article.text), _PIECE):
            yield Delta(article.text[start : start + _PIECE])
        text = f"{article.text} [1]"
        state = self._library.state()
        words = article.title
        answered = Answer(
            "a",
            question,
            words,
            text,
            words,
            False,
            None,
            0.9,
            "generative",
            (Citation(1, 0, len(text), quotation),),
            (),
            state,
            {},
        )
        refused = replace(
            answered,
            text=article.text,
            short_answer=None,
            abstained=True,
            reason="not_answered_by_sources",
            citations=(),
            near_misses=(quotation,),
        )
        yield refused if number % 2 else answered


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with sinking() as sink:
        yield sink


@pytest.fixture(scope="module")
def hostile(sink: Sink) -> FakeLibrary:
    payloads = [aimed(payload, sink.address) for payload in ALL]
    return FakeLibrary(
        *(
            Article.create(f"Words {one} words.", title=one, origin=f"{number} {one}.txt", source=one, url=one)
            for number, one in enumerate(payloads)
        )
    )


@pytest.fixture(scope="module")
def hostile_url(hostile: FakeLibrary) -> Iterator[str]:
    gate = Gate()
    gate.open(Services(Parrot(hostile), hostile, hostile))
    door = Door(gate)
    begin = [article.title for article in hostile.articles()[:4]]
    with ThreadPoolExecutor(1) as thread:
        door.open(thread.submit(build_page, gate, lambda: begin, FeedbackLog(None)).result())
    with serving(create_front(gate, door)) as url:
        wait_for(lambda: httpx.get(f"{url}/config", trust_env=False).status_code == 200)
        yield url


class Watch:
    """A browser window, whom it called, and what it complained of, such as a script that its policy stopped."""

    def __init__(self, browser: Any, url: str) -> None:
        self.called: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 800})
        self.context.set_default_timeout(60_000)
        self.context.on("request", lambda request: self.called.append(request.url))
        self.page = self.context.new_page()
        note_breaks(self.page, self.complaints)
        note_errors(self.page, self.complaints)
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("popup", lambda popup: self.complaints.append(popup.url))
        self.reader = Reader(self.page, url)

    def assert_nothing_ran(self, payload: str) -> None:
        assert self.page.evaluate("window.hacked") is None, payload
        assert self.page.evaluate(FOREIGN) == [], payload
        assert not self.complaints, f"{payload}: {self.complaints}"

    def foreign_hosts(self, own: str) -> set[str]:
        called = {url for url in self.called if not url.startswith(("data:", "blob:"))}
        return {urlsplit(url).netloc for url in called} - {urlsplit(own).netloc}


def show(watch: Watch, article: Article, number: int) -> None:
    """Ask for an article, look at the answer, and open the article as a person would."""
    watch.reader.ask(f"{number} {article.title}")
    assert watch.page.locator(".asked").last.text_content().split() == [str(number), *article.title.split()]
    if number % 2:
        watch.page.locator("details").last.locator("summary").click()
    watch.page.locator("a.near" if number % 2 else "a.cite").last.click()
    watch.page.wait_for_function("title => document.querySelector('#viewer-title').textContent === title", arg=article.title)
    watch.page.hover("#viewer-text")
    assert watch.reader.marked() == article.text.replace("\n", "")
    watch.page.click("#viewer-close")


def visited(watch: Watch, url: str, articles: Sequence[Article], numbers: Sequence[int]) -> None:
    watch.reader.open()
    for start in range(0, len(numbers), _BEFORE_A_NEW_CONVERSATION):
        for number in numbers[start : start + _BEFORE_A_NEW_CONVERSATION]:
            show(watch, articles[number // 2], number)
            watch.assert_nothing_ran(articles[number // 2].title)
        restored(watch)
        watch.page.click("#fresh")
        watch.page.wait_for_selector(".example")


def restored(watch: Watch) -> None:
    """Load the page again, with the conversation that the browser kept."""
    shown = watch.page.locator(".asked").count()
    watch.page.reload()
    watch.page.locator(".asked").nth(shown - 1).wait_for()
    watch.assert_nothing_ran("a conversation that was restored")


def check(browser: Any, sink: Sink, library: FakeLibrary, url: str, numbers: Sequence[int]) -> None:
    watch = Watch(browser, url)
    visited(watch, url, library.articles(), numbers)
    assert watch.foreign_hosts(url) == set()
    assert sink.calls == []
    watch.context.close()


def test_the_strings_are_at_least_150() -> None:
    assert len(set(ALL)) >= 150


def test_hostile_strings_run_nothing_and_call_nobody(browser: Any, sink: Sink, hostile: FakeLibrary, hostile_url: str) -> None:
    check(browser, sink, hostile, hostile_url, SOME)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_hostile_string_of_all_runs_anything_or_calls_anybody(
    browser: Any, sink: Sink, hostile: FakeLibrary, hostile_url: str
) -> None:
    check(browser, sink, hostile, hostile_url, EVERY)
