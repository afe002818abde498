"""The page in a real browser. Every test also asserts that nothing was requested of any other host and no script broke."""

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from tests.fakes_web import BRIDGE, HOSTILE
from tests.web.conftest import EXAMPLES, note_breaks, note_errors, wait_for

pytestmark = pytest.mark.browser

COST = "How much would the repair of the bridge cost?"
QUOTE = "Mayor Lena Ortiz said the repair would cost “nine million” euros."
START = BRIDGE.text.index(QUOTE)
PERMALINK = f"/#src={BRIDGE.id}:{START}-{START + len(QUOTE)}"
CITED = f"{PERMALINK}@{BRIDGE.content_hash.removeprefix('sha256:')[:12]}"
BOX = "#question textarea"


class Reader:
    """A person at the page."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_selector(BOX)
        if "#" not in path:
            self.page.wait_for_selector(f"{BOX}:focus")

    def ask(self, question: str) -> None:
        answers = self.page.locator(".answer:has(.note), .answer.refusal").count()
        self.send(question)
        self.page.locator(".answer:has(.note), .answer.refusal").nth(answers).wait_for()
        self.page.wait_for_selector("#question .submit-button")

    def send(self, question: str) -> None:
        """Type and press Enter; again, as a person would, when the page was not yet listening."""
        from playwright.sync_api import TimeoutError as NotShown

        asked = self.page.locator(".asked").count()
        for _ in range(4):
            self.page.fill(BOX, question)
            self.page.press(BOX, "Enter")
            with suppress(NotShown):
                self.page.locator(".asked").nth(asked).wait_for(timeout=10_000)
                return

    def marked(self) -> str:
        self.page.wait_for_selector("#viewer mark")
        return "".join(self.page.locator("#viewer mark").all_text_contents())


@pytest.fixture
def visit(browser: Any, page_url: str) -> Iterator[Any]:
    """Open a fresh browser window of some size; at the end, look at what it requested and complained of."""
    requested: list[str] = []
    complaints: list[str] = []
    contexts = []

    def new(**options: Any) -> Reader:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        context.set_default_timeout(60_000)
        context.on("request", lambda request: requested.append(request.url))
        page = context.new_page()
        note_breaks(page, complaints)
        note_errors(page, complaints)
        return Reader(page, page_url)

    yield new
    for context in contexts:
        context.close()
    hosts = {urlsplit(url).netloc for url in requested if not url.startswith(("data:", "blob:"))}
    assert hosts <= {urlsplit(page_url).netloc}
    assert not complaints


def test_a_citation_opens_the_article_at_exactly_the_quoted_words(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    assert reader.page.locator(".lead").text_content() == "nine million"
    reader.page.click("a.cite")
    assert reader.marked() == QUOTE
    viewer = reader.page.locator("#viewer")
    assert viewer.locator("h2").text_content() == BRIDGE.title
    assert viewer.locator("#viewer-about").text_content() == "The Harbour Post · 5 March 2024"
    assert viewer.locator("#viewer-original").get_attribute("href") == BRIDGE.url
    whole = "\n".join(viewer.locator("#viewer-text p").all_text_contents())
    assert whole == BRIDGE.text.replace("\n\n", "\n")


def test_the_marked_words_are_on_the_screen_and_the_page_has_not_scrolled(visit: Any) -> None:
    reader = visit(viewport={"width": 1280, "height": 420})
    reader.open(PERMALINK)
    reader.marked()
    top, bottom = reader.page.evaluate(
        "(() => {const r = document.querySelector('mark').getBoundingClientRect(); return [r.top, r.bottom]})()"
    )
    assert 0 < top < bottom < 420
    assert reader.page.evaluate("document.scrollingElement.scrollTop") == 0


def test_a_permalink_opens_the_article_and_survives_a_reload(visit: Any) -> None:
    reader = visit()
    reader.open(PERMALINK)
    assert reader.marked() == QUOTE
    reader.page.reload()
    assert reader.marked() == QUOTE


NOWHERE = ["nope:0-5", "", "%E0%A4%A:0-5", f"{BRIDGE.id}:9-5", f"{BRIDGE.id}:0-99999"]


@pytest.mark.parametrize("place", NOWHERE)
def test_a_link_that_leads_nowhere_says_so_kindly(browser: Any, page_url: str, place: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{page_url}/#src={place}")
    page.locator("#viewer-title:not(:empty)").wait_for()
    shown = page.locator("#viewer").inner_text()
    assert re.search("not here|damaged|may have changed", shown)
    assert page.locator("mark").count() == 0
    context.close()


def test_a_reload_keeps_the_conversation_and_a_follow_up_knows_it(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    reader.page.reload()
    reader.page.wait_for_selector("a.cite")
    reader.ask("Who said so?")
    assert reader.page.locator(".asked").count() == 2
    assert f"Searched for: {COST} Who said so?" in reader.page.locator(".note").last.inner_text()


def test_two_tabs_keep_their_conversations_apart_and_a_third_goes_on_with_the_last(visit: Any) -> None:
    one = visit()
    one.open()
    one.ask(COST)
    two, three = (Reader(one.page.context.new_page(), one.url) for _ in range(2))
    two.open()
    two.page.wait_for_selector(".asked")
    two.ask("Who said so?")
    one.ask("Who won the chess match?")
    two.page.reload()
    two.page.locator(".asked").nth(1).wait_for()
    one.page.reload()
    one.page.locator(".asked").nth(1).wait_for()
    assert two.page.locator(".asked").all_inner_texts() == [COST, "Who said so?"]
    assert one.page.locator(".asked").all_inner_texts() == [COST, "Who won the chess match?"]
    three.open()
    three.page.locator(".asked").nth(1).wait_for()


def test_a_new_conversation_forgets_the_old_one_also_after_a_reload(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    reader.page.click("#fresh")
    reader.page.wait_for_selector(".example")
    reader.page.reload()
    reader.page.wait_for_selector(".example")
    assert reader.page.locator(".asked").count() == 0


def test_the_empty_page_offers_examples_and_says_what_the_library_holds(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.page.wait_for_selector(".example")
    assert reader.page.locator(".example").all_inner_texts() == list(EXAMPLES)
    assert reader.page.locator(".holdings").inner_text() == "3 articles · 2 outlets · newest 2024-03-05 · changed 2024-03-06"
    reader.page.click(".example >> nth=0")
    reader.page.wait_for_selector("a.cite")


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 500)])
def test_the_empty_page_begins_with_its_heading_and_its_last_example_can_be_reached_on_a_small_screen(
    visit: Any, width: int, height: int
) -> None:
    reader = visit(viewport={"width": width, "height": height})
    reader.open()
    page = reader.page
    page.wait_for_selector(".example")
    page.wait_for_timeout(300)  # in which Gradio moves the chat to its end
    chat, heading = page.locator("#chat").bounding_box(), page.locator("#chat h1").bounding_box()
    assert heading["y"] >= chat["y"]
    page.locator(".example").last.scroll_into_view_if_needed()
    last = page.locator(".example").last.bounding_box()
    assert last["y"] + last["height"] <= chat["y"] + chat["height"]


def test_a_refusal_shows_its_nearest_passages_closed_and_as_no_answer(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask("bridge?")
    details = reader.page.locator("details")
    assert details.get_attribute("open") is None
    assert "do not answer" in details.locator("summary").inner_text()
    details.locator("summary").click()
    details.locator("a.near").first.click()
    assert "bridge" in reader.marked()


def test_a_question_that_cannot_be_asked_stays_with_the_reason(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.page.fill(BOX, "w" * 4001)
    reader.page.keyboard.press("Enter")
    reader.page.get_by_text("4,001 characters; the limit is 4,000").wait_for()
    assert reader.page.input_value(BOX) == "w" * 4001


def test_a_message_about_a_question_that_cannot_be_asked_is_headed_by_what_became_of_it(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.page.fill(BOX, " ")
    reader.page.keyboard.press("Enter")
    assert reader.page.locator(".toast-title").inner_text() == "Not asked"


PLACES = """() => {
  const last = (selector) => [...document.querySelectorAll(selector)].pop().getBoundingClientRect();
  const [pane, asked, answer] = ["#chat .panel-wrap", ".asked", ".answer"].map(last);
  return [asked.top >= pane.top, answer.bottom <= pane.bottom];
}"""
SCROLLED = "document.querySelector('#chat .panel-wrap').scrollTop"


def test_what_was_asked_comes_into_sight_from_its_question_on_also_for_who_had_scrolled_away(visit: Any) -> None:
    reader = visit(viewport={"width": 640, "height": 400})
    reader.open()
    page = reader.page
    for height, has_room in ((280, False), (280, False), (900, True)):
        page.evaluate(f"{SCROLLED} = 0")
        page.set_viewport_size({"width": 640, "height": height})
        reader.ask(COST)
        page.wait_for_timeout(300)
        assert page.evaluate(PLACES) == [True, has_room]
    page.set_viewport_size({"width": 640, "height": 280})
    page.reload()
    page.wait_for_selector("a.cite")
    page.wait_for_timeout(300)
    assert page.evaluate(PLACES)[0]


def test_who_scrolls_the_chat_stays_where_they_are_whatever_comes(visit: Any) -> None:
    reader = visit(viewport={"width": 640, "height": 400})
    reader.open()
    page = reader.page
    reader.ask(COST)
    reader.ask(COST)
    page.mouse.move(300, 200)
    page.mouse.wheel(0, -5000)
    wait_for(lambda: page.evaluate(SCROLLED) == 0)
    page.evaluate("document.querySelector('#chat .message-wrap').append(document.createElement('p'))")
    page.wait_for_timeout(300)
    assert page.evaluate(SCROLLED) == 0


def test_everything_works_with_the_keyboard_alone(visit: Any) -> None:
    reader = visit()
    reader.open()
    page = reader.page
    page.keyboard.type("How much would")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("the repair of the bridge cost?")
    assert "\n" in page.input_value(BOX)
    page.keyboard.press("Enter")
    page.wait_for_selector("a.cite")
    page.wait_for_selector("#question .submit-button")
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('a.cite')"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert reader.marked() == QUOTE
    assert page.evaluate("document.activeElement.id") == "viewer-title"
    page.keyboard.press("Escape")
    assert page.locator("#viewer").is_hidden()
    assert page.evaluate("document.activeElement.matches('a.cite')")


def test_who_uses_keys_is_at_the_question_when_what_they_pressed_is_gone(visit: Any) -> None:
    reader = visit()
    reader.open()
    page = reader.page
    for button in (".example >> nth=0", "#fresh"):
        page.locator(button).focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{BOX}:focus")
        page.wait_for_selector("a.cite" if button != "#fresh" else ".example")


def test_on_a_narrow_screen_the_article_covers_the_chat_until_it_is_closed(visit: Any) -> None:
    reader = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    reader.open()
    page = reader.page
    reader.ask(COST)
    page.tap("a.cite")
    assert reader.marked() == QUOTE
    box = page.locator("#viewer").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert page.locator("#viewer").get_attribute("aria-modal") == "true"
    assert page.evaluate("document.querySelector('gradio-app').inert")
    page.tap("#viewer-close")
    assert page.locator("#viewer").is_hidden()
    assert not page.evaluate("document.querySelector('gradio-app').inert")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_on_a_narrow_screen_nothing_of_the_chat_floats_over_the_article(visit: Any) -> None:
    reader = visit(viewport={"width": 390, "height": 500}, has_touch=True, is_mobile=True)
    reader.open()
    page = reader.page
    reader.ask(COST)
    floating = "position:fixed;top:300px;left:150px;width:60px;height:60px;z-index:2147480000"  # as Gradio's arrow has it
    page.evaluate(
        f"document.querySelector('#chat').append(Object.assign(document.createElement('i'), {{style: '{floating}'}}))"
    )
    at = "document.elementFromPoint(180, 330)"
    assert page.evaluate(f"{at}.localName") == "i"
    page.locator("a.cite").first.tap()
    reader.marked()
    assert page.evaluate(f"!!{at}.closest('#viewer')")


def test_a_link_that_was_opened_moves_the_focus_to_its_article_without_a_frame(visit: Any) -> None:
    reader = visit()
    reader.open(PERMALINK)
    reader.marked()
    wait_for(lambda: reader.page.evaluate("document.activeElement.id") == "viewer-title")
    assert reader.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_citation_is_a_target_of_24_pixels_and_its_title_a_part_of_it(visit: Any, width: int) -> None:
    reader = visit(viewport={"width": width, "height": 800})
    reader.open()
    reader.ask(COST)
    page = reader.page
    for selector in ("a.cite", "a.foot", "#masthead .api"):
        box = page.locator(selector).bounding_box()
        assert min(box["width"], box["height"]) >= 24, selector
    page.locator("a.foot").get_by_text(BRIDGE.title).click()
    assert reader.marked() == QUOTE


GAP = """() => {
  const mark = document.querySelector("a.cite"), words = document.createRange();
  words.selectNode(mark.previousSibling);
  return mark.getBoundingClientRect().left - [...words.getClientRects()].pop().right;
}"""


def test_no_line_begins_with_a_mark(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    for width in range(320, 400, 4):
        reader.page.set_viewport_size({"width": width, "height": 800})
        assert abs(reader.page.evaluate(GAP)) <= 4, width


def test_a_conversation_is_printed_to_its_end_and_the_open_article_before_it(visit: Any) -> None:
    reader = visit()
    reader.open()
    page = reader.page
    reader.ask(COST)
    page.click("a.cite")
    reader.marked()
    again = "for (let n = 0; n < 39; n++) wrap.append(wrap.children[n].cloneNode(true))"
    page.evaluate(f"(() => {{ const wrap = document.querySelector('#chat .message-wrap'); {again} }})()")
    printed = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages]
    assert "".join(printed).count(COST) == page.locator(".asked").count() > 20
    assert "Ferries carry passengers" in " ".join(printed[0].split())
    assert COST not in printed[0]
    for of_the_screen in ("New conversation", "Ask a question", "Copy with sources", "Library"):
        assert of_the_screen not in "".join(printed), of_the_screen


def test_on_a_dark_screen_what_is_gradios_has_the_colours_of_the_page(visit: Any) -> None:
    reader = visit(color_scheme="dark")
    reader.open()
    for own, ours in (("--body-text-color", "--ink"), ("--background-fill-primary", "--paper")):
        value = "getComputedStyle(document.querySelector('#chat')).getPropertyValue"
        assert reader.page.evaluate(f"{value}('{own}') === {value}('{ours}')"), own


def test_the_back_button_closes_the_article(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    reader.page.click("a.cite")
    reader.marked()
    reader.page.go_back()
    assert reader.page.locator("#viewer").is_hidden()
    assert reader.page.locator("a.cite").count() == 1


def test_copy_gives_the_quote_with_where_it_is_from(visit: Any) -> None:
    reader = visit(permissions=["clipboard-read", "clipboard-write"])
    reader.open()
    page = reader.page
    reader.ask(COST)
    page.click("a.cite")
    reader.marked()
    page.click("#viewer-copy")
    page.get_by_text("Copied").wait_for()
    cited = f"“{QUOTE}” — {BRIDGE.title}, The Harbour Post, 5 March 2024, {reader.url}{CITED}"
    assert page.evaluate("navigator.clipboard.readText()") == cited
    page.click("a.copy")
    page.locator("a.copy", has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"nine million\n{QUOTE} [1]\n[1] {cited}"


def test_the_button_that_is_a_link_is_pressed_with_space_and_keeps_its_label(visit: Any) -> None:
    reader = visit(permissions=["clipboard-read", "clipboard-write"])
    reader.open()
    page = reader.page
    reader.ask(COST)
    button = page.locator("a.copy")
    button.press("Space")
    page.locator("a.copy", has_text="Copied").wait_for()
    button.press("Space")
    page.locator("a.copy", has_text="Copy with sources").wait_for()
    page.wait_for_timeout(1700)
    assert button.inner_text() == "Copy with sources"


CONTRAST = """(selector) => {
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const element = document.querySelector(selector);
  let behind = element;
  while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  for (let one = element; one; one = one.parentElement) if (getComputedStyle(one).opacity < 1) return 0;
  const pair = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(light);
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""
IN_THE_CHAT = [".asked", ".lead", ".said", ".note", "a.cite", "a.foot", "a.copy", "#fresh", "#question .submit-button", BOX]
AROUND_IT = [".holdings", ".api", "#viewer-about", "#viewer-title", "#viewer-text p", "#viewer mark", "#viewer-close"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_and_the_page_follows_the_system(visit: Any, scheme: str) -> None:
    reader = visit(color_scheme=scheme)
    reader.open()
    reader.ask(COST)
    reader.page.click("a.cite")
    reader.marked()
    for selector in [*IN_THE_CHAT, *AROUND_IT]:
        assert reader.page.evaluate(CONTRAST, selector) >= 4.5, selector
    background = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background))) < 150) == (scheme == "dark")


def test_people_who_want_no_motion_get_none(visit: Any) -> None:
    reader = visit(reduced_motion="reduce")
    reader.open()
    assert reader.page.evaluate("getComputedStyle(document.querySelector('#fresh')).transitionDuration") == "0s"


UNNAMED = """[...document.querySelectorAll("button, a[href], textarea, input, [role=button]")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute("aria-label") || one.innerText || (one.labels || [])[0]?.textContent.trim()))
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_every_control_has_a_name_and_no_label_is_markup(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    reader.page.click("a.cite")
    reader.marked()
    assert reader.page.evaluate(UNNAMED) == []
    labels = reader.page.evaluate("[...document.querySelectorAll('[aria-label]')].map((one) => one.getAttribute('aria-label'))")
    assert not [label for label in labels if "<" in label]
    assert reader.page.evaluate("document.documentElement.lang") == "en"


def test_the_box_is_named_for_what_is_written_in_it_alone(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    reader.page.get_by_role("textbox", name="Your question", exact=True).wait_for()


def test_hostile_articles_run_nothing_and_request_nothing(visit: Any) -> None:
    reader = visit()
    reader.open()
    page = reader.page
    reader.ask("What did gulls steal, forty sandwiches from tourists?")
    page.hover("a.cite")
    page.click("a.cite")
    assert reader.marked() == HOSTILE.text
    assert page.locator("#viewer-title").text_content() == HOSTILE.title
    assert page.locator("#viewer-original").is_hidden()
    assert page.locator(".answer img, .answer script, #viewer img, #viewer script, #viewer b").count() == 0
    assert page.locator(".answer a:not(.cite, .foot, .copy)").count() == 0
    reader.ask(HOSTILE.text)
    assert page.locator(".asked").last.text_content() == " ".join(HOSTILE.text.split())
    assert page.locator(".asked img, .asked a").count() == 0
    page.wait_for_timeout(300)
    assert page.evaluate("document.body.dataset.hacked") is None


def test_thumbs_are_taken(visit: Any) -> None:
    reader = visit()
    reader.open()
    reader.ask(COST)
    with reader.page.expect_request("**/queue/join*"):
        reader.page.click("[aria-label=Like]")
    reader.page.click("[aria-label=Retry]")
    reader.page.wait_for_selector("a.cite")
    assert reader.page.locator(".asked").count() == 1
