"""Hostile strings in the library view, in a real browser: no script runs, nothing becomes markup, and nobody else is called.

Each string stands in an article's title, outlet, address and origin, is looked for, chosen as the outlet, asked about before an
article is removed, and is the name and the first words of a file that is uploaded, taken or refused.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from index.article import Article
from index.search import Search
from tests.libraries import add, opened
from tests.web.conftest import wait_for
from tests.web.payloads import ALL, aimed
from tests.web.sink import Sink, sinking
from tests.web.test_cross_site import Watch
from tests.web.test_page_library import page_of, results, titles

pytestmark = pytest.mark.browser
SOME = range(0, len(ALL), 17)

# In each place the elements that are the page's own, with their attributes; whatever else stands there came from outside.
FOREIGN = """() => {
  const places = {
    "#shelf *": ["li", "div", "a", "p", "button"], "#sent tbody *": ["tr", "td", "progress"], "#find-source *": ["option"],
    "#found *": [], "#removing-what *": [], ".holdings *": [],
  };
  const attributes = new Set(["class", "dir", "href", "type", "aria-label", "value", "max"]);
  return Object.entries(places).flatMap(([inside, names]) => [...document.querySelectorAll(inside)].filter((one) =>
    !names.includes(one.localName) || [...one.attributes].some((attribute) => !attributes.has(attribute.name)) ||
    (one.hasAttribute("href") && !one.getAttribute("href").startsWith("/#src="))
  ).map((one) => one.outerHTML));
}"""
DROP = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  const drop = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.getElementById("library").dispatchEvent(drop);
  return [...transfer.files].map((file) => file.name);
}"""


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with sinking() as sink:
        yield sink


@pytest.fixture(scope="module")
def payloads(sink: Sink) -> list[str]:
    return [aimed(payload, sink.address) for payload in ALL]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, payloads: Sequence[str]) -> Iterator[Search]:
    with opened(tmp_path_factory.mktemp("library") / "data") as search:
        add(
            search,
            (
                Article.create(f"Words {one} words.", title=one, origin=f"{number} {one}.txt", source=one, url=one)
                for number, one in enumerate(payloads)
            ),
        )
        yield search


def assert_harmless(watch: Watch, sink: Sink, own: str, about: str) -> None:
    """Nothing ran, is markup, or was requested; that the server refuses a file or a long search is no complaint."""
    answered = "Failed to load resource: the server responded with a status of 4"
    watch.complaints[:] = [one for one in watch.complaints if not (one.startswith(answered) and f"{own}/v1/articles" in one)]
    watch.assert_nothing_ran(about)
    assert watch.page.evaluate(FOREIGN) == [], about
    assert watch.foreign_hosts(own) == set(), about
    assert sink.calls == [], about


def opened_list(browser: Any, url: str) -> Watch:
    watch = Watch(browser, url)
    watch.page.goto(f"{url}/#library")
    watch.page.locator("#shelf .title").first.wait_for()
    return watch


def shown_in(watch: Watch, order: str, total: int) -> list[str]:
    """Return the titles on all pages of the list in an order."""
    watch.page.evaluate("document.getElementById('found').textContent = ''")  # it comes again with the list in the new order
    watch.page.select_option("#find-sort", order)
    seen: list[str] = []
    for start in range(0, total, 50):
        watch.page.get_by_text(f"{start + 1} to {min(start + 50, total)} of {total} articles", exact=True).wait_for()
        seen += titles(watch.page)
        if start + 50 < total:
            watch.page.click("#page-after")
    return seen


@pytest.mark.parametrize("order", ["added", "title", "source"])
def test_every_page_of_the_list_in_every_order_shows_titles_and_outlets_as_text(
    browser: Any, sink: Sink, hostile: Search, order: str
) -> None:
    expected = [article.title for article in hostile.library.articles()]
    with page_of(hostile) as url:
        watch = opened_list(browser, url)
        assert sorted(shown_in(watch, order, len(expected))) == sorted(expected)
        assert_harmless(watch, sink, url, order)
        watch.context.close()


def look(watch: Watch, outlet: str, expected: Sequence[str]) -> None:
    """Choose an outlet, go as far as the question before removing its first article, and look for that one's title."""
    page = watch.page
    page.fill("#find-words", "")
    page.select_option("#find-source", value=outlet)
    wait_for(lambda: sorted(titles(page)) == sorted(expected), 60)
    page.hover("#shelf .about")
    page.click("#shelf .remove")
    assert page.locator("#removing-what").text_content() == titles(page)[0]
    page.get_by_role("button", name="Keep it").click()
    with page.expect_response("**/v1/articles?*"):
        page.fill("#find-words", titles(page)[0])


def searched(browser: Any, sink: Sink, hostile: Search, numbers: Sequence[int]) -> None:
    told_by: dict[str, list[str]] = {}  # titles by outlet; of two payloads that differ in a line end the outlet is the same
    for article in hostile.library.articles():
        told_by.setdefault(article.source or "", []).append(article.title)
    outlets = list(told_by)
    with page_of(hostile) as url:
        watch = opened_list(browser, url)
        for number in numbers:
            if number < len(outlets):
                look(watch, outlets[number], told_by[outlets[number]])
                assert_harmless(watch, sink, url, outlets[number])
        watch.context.close()


def test_finding_by_hostile_words_and_outlets_runs_nothing(browser: Any, sink: Sink, hostile: Search) -> None:
    searched(browser, sink, hostile, SOME)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_finding_by_all_hostile_words_and_outlets_runs_nothing(browser: Any, sink: Sink, hostile: Search) -> None:
    searched(browser, sink, hostile, range(len(ALL)))


def uploaded(browser: Any, sink: Sink, folder: Path, payloads: Sequence[str]) -> None:
    """Drop a file that is taken and one that is refused under each name, then remove what came first in the list."""
    with opened(folder) as search, page_of(search) as url:
        watch = Watch(browser, url)
        watch.page.goto(f"{url}/#library")
        watch.page.get_by_text("The library is empty").first.wait_for()
        taken = [(f"{one}.txt", f"{one}\n\nStory {number} happened again.") for number, one in enumerate(payloads)]
        names = watch.page.evaluate(DROP, [*taken, *((f"{one}.jpg", "\ufffd") for one in payloads)])
        wait_for(lambda: watch.page.locator("#sent :is(.added, .updated, .refused)").count() == len(names), 5 * len(names))
        told = results(watch.page)
        assert [name for name, _ in told] == names
        said = [said.split(":")[0] for _, said in told]  # of two names that differ in a line end the second is an update
        assert set(said[: len(payloads)]) <= {"Added", "Updated"}
        assert set(said[len(payloads) :]) == {"Refused"}
        assert_harmless(watch, sink, url, "files")
        wait_for(lambda: titles(watch.page), 60)
        removed = titles(watch.page)[0]
        watch.page.locator("#shelf .remove").first.click()
        watch.page.click("#removing-yes")
        wait_for(lambda: watch.page.locator("#found").text_content().startswith(f"Removed: {removed} — "), 60)
        assert_harmless(watch, sink, url, removed)
        watch.context.close()


def test_uploading_files_of_hostile_names_runs_nothing(
    browser: Any, sink: Sink, payloads: Sequence[str], tmp_path: Path
) -> None:
    uploaded(browser, sink, tmp_path / "data", [payloads[number] for number in SOME])


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_uploading_files_of_all_hostile_names_runs_nothing(
    browser: Any, sink: Sink, payloads: Sequence[str], tmp_path: Path
) -> None:
    uploaded(browser, sink, tmp_path / "data", payloads)
