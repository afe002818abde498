"""An answer as HTML in which nothing that came from outside is anything but text."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes_web import BRIDGE, HOSTILE, MARKET, FakeAnswerer, FakeLibrary
from web.message import answered, arriving, asked, inert, noted
from web.models import AnswerOut

ANSWERER = FakeAnswerer(FakeLibrary(BRIDGE, MARKET, HOSTILE))


def answer_to(question: str) -> AnswerOut:
    return AnswerOut.model_validate(ANSWERER.ask(question).as_dict())


@given(st.text(st.characters(codec="utf-8")))
def test_inert_text_reads_the_same_and_holds_nothing_that_html_or_markdown_means(text: str) -> None:
    html = inert(text)
    assert unescape(html).split() == text.split()
    assert not re.search(r"[!-/:-@\[-`{-~\n]", re.sub(r"&#\d+;", "", html))


def test_a_mark_is_a_link_to_the_words_it_rests_on() -> None:
    html = answered(answer_to("How much would the bridge repair cost?"))
    start = BRIDGE.text.index("Mayor")
    end = BRIDGE.text.index(" Ferries")
    title = "Old bridge closed for repair&#44; The Harbour Post&#44; 2024&#45;03&#45;05"
    version = BRIDGE.content_hash.removeprefix("sha256:")[:12]
    assert f'<a class="cite" href="#src={BRIDGE.id}:{start}-{end}@{version}" title="{title}">' in html
    assert html.count('class="cite"') == 1


def test_a_footnote_names_the_article_of_each_mark() -> None:
    html = answered(answer_to("What do traders sell in the square?"))
    assert "><b>1 </b>Outlet unknown · Market moves to the square</a></li>" in html


def test_each_article_that_tells_it_differently_has_a_paragraph_of_its_own() -> None:
    answer = answer_to("How much would the bridge repair cost?")
    said = [
        "The Post (2024-03-05): Nine. [1] (also in 2 other articles)",
        "Later, The Gull (undated) tells it differently: Ten. [2]",
    ]
    text = " ".join(said)
    (one,) = answer.citations
    first = one.model_copy(update={"start_index": text.index("Nine"), "end_index": text.index("[1]") + 3})
    second = one.model_copy(update={"number": 2, "start_index": text.index("Ten"), "end_index": len(text)})
    shown = Elements(answered(answer.model_copy(update={"answer": text, "citations": [first, second]}))).texts_of("said")
    assert [" ".join(paragraph.split()) for paragraph in shown] == said


def test_the_short_answer_comes_first() -> None:
    html = answered(answer_to("How much would the bridge repair cost?"))
    assert html.index('<p class="lead" dir="auto">nine million</p>') < html.index('class="said"')


@pytest.mark.parametrize(
    ("words", "said", "shown"),
    [
        ("2018", "After the deal of 2015, in 2018, it left. [1]", "in <b>2018</b>&#44; it left"),
        ("a & b", "It is a & b. [1]", "It is <b>a &#38; b</b>&#46;"),
        ("the\nfair", "He sold the fair. [1]", "He sold <b>the fair</b>&#46;"),
        ("Iran", "Iran said so. Iran did so. [1]", "Iran said so&#46; Iran did so"),
        ("Iran", "Iranian troops left. [1]", "Iranian troops left"),
    ],
)
def test_a_short_answer_that_may_well_be_wrong_is_only_marked_in_what_is_quoted(words: str, said: str, shown: str) -> None:
    answer = answer_to("How much would the bridge repair cost?")
    changed = {"answer": said, "short_answer": words, "short_answer_confidence": 0.5}
    html = answered(answer.model_copy(update=changed))
    assert 'class="lead"' not in html
    assert shown in html
    assert 'class="lead"' in answered(answer.model_copy(update=changed | {"short_answer_confidence": 0.7}))


def test_a_number_that_no_citation_has_stays_text() -> None:
    answer = answer_to("How much would the bridge repair cost?").model_copy(
        update={"answer": "Said [2]. Said [1]. [x](http://e.test)"}
    )
    html = answered(answer)
    assert html.count("<a ") == 3  # the mark, its footnote, and the copy button
    assert "Said&#160;&#91;2&#93;" in html


def test_words_say_how_sure_the_answer_is_and_what_was_searched_when_it_differs() -> None:
    answer = answer_to("How much would the bridge repair cost?")
    assert "Searched for" not in answered(answer)
    said = {
        level: answered(answer.model_copy(update={"confidence": level, "searched_for": "x y"})) for level in (0.95, 0.6, 0.3)
    }
    assert len(set(said.values())) == 3
    assert all("Searched for&#58; x y" in html for html in said.values())


def test_a_refusal_offers_its_near_misses_as_no_answer() -> None:
    html = answered(answer_to("bridge?"))
    assert "do not answer it" in html
    assert html.index("<details>") < html.index('class="near"')
    assert 'class="cite"' not in html


class Elements(HTMLParser):
    """What a browser would make of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self._said: list[tuple[str | None, str]] = []
        self.feed(html)

    def texts_of(self, style: str) -> list[str]:
        """Return the text of each paragraph of a class."""
        return [text for found, text in self._said if found == style]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "p":
            self._said.append((dict(attrs).get("class"), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._said.append((None, ""))

    def handle_data(self, data: str) -> None:
        if self._said:
            style, text = self._said[-1]
            self._said[-1] = (style, text + data)


def test_hostile_words_are_inert_wherever_they_stand() -> None:
    answer = answer_to("What did gulls steal, forty sandwiches from tourists?")
    assert answer.citations
    refused = answer.model_copy(update={"abstained": True, "citations": [], "near_misses": answer.citations})
    for html in (
        answered(answer),
        answered(refused),
        asked(HOSTILE.text),
        arriving(HOSTILE.text, HOSTILE.text),
        noted(HOSTILE.text),
    ):
        found = Elements(html)
        assert found.tags <= {"div", "p", "a", "b", "br", "details", "summary", "ul", "li", "q"}
        assert {name for name, _ in found.attributes} <= {"class", "dir", "href", "title", "role"}
        assert all((value or "").startswith("#") for name, value in found.attributes if name == "href")


def test_an_article_id_cannot_leave_its_link() -> None:
    answer = ANSWERER.ask("How much would the bridge repair cost?")
    (citation,) = answer.citations
    odd = replace(citation, quotation=replace(citation.quotation, article_id='a"><script>:1-2'))
    html = answered(AnswerOut.model_validate(replace(answer, citations=(odd,)).as_dict()))
    assert "#src=a%22%3E%3Cscript%3E%3A1-2:" in html
