"""rag/sources.py: other articles' answers, side by side."""

import re
from dataclasses import replace

import pytest

from index.article import Article
from index.passages import split
from index.search import Hit
from rag.evidence import compose
from rag.extractive import write
from rag.question import understand
from rag.sources import compared
from rag.types import Query, Reading

QUERY = understand("How many traders sell fish at the market of Velm?")


def reading(name: str, text: str, span: str, *, no_answer: float = -5.0, rank: float = 2.0) -> Reading:
    article = Article.create(text, title=f"Story of {name}", origin=f"test:{name}", source=name, published="2024-03-05")
    (passage,) = split(article)
    hit = Hit(passage=passage, article=article, score=1.0, keyword_score=1.0, vector_score=0.8, rank=1)
    start = text.index(span)
    return Reading(hit, (0, len(text)), start, start + len(span), 5.0, no_answer, 0.8, rank)


FORTY = reading("Velm Post", "Forty traders, 40 in all, sell fish at the market of Velm.", "40")
SIXTY = reading("Orsk Herald", "At the market of Velm 60 traders sell fish.", "60", rank=1.9)
AGREES = reading("Harbour News", "The market of Velm has 40 traders who sell fish.", "40 traders", rank=1.8)


HOW_MANY, WHEN, WHO, WHERE = (
    understand(f"{asked} the dam of Velm?") for asked in ("How many people work at", "When fell", "Who built", "Where is")
)


@pytest.mark.parametrize(
    ("query", "one", "other", "verdict"),
    [
        (HOW_MANY, "40", "about 40 traders", "same"),
        (HOW_MANY, "40", "60", "different"),
        (HOW_MANY, "5", "15", "different"),
        (HOW_MANY, "$5 billion", "$5 million", "different"),
        (HOW_MANY, "1.5 million", "1,500,000", "same"),
        (HOW_MANY, "40 percent", "40 people", "different"),
        (HOW_MANY, "5 to 6 million", "$5 million", "same"),
        (HOW_MANY, "many", "60", None),
        (WHEN, "in March 2019", "March 2019", "same"),
        (WHEN, "2019", "2021", "different"),
        (WHEN, "on 5 March 2024", "on 4 March 2024, shortly after midnight", "different"),
        (WHEN, "14 April 2024, and not a week later", "20 April 2024", "different"),
        (WHEN, "March 5th", "2024-03-05", "same"),
        (WHEN, "on Tuesday", "in March", None),
        (WHEN, "three days later", "two days later", "different"),
        (WHEN, "at 10 a.m. on Monday", "at 6 p.m. on Monday", None),
        (WHEN, "early 2020", "late 2020", None),
        (WHEN, "before 2011", "after 2011", None),
        (HOW_MANY, "more than 100", "fewer than 100", None),
        (HOW_MANY, "$20 million", "£20 million", None),
        (HOW_MANY, "$1.125bn", "$1,125m", "same"),
        (HOW_MANY, "twenty-one", "21 people", "same"),
        (HOW_MANY, "two hundred and fifty", "250", "same"),
        (HOW_MANY, "45 000", "45,000", "same"),
        (HOW_MANY, "5m", "5 million", None),
        (HOW_MANY, "one in five", "20%", None),
        (HOW_MANY, "a third", "33 percent", None),
        (WHO, "Ida Brandt", "harbour master Brandt", "same"),
        (WHO, "Ida Brandt", "Tor Aasen", "different"),
        (WHO, "Ida Brandt", "Jonas Brandt", None),
        (WHO, "the mayor", "Tor Aasen", None),
        (WHO, "Aasen's brother", "Aasen's wife", None),
        (WHO, "the U.S.", "the United States", "same"),
        (WHO, "Israel", "Israeli engineers", None),
        (WHERE, "in Nigeria", "in Niger", None),
        (WHERE, "in New York", "in New Delhi", None),
        (WHERE, "Velm, in the north", "Velm, in the south", None),
    ],
)
def test_short_answers_are_the_same_different_or_not_to_be_compared(
    query: Query, one: str, other: str, verdict: str | None
) -> None:
    assert compared(query, one, other) == verdict
    assert compared(query, other, one) == verdict


def test_articles_that_differ_are_shown_side_by_side_with_outlet_and_date() -> None:
    text, citations = compose(write(QUERY, [FORTY, SIXTY]))
    assert text.startswith("Velm Post (2024-03-05): Forty traders")
    assert "Orsk Herald (2024-03-05) tells it differently: At the market of Velm 60 traders sell fish. [2]" in text
    assert [citation.quotation.source for citation in citations] == ["Velm Post", "Orsk Herald"]
    assert text[citations[1].claim_start : citations[1].claim_end] == "At the market of Velm 60 traders sell fish. [2]"


def test_an_article_that_agrees_is_named() -> None:
    text, _ = compose(write(QUERY, [FORTY, AGREES]))
    assert "Harbour News (2024-03-05) says the same:" in text


@pytest.mark.parametrize("known", [{"source": None}, {}], ids=["title", "outlet"])
def test_outlet_and_title_are_words_and_no_marks_or_markup_of_the_answer(known: dict[str, None]) -> None:
    name = "Budget [7] ![x](http://evil.test/p.png) <img src=//e>"
    article = replace(FORTY.hit.article, title=name, **{"source": name} | known)
    lead = replace(FORTY, hit=replace(FORTY.hit, article=article))
    text, citations = compose(write(QUERY, [lead, SIXTY]))
    assert "Budget (7) " in text
    assert re.findall(r"\[\d+\]", text) == ["[1]", "[2]"]
    assert not re.search(r"!\[|\]\(|<[a-z]", text)
    assert citations[0].quotation.title == name


def test_a_passage_that_the_reader_doubts_contradicts_nobody() -> None:
    doubted = replace(SIXTY, no_answer_score=3.0)
    assert len(write(QUERY, [FORTY, doubted])) == 1


def test_a_passage_far_behind_contradicts_nobody() -> None:
    assert len(write(QUERY, [FORTY, replace(SIXTY, rank_score=1.0)])) == 1


def test_a_reason_is_not_compared() -> None:
    claims = write(understand("Why do traders sell fish at the market of Velm?"), [FORTY, SIXTY])
    assert not any(claim.before for claim in claims)
