"""The page while something takes its time, in a real browser: the doorstep, and an answer that is stopped."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from index.snapshot import EVERYTHING, Within
from rag.types import Event, Turn
from tests.fakes_web import BRIDGE, FakeAnswerer, FakeLibrary
from tests.web.conftest import clients_of
from web.build import build_page
from web.door import Door
from web.feedback import FeedbackLog
from web.gate import Gate, Services
from web.keys import Key, Keys

pytestmark = pytest.mark.browser


class SlowAnswerer(FakeAnswerer):
    """Gives every event but the first two only when it is let."""

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__(library)
        self.let = threading.Event()
        self.let.set()

    def stream(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Iterator[Event]:
        for number, event in enumerate(super().stream(question, history, within, k)):
            if number >= 2:
                self.let.wait(90)
            yield event


def test_a_waiting_page_says_why_and_becomes_the_chat_by_itself_and_an_answer_can_be_stopped(browser: Any) -> None:
    gate, library = Gate(), FakeLibrary(BRIDGE)
    door, answerer = Door(gate), SlowAnswerer(library)
    with clients_of(gate, door) as client, ThreadPoolExecutor(1) as thread:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        gate.loading("The language models are being loaded.")
        page.goto(f"{client.base_url}#src={BRIDGE.id}:0-35")
        page.get_by_text("The language models are being loaded.").wait_for()
        gate.open(Services(answerer, library, library))
        door.open(thread.submit(build_page, gate, lambda: ["Who won the match?"], FeedbackLog(None)).result())
        page.locator("#viewer mark").wait_for()  # the link that brought the reader still leads there
        page.keyboard.press("Escape")
        page.get_by_text("Who won the match?").wait_for()
        # In a slow browser Gradio calls what was stopped an error, and would cover the chat with the word.
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 15})
        answerer.let.clear()
        page.fill("#question textarea", "When was the old bridge closed?")
        page.keyboard.press("Enter")
        page.locator(".said", has_text="The").wait_for()
        assert page.locator("[aria-live][aria-busy=true] .said").count() == 1  # read out when it is whole, not piece by piece
        assert page.get_by_role("button", name="Like").count() == 0  # there is nothing yet to be liked
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped.").wait_for()
        assert page.get_by_role("button", name="Like").count() == 0
        answerer.let.set()
        page.get_by_role("button", name="Retry").click()
        page.locator("a.cite").wait_for()
        assert page.locator("[aria-live][aria-busy=false] .said").count() == 1
        assert page.locator(".asked").count() == 1
        page.close()


def test_where_keys_are_set_the_whole_page_works_with_one_as_the_password(browser: Any) -> None:
    gate, library = Gate(), FakeLibrary(BRIDGE)
    door = Door(gate)
    gate.open(Services(FakeAnswerer(library), library, library))
    with clients_of(gate, door, keys=Keys([Key("ann", "reader", "the-key")])) as client, ThreadPoolExecutor(1) as thread:
        door.open(thread.submit(build_page, gate, lambda: ["Who won the match?"], FeedbackLog(None)).result())
        context = browser.new_context(http_credentials={"username": "reader", "password": "the-key"})
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(str(client.base_url))
        page.get_by_text("Who won the match?").wait_for()
        page.fill("#question textarea", "When was the old bridge closed?")
        page.keyboard.press("Enter")
        page.locator("a.cite").click()
        page.locator("#viewer mark").wait_for()
        context.close()


def test_a_load_that_failed_is_told_on_the_page_that_waits_for_it(browser: Any) -> None:
    gate = Gate()
    with clients_of(gate) as client:
        page = browser.new_page()
        page.goto(str(client.base_url))
        gate.fail("The library in data is damaged", "restore a copy, or rebuild it")
        page.get_by_text("The library in data is damaged").wait_for()
        page.get_by_text("restore a copy, or rebuild it").wait_for()
        page.close()
