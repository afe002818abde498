"""The page in Chromium while a badly behaved language model writes: it shows what every door gives, and does nothing else."""

from typing import Any

import pytest

from rag.types import Answer
from tests.doors.callers import seen
from tests.doors.conftest import Stage
from tests.doors.test_doubles import assert_safe, assert_useful
from tests.rag.generating import QUESTION
from tests.web.test_cross_site import Watch

pytestmark = pytest.mark.browser
# The viewer keeps the words of the citation before until those of the next have come.
MARKED = "quote => [...document.querySelectorAll('#viewer mark')].map((one) => one.textContent).join('') === quote"


def assert_shown(watch: Watch, plain: Answer) -> None:
    """The page says these words, and each mark opens the article at the words that it cites."""
    said = watch.page.locator(".answer .said").all_text_contents()
    assert " ".join(said).split() == plain.text.split()
    marks = watch.page.locator(".answer a.cite")
    assert marks.all_text_contents() == [f"[{citation.number}]" for citation in plain.citations]
    for mark, citation in zip(marks.all(), plain.citations, strict=True):
        mark.click()
        watch.page.wait_for_function(MARKED, arg=citation.quotation.quote)
        watch.page.click("#viewer-close")


@pytest.mark.parametrize("manners", ["obedient", "half", "half-sentence"])
def test_the_page_shows_what_was_checked_and_no_more(browser: Any, stage_of_the_page: Stage, manners: str) -> None:
    stage = stage_of_the_page
    stage.write(manners)
    plain = stage.scene.answerer(manners).ask(QUESTION)
    checked = seen(plain.text, [citation.as_dict() for citation in plain.citations])
    watch = Watch(browser, stage.url)
    watch.reader.open()
    watch.reader.ask(QUESTION)
    assert_shown(watch, plain)
    assert_safe("page", checked, stage.sink)
    if manners != "obedient":  # which writes what the articles tell it to, instead of an answer
        assert_useful("page", checked)
    watch.assert_nothing_ran(manners)
    assert watch.foreign_hosts(stage.url) == set()
    watch.context.close()
