"""The library view and what links to articles say after a change, in a real browser over a real library."""

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pypdf import PdfReader

from index.article import Article
from index.changes import KEPT_TEXTS
from index.fetch import Web
from index.search import Search
from tests.fakes_web import HOSTILE, FakeAnswerer, FakeLibrary
from tests.libraries import add, article, news, opened
from tests.web.conftest import note_breaks, serving, wait_for
from tests.web.test_page import CONTRAST, UNNAMED
from web.build import build_page
from web.door import Door
from web.examples import examples
from web.feedback import FeedbackLog
from web.front import create_front
from web.gate import Gate, Services
from web.jobs import Desk
from web.keys import NO_KEYS, Keys

pytestmark = pytest.mark.browser

BRIDGE = "The old bridge was closed in March. The mayor said that the repair would cost nine million."
WORDS = "The mayor said that the repair would cost nine million."
START = BRIDGE.index(WORDS)


@contextmanager
def page_of(
    search: Search, *cited: Article, read_only: bool = False, allow_urls: bool = False, keys: Keys = NO_KEYS
) -> Iterator[str]:
    """Serve a page of this library; its answers cite these articles, whatever became of them in the library."""
    desk = None if read_only else Desk(search, Web(allow_urls=allow_urls))
    if desk:
        desk.start()
    gate = Gate()
    gate.open(Services(FakeAnswerer(FakeLibrary(*cited)), search.library, search, desk))
    door = Door(gate)
    with ThreadPoolExecutor(1) as thread:
        door.open(
            thread.submit(
                build_page, gate, partial(examples, search.library.folder, search.library), FeedbackLog(None)
            ).result()
        )
    with serving(create_front(gate, door, keys=keys)) as url:
        wait_for(lambda: httpx.get(f"{url}/config", trust_env=False).status_code == 200, 60)
        yield url


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    with opened(tmp_path_factory.mktemp("library") / "data") as search:
        add(search, [HOSTILE, *news(119), article("bridge", BRIDGE, id="bridge", source="The Harbour Post")])
        yield search


@pytest.fixture(scope="module")
def url(search: Search) -> Iterator[str]:
    with page_of(search) as url:
        yield url


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open an address in a fresh window; at the end, look at what it requested and whether a script broke."""
    contexts, requested, broken = [], [], []

    def new(address: str, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        context.set_default_timeout(60_000)
        context.on("request", lambda request: requested.append(request.url))
        page = context.new_page()
        note_breaks(page, broken)
        page.goto(address)
        page.wait_for_selector("#question textarea", state="attached")
        return page

    yield new
    for context in contexts:
        context.close()
    assert {urlsplit(one).hostname for one in requested if one.startswith("http")} == {"127.0.0.1"}
    assert not broken


def titles(page: Any) -> list[str]:
    return list(page.locator("#shelf .title").all_text_contents())


def results(page: Any) -> list[list[str]]:
    """What the table of results says when nothing is under way any more."""
    wait_for(
        lambda: page.locator("#sent td:nth-child(2)").count() and not page.locator("#sent :is(.waiting, .running)").count(), 60
    )
    return [row.locator("td").all_text_contents() for row in page.locator("#sent tbody tr").all()]


HEAR = """() => {
  window.heard = [];
  const hear = (changes) => changes.forEach((one) => one.addedNodes.forEach((node) => heard.push(node.textContent)));
  new MutationObserver(hear).observe(document.querySelector("#adding [role=status]"), { childList: true });
}"""


def file(name: str, content: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}


def test_the_list_is_shown_in_pages_and_found_sorted_and_filtered(visit: Callable[..., Any], url: str) -> None:
    page = visit(url)
    page.get_by_role("link", name="Library").click()
    page.get_by_text("1 to 50 of 121 articles").wait_for()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("51 to 100 of 121 articles").wait_for()
    page.fill("#find-words", "story11")
    page.get_by_text("10 articles").wait_for()
    page.select_option("#find-sort", "title")
    wait_for(lambda: titles(page)[:2] == ["Story11", "Story110"])
    page.fill("#find-since", "2024-03-01")
    page.select_option("#find-source", "The Hill Times")
    wait_for(lambda: len(titles(page)) < 6)
    page.fill("#find-words", "nothing has this title")
    page.get_by_text("No article fits.").wait_for()
    page.get_by_role("link", name="Ask").click()
    page.locator("#question textarea").click()


def test_an_article_opens_beside_the_list_and_the_back_button_returns_to_it(visit: Callable[..., Any], url: str) -> None:
    page = visit(f"{url}/#library")
    page.fill("#find-words", "bridge")
    wait_for(lambda: 0 < len(titles(page)) < 6)  # else the list could still be made anew when the focus comes back to it
    page.locator("#shelf .title", has_text="Bridge").click()
    page.locator("#viewer-text p").wait_for()
    assert page.locator("#viewer-text").inner_text() == BRIDGE
    assert page.locator("#viewer-said").inner_text() == ""
    page.keyboard.press("Escape")
    assert page.locator("#viewer").is_hidden()
    assert page.locator("#library").is_visible()
    assert page.evaluate("document.activeElement.matches('#shelf .title')")
    assert urlsplit(page.url).fragment == "library"


def test_files_are_added_with_a_result_for_each_and_removed_after_a_question(tmp_path: Path, visit: Callable[..., Any]) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        page = visit(f"{url}/#library")
        page.get_by_text("The library is empty").first.wait_for()
        files = [
            file("bridge.txt", BRIDGE),
            file("cat.jpg", "\ufffd"),
            file("rows.jsonl", '{"text": "The tram stopped."}\n{"x": 1}'),
        ]
        page.evaluate(HEAR)
        page.set_input_files("#picked", files)
        told = results(page)
        assert page.evaluate("heard") == [": ".join(row) for row in told]
        assert told[0] == ["bridge.txt", "Added"]
        assert told[1][1].startswith("Refused: ")
        assert told[2][1].startswith("1 added, 1 refused; 1 of 2 parts cannot be read: row 2")
        wait_for(lambda: "2 articles" in page.locator(".holdings").inner_text())
        assert titles(page) == ["The tram stopped", "The old bridge was closed in March"]
        page.get_by_role("button", name="Remove The tram stopped").click()
        page.get_by_role("button", name="Keep it").click()
        assert len(titles(page)) == 2
        page.get_by_role("button", name="Remove The tram stopped").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Removed: The tram stopped").wait_for()
        assert titles(page) == ["The old bridge was closed in March"]
        wait_for(lambda: "1 article ·" in page.locator(".holdings").inner_text())
        assert search.library.state().articles == 1


DROP = """(texts) => {
  const transfer = new DataTransfer();
  for (const [name, text] of texts) transfer.items.add(new File([text], name));
  const drop = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.getElementById("library").dispatchEvent(drop);
}"""


def test_dropped_files_are_added_and_a_name_is_only_words(tmp_path: Path, visit: Callable[..., Any]) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        page = visit(f"{url}/#library")
        page.evaluate(DROP, [["<img src=x onerror=alert(1)>.txt", BRIDGE]])
        assert results(page) == [["<img src=x onerror=alert(1)>.txt", "Added"]]
        assert page.locator("#library img").count() == 0


def test_an_address_can_be_given_only_where_that_is_allowed(tmp_path: Path, url: str, visit: Callable[..., Any]) -> None:
    assert visit(f"{url}/#library").locator("#url").count() == 0
    with opened(tmp_path / "data") as search, page_of(search, allow_urls=True) as allowed:
        page = visit(f"{allowed}/#library")
        page.fill("#url", "http://127.0.0.1:9/inside")
        page.keyboard.press("Enter")
        (told,) = results(page)
        assert told[0] == "http://127.0.0.1:9/inside"
        assert told[1].startswith("Refused: ")


@pytest.mark.parametrize("closed", [{"read_only": True}, {"keys": Keys(without="reader")}], ids=["read only", "a reader"])
def test_who_may_not_change_the_library_is_shown_no_way_to(
    search: Search, visit: Callable[..., Any], closed: dict[str, Any]
) -> None:
    with page_of(search, **closed) as url:
        page = visit(f"{url}/#library")
        page.locator("#shelf li").first.wait_for()
        assert page.locator("#adding, #paste, .remove").count() == 0


HARBOUR = "كلف بناء الميناء تسعة ملايين دولار."


def typed(page: Any) -> list[str]:
    return [field.input_value() for field in page.locator("#pasted :is(input, textarea)").all()]


def test_an_article_is_pasted_with_the_keyboard_alone_and_the_fields_are_empty_for_the_next(
    tmp_path: Path, visit: Callable[..., Any]
) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        page = visit(f"{url}/#library")
        page.get_by_text("The library is empty").first.wait_for()
        page.evaluate(HEAR)
        page.focus("#pick")
        for key in ["Tab", "Enter", "Tab"]:
            page.keyboard.press(key)
        for words in ["الميناء", f"{HARBOUR}\n\nThe harbour is open.", "The Quay", "03052024", "https://example.org/harbour"]:
            (page.keyboard.type if words.isdigit() else page.keyboard.insert_text)(words)
            page.keyboard.press("Tab")
            if words.isdigit():
                page.keyboard.press("Tab")  # past the calendar's button
        assert page.evaluate("[...document.querySelectorAll('#pasted [dir]')].map((one) => one.matches(':dir(rtl)'))") == [
            True,
            True,
            False,
        ]
        page.keyboard.press("Enter")
        assert results(page) == [["الميناء", "Added"]]
        assert page.evaluate("heard") == ["الميناء: Added"]
        assert typed(page) == [""] * 5
        assert page.evaluate("document.activeElement.matches('#pasted button')")
        wait_for(lambda: titles(page) == ["الميناء"])
        wait_for(lambda: "1 article ·" in page.locator(".holdings").inner_text())
        one = httpx.get(f"{url}/v1/articles", trust_env=False).json()["articles"][0]
        assert [one[name] for name in ("source", "published_at", "url")] == [
            "The Quay",
            "2024-03-05",
            "https://example.org/harbour",
        ]
        assert search.library.get(one["id"]).text == f"{HARBOUR}\n\nThe harbour is open."


def test_a_pasted_article_that_is_refused_stays_in_its_fields_with_the_reason_beside_them(
    tmp_path: Path, visit: Callable[..., Any]
) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        page = visit(f"{url}/#library")
        page.click("#paste summary")
        article = page.get_by_role("form", name="The pasted article")
        add = article.get_by_role("button", name="Add")
        reason = page.locator("#pasted-refused")
        article.get_by_label("Title").fill("The bridge")
        article.get_by_label("Outlet").fill("The Harbour Post")
        add.click()
        reason.filter(has_text="Refused: text").wait_for()
        article.get_by_label("Text").fill(BRIDGE)
        article.get_by_label("Date").fill("20240-03-05")
        add.click()
        reason.filter(has_text="Refused: published_at must be a date").wait_for()
        assert typed(page) == ["The bridge", BRIDGE, "The Harbour Post", "20240-03-05", ""]
        article.get_by_label("Date").fill("2024-03-05")
        page.route("**/v1/articles", lambda route: route.abort())
        add.click()
        reason.filter(has_text="The server does not answer.").wait_for()
        assert typed(page) == ["The bridge", BRIDGE, "The Harbour Post", "2024-03-05", ""]
        assert search.library.state().articles == 0
        page.unroute("**/v1/articles")
        add.click()
        assert results(page)[-1] == ["The bridge", "Added"]
        assert reason.inner_text() == ""
        assert typed(page) == [""] * 5


def test_what_is_typed_while_a_pasted_article_is_sent_stays(tmp_path: Path, visit: Callable[..., Any]) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        page = visit(f"{url}/#library")
        page.click("#paste summary")
        held: list[Any] = []
        page.route("**/v1/articles", lambda route: held.extend([route]))
        page.fill("#pasted textarea", BRIDGE)
        page.click("#pasted button")
        wait_for(lambda: page.locator("#sent .running").count() and held)
        page.fill("#pasted textarea", "The market moved. It is loud.")
        held[0].continue_()
        assert results(page) == [["Pasted text", "Added"]]
        assert typed(page)[1] == "The market moved. It is loud."


DRAG = """([selector, kind]) => {
  const transfer = new DataTransfer();
  if (kind === "file") transfer.items.add(new File(["The tram stopped."], "tram.txt"));
  else transfer.setData("text/plain", "The tram stopped.");
  const over = new DragEvent("dragover", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(over);
  return over.defaultPrevented;
}"""


def test_words_can_be_dragged_into_a_field_and_files_cannot(visit: Callable[..., Any], url: str) -> None:
    page = visit(f"{url}/#library")
    page.click("#paste summary")
    taken = {
        (place, kind): page.evaluate(DRAG, [place, kind])
        for place in ("#pasted textarea", "#drop")
        for kind in ("words", "file")
    }
    assert [pair for pair, is_taken in taken.items() if not is_taken] == [("#pasted textarea", "words")]


def test_titles_and_outlets_of_articles_are_text(visit: Callable[..., Any], url: str) -> None:
    page = visit(f"{url}/#library")
    page.fill("#find-words", "gulls")
    page.get_by_text("1 article", exact=True).wait_for()
    assert titles(page) == [HOSTILE.title]
    page.locator(".remove").click()
    assert page.locator("#removing-what").inner_text() == HOSTILE.title
    assert page.locator("#library img, #library b, #removing img").count() == 0
    assert page.evaluate("document.body.dataset.hacked") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen_with_enough_contrast_and_a_name_for_everything(
    visit: Callable[..., Any], url: str, scheme: str, width: int
) -> None:
    page = visit(f"{url}/#library", viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.locator("#shelf li").first.wait_for()
    page.click("#paste summary")
    page.click("#pasted button")
    page.locator("#pasted-refused", has_text="Refused").wait_for()
    for selector in [
        "#paste summary",
        "#pasted label span",
        "#pasted textarea",
        "#pasted button",
        "#pasted-refused",
        "#drop p",
        ".hint",
        "#pick",
        "#found",
        ".title",
        ".about",
        ".remove",
        "#find-words",
        "#views a",
        "#library h1",
    ]:
        assert page.evaluate(CONTRAST, selector) >= 4.5, selector
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.getElementById('library').scrollWidth") <= width
    assert page.evaluate(UNNAMED.replace("checkVisibility()", "checkVisibility({ visibilityProperty: true })")) == []
    page.locator(".remove").first.click()
    box = page.locator("#removing").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_an_old_citation_opens_the_words_as_they_were_and_says_that_they_changed(
    tmp_path: Path, visit: Callable[..., Any]
) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        first = article("bridge", BRIDGE, id="bridge")
        add(search, [first])
        place = f"/#src=bridge:{START}-{len(BRIDGE)}"
        cited = f"{place}@{first.content_hash.removeprefix('sha256:')[:12]}"
        page = visit(url + cited)
        page.locator("#viewer mark").wait_for()
        assert page.locator("#viewer-changed").is_hidden()

        add(search, [article("bridge", f"Correction. {BRIDGE.replace('nine', 'ten')}", id="bridge")])
        page = visit(url + cited)
        page.get_by_text("This article changed since").wait_for()
        assert page.locator("#viewer mark").inner_text() == WORDS
        page.get_by_role("button", name="Read it as it is now").click()
        page.locator("#viewer-text", has_text="ten million").wait_for()
        assert page.locator("#viewer-changed").is_hidden()

        page = visit(url + place)  # a link that does not say of which version it is
        page.get_by_text("This article changed since").wait_for()
        assert WORDS in page.locator("#viewer-changed").inner_text()

        search.library.remove(["bridge"])
        page = visit(url + cited)
        page.get_by_text("This article was removed").wait_for()
        assert page.locator("#viewer mark").count() == 0


def changed_often(search: Search) -> None:
    """Replace the article so often that its first version is not kept any more."""
    for number in range(KEPT_TEXTS + 1):
        add(search, [article("bridge", f"Correction {number}. {BRIDGE}", id="bridge", source="The Harbour Post")])


def test_an_answer_is_copied_without_words_that_are_not_kept_and_with_the_title_of_what_was_removed(
    tmp_path: Path, visit: Callable[..., Any]
) -> None:
    first = article("bridge", BRIDGE, id="bridge", source="The Harbour Post")
    with opened(tmp_path / "data") as search, page_of(search, first) as url:
        add(search, [first])
        page = visit(url, permissions=["clipboard-read", "clipboard-write"])
        page.fill("#question textarea", "What would the repair cost?")
        page.keyboard.press("Enter")
        permalink = f"{url}/{page.locator('a.cite').get_attribute('href')}"

        def copied() -> str:
            page.locator("a.copy", has_text="Copy with sources").click()
            page.locator("a.copy", has_text="Copied").wait_for()
            return str(page.evaluate("navigator.clipboard.readText()"))

        origin = "Bridge, The Harbour Post, undated"
        assert copied() == f"{WORDS} [1]\n[1] “{WORDS}” — {origin}, {permalink}"
        changed_often(search)
        assert copied() == f"{WORDS} [1]\n[1] {origin}, {permalink} (the article has changed since)"
        search.library.remove(["bridge"])
        assert copied() == f"{WORDS} [1]\n[1] {origin} (removed since)"


def test_the_words_on_the_screen_are_copied_whatever_became_of_the_article(tmp_path: Path, visit: Callable[..., Any]) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        add(search, [article("bridge", BRIDGE, id="bridge", source="The Harbour Post")])
        permalink = f"{url}/#src=bridge:{START}-{len(BRIDGE)}"
        page = visit(permalink, permissions=["clipboard-read", "clipboard-write"])
        page.locator("#viewer mark").wait_for()
        changed_often(search)
        page.click("#viewer-copy")
        page.get_by_text("Copied").wait_for()
        cited = f"“{WORDS}” — Bridge, The Harbour Post, undated, {permalink}"
        assert page.evaluate("navigator.clipboard.readText()") == cited


def test_links_of_an_answer_name_the_version_that_they_cite(page_url: str, visit: Callable[..., Any]) -> None:
    page = visit(page_url)
    page.fill("#question textarea", "How much would the repair of the bridge cost?")
    page.keyboard.press("Enter")
    link = page.locator("a.cite").first.get_attribute("href")
    article_id = link.removeprefix("#src=").partition(":")[0]
    known = json.loads(httpx.get(f"{page_url}/v1/articles/{article_id}", trust_env=False).text)
    assert known["content_hash"].removeprefix("sha256:").startswith(link.partition("@")[2])


def test_the_questions_to_begin_with_name_no_article_that_was_removed(visit: Callable[..., Any], tmp_path: Path) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        add(search, [article("bridge", BRIDGE, id="bridge"), article("market", "The market moved. It is loud.")])
        page = visit(url)
        page.get_by_text("What is said about “Bridge”?").wait_for()
        search.library.remove(["bridge"])
        page.reload()
        page.get_by_text("What is said about “Market”?").wait_for()
        assert page.get_by_text("“Bridge”").count() == 0


def test_files_chosen_with_their_metadata_come_with_title_and_outlet(visit: Callable[..., Any], tmp_path: Path) -> None:
    told = json.dumps({"file": "quay.txt", "title": "The quay is new", "source": "The Quay"})
    with opened(tmp_path / "data") as search, page_of(search) as url:
        page = visit(url)
        page.get_by_role("link", name="Library").click()
        page.set_input_files("#picked", [file("quay.txt", "The quay was opened. It is long."), file("metadata.jsonl", told)])
        assert results(page) == [["quay.txt", "Added"]]
        wait_for(lambda: titles(page) == ["The quay is new"], 60)
        assert search.library.sources() == [("The Quay", 1)]


def test_adding_goes_on_after_the_connection_was_lost_between_two_files(visit: Callable[..., Any], tmp_path: Path) -> None:
    with opened(tmp_path / "data") as search, page_of(search) as url:
        page = visit(url)
        page.get_by_role("link", name="Library").click()
        page.route(f"{url}/", lambda route: route.abort())
        page.set_input_files("#picked", [file("bridge.txt", BRIDGE)])
        assert results(page) == [["bridge.txt", "Added"]]
        page.unroute(f"{url}/")
        page.set_input_files("#picked", [file("market.txt", "The market moved. It is loud.")])
        assert ["market.txt", "Added"] in results(page)


def test_a_server_that_does_not_answer_is_called_so_in_the_list_and_in_the_place_of_an_article(
    visit: Callable[..., Any], url: str
) -> None:
    page = visit(f"{url}/#library")
    page.locator("#shelf .title").first.wait_for()
    page.route("**/v1/**", lambda route: route.abort())
    page.locator("#shelf .title").first.click()
    page.locator("#viewer-text", has_text="The server does not answer.").wait_for()
    page.fill("#find-words", "bridge")
    page.locator("#found", has_text="The server does not answer.").wait_for()


def test_words_that_are_written_to_the_left_are_set_so_in_the_article_and_the_chat(
    tmp_path: Path, visit: Callable[..., Any]
) -> None:
    harbour = article("harbour", "كلف بناء الميناء تسعة ملايين دولار.\n\nThe harbour is open.", title="الميناء", id="harbour")
    with opened(tmp_path / "data") as search, page_of(search, harbour) as url:
        add(search, [harbour])
        page = visit(url)
        page.fill("#question textarea", "كم كلف بناء الميناء؟")
        assert page.evaluate("document.querySelector('#question textarea').matches(':dir(rtl)')")
        page.keyboard.press("Enter")
        page.locator("a.cite").click()
        page.locator("#viewer mark").wait_for()
        directions = "[...document.querySelectorAll('#viewer-title, #viewer-text p')].map((one) => one.matches(':dir(rtl)'))"
        assert page.evaluate(directions) == [True, True, False]
        question = page.locator("#chat .asked")
        assert question.evaluate("(one) => getComputedStyle(one).textAlign") == "start"


def test_days_are_whole_on_the_narrowest_screen(visit: Callable[..., Any], url: str) -> None:
    page = visit(f"{url}/#library", viewport={"width": 320, "height": 640})
    page.click("#paste summary")
    needed = "(one) => [one.offsetWidth, (one.style.width = 'max-content', one.offsetWidth)]"
    for field in ("#find-since", "#find-until", "#pasted [type=date]"):
        given, whole = page.locator(field).evaluate(needed)
        assert given >= whole


def test_the_list_is_printed_to_its_end(visit: Callable[..., Any], url: str) -> None:
    page = visit(f"{url}/#library")
    page.locator("#shelf .title").nth(49).wait_for()
    printed = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)
    assert all(title in printed for title in titles(page))
    assert "Remove" not in printed
