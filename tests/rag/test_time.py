"""Copies of a story, dates, and questions about now, over a real library with the sentence reader."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.adding import add_articles
from index.article import Article
from index.search import Search
from index.snapshot import Within
from rag.answer import Answerer
from rag.confidence import Confidence
from rag.question import is_about_now, understand
from rag.sentences import SentenceReader, SentenceScorer
from rag.types import Citation, Delta
from tests.fakes import WordCountEmbedder
from tests.rag.test_answer import assert_citations_are_real

STORY = (
    "The harbour of Velm closed on Monday after a crane collapsed. Harbour master Ida Brandt said that no ship was hurt. "
    "The crane had stood on the northern quay since the last war. Fishermen of Velm now land their herring in Orsk. "
    "A new crane was ordered from a yard in Tarn. The council of Velm will talk about the cost next week."
)
QUESTION = "When did the harbour of Velm close?"


def told(name: str, text: str = STORY, published: str | None = None, **known: str | None) -> Article:
    return Article.create(
        text, title=f"Story of {name}", origin=f"test:{name}", source=name, published=published, id=name, **known
    )


def level(name: str, days: str, feet: str) -> Article:
    return told(name, f"The water of lake Ysel stands at {feet} feet in the harbour of Tarn.", days)


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as opened:
        add(opened, told("market", "The fish market of Velm moved to the square in 2019. Forty traders sell herring there."))
        yield opened


def add(search: Search, *articles: Article) -> None:
    list(add_articles(search.library, search.embedder, articles))


def answering(search: Search, threshold: float = 0.55) -> Answerer:
    scorer = SentenceScorer(search.embedder)
    confidence = Confidence({"in_passage": 6.0, "unknown": -4.0}, bias=-3.0, threshold=threshold)
    return Answerer(search, SentenceReader(scorer), scorer, confidence)


@pytest.mark.parametrize(
    ("question", "is_told"),
    [
        ("Who won the regatta of Velm in 2015?", False),
        ("Who won the regatta of Velm?", True),
        ("Who won the regatta of Velm in 2024?", True),  # the year of the article
        ("How many won the regatta of Velm since 2015?", True),
        ("Who won the regatta of Orsk in 2015?", True),  # of an undated article
        ("Who held the cup of Velm in 2015?", True),
    ],
)
def test_a_year_that_a_dated_article_does_not_tell_of_is_not_answered_from_it(
    search: Search, question: str, is_told: bool
) -> None:
    add(
        search,
        told(
            "dated", "Ida Brandt won the regatta of Velm on Sunday.\nOdo Karsten held the cup of Velm since 2011.", "2024-03-05"
        ),
        told("undated", "Ulf Aasen won the regatta of Orsk on Sunday."),
    )
    scorer = SentenceScorer(search.embedder)
    sure = Answerer(search, SentenceReader(scorer), scorer, Confidence({}, bias=9.0, threshold=0.5))
    assert sure.ask(question).abstained != is_told


def test_an_answer_cites_the_earliest_and_says_in_how_many_others_it_stands(search: Search) -> None:
    copies = [
        told("Undated"),
        told("Later", published="2024-03-07"),
        told("Third", f"{STORY} All rights reserved.", "2024-03-06"),
    ]
    add(search, *copies, told("First", published="2024-03-05"))
    answer = answering(search).ask(QUESTION)
    (citation,) = answer.citations
    assert citation.quotation.article_id == "First"
    assert [copy.article_id for copy in citation.quotation.also_in] == ["Third", "Later", "Undated"]
    assert answer.text.endswith("after a crane collapsed. [1] (also in 3 other articles)")
    assert answer.text[citation.claim_start : citation.claim_end] == f"{citation.quotation.quote} [1]"
    assert_citations_are_real(answer, search)
    also_in = answer.as_dict()["citations"][0]["also_in"]  # type: ignore[index]
    assert also_in[0] == {"article_id": "Third", "title": "Story of Third", "source": "Third", "published_at": "2024-03-06"}


def test_a_copy_whose_other_sentences_differ_is_not_cited_for_what_the_original_says(search: Search) -> None:
    add(search, told("First", published="2024-03-05"))
    edited = STORY.replace("no ship was hurt", "not one of the ships was hurt at all, as far as is known")
    add(search, told("Edited", edited, "2024-03-06"))
    (citation,) = answering(search).ask(QUESTION).citations
    assert citation.quotation.article_id == "First"
    assert [copy.article_id for copy in citation.quotation.also_in] == ["Edited"]


def test_a_copy_that_drops_the_sentence_is_not_counted(search: Search) -> None:
    rest = STORY.partition(". ")[2]
    add(search, told("First", published="2024-03-05"), told("Short", rest), told("Whole", published="2024-03-06"))
    answer = answering(search).ask(QUESTION)
    assert answer.text.endswith("[1] (also in 1 other article)")


def test_a_stream_with_copies_tells_the_same_answer_piece_by_piece(search: Search) -> None:
    add(search, told("First", published="2024-03-05"), told("Later", published="2024-03-06"))
    _, *middle, last = answering(search).stream(QUESTION)
    assert "".join(event.text for event in middle if isinstance(event, Delta)) == last.text  # type: ignore[union-attr]
    assert tuple(event for event in middle if isinstance(event, Citation)) == last.citations  # type: ignore[union-attr]


def test_removing_the_original_promotes_the_next_copy_at_once(search: Search) -> None:
    add(search, told("First", published="2024-03-05"), told("Later", published="2024-03-06"))
    answerer = answering(search)
    assert answerer.ask(QUESTION).citations[0].quotation.article_id == "First"
    search.library.remove(["First"])
    answer = answerer.ask(QUESTION)
    assert [citation.quotation.article_id for citation in answer.citations] == ["Later"]
    assert "also in" not in answer.text


def test_since_and_until_include_their_days_and_as_of_hides_later_copies_too(search: Search) -> None:
    add(search, told("First", published="2024-03-05"), told("Later", published="2024-03-06T08:00:00+01:00"))
    answerer = answering(search)

    def cited(**dates: str) -> list[str]:
        answer = answerer.ask(QUESTION, within=Within(**dates))
        found = [citation.quotation for citation in answer.citations]
        return [name for quoted in found for name in (quoted.article_id, *(copy.article_id for copy in quoted.also_in))]

    assert cited(since="2024-03-06") == cited(since="2024-03-06", until="2024-03-06") == ["Later"]
    assert cited(until="2024-03-05") == cited(as_of="2024-03-05") == ["First"]
    assert cited(since="2024-03-05", until="2024-03-06") == ["First", "Later"]
    assert cited(since="2024-03-07") == cited(until="2024-03-04") == cited(since="2024-03-06", until="2024-03-05") == []


def test_what_was_updated_after_the_day_is_not_known_on_it(search: Search) -> None:
    add(search, told("First", published="2024-03-05", updated="2024-04-01"))
    assert answering(search).ask(QUESTION, within=Within(as_of="2024-03-31")).reason == "outside_dates"
    assert not answering(search).ask(QUESTION, within=Within(as_of="2024-04-01")).abstained
    assert not answering(search).ask(QUESTION, within=Within(until="2024-03-05")).abstained


@pytest.mark.parametrize("dates", [{"as_of": "2030-01-01"}, {"since": "1900-01-01"}, {"until": "2030-01-01"}])
def test_an_undated_article_is_outside_any_dates(search: Search, dates: dict[str, str]) -> None:
    add(search, told("Undated"), told("Other", "A tower of Orsk was painted green.", "2024-03-05"))
    answer = answering(search).ask(QUESTION, within=Within(**dates))
    assert (answer.reason, answer.citations) == ("outside_dates", ())
    assert "Undated" not in json.dumps(answer.as_dict()["near_misses"])


def test_the_reason_is_the_dates_only_when_what_lies_outside_would_answer(search: Search) -> None:
    add(search, told("First", published="2024-03-05"), told("Tower", "A tower of Orsk was painted green.", "2023-01-01"))
    answerer = answering(search)
    assert answerer.ask(QUESTION, within=Within(until="2023-12-31")).reason == "outside_dates"
    assert (
        answerer.ask("Which volcano erupted in Iceland yesterday?", within=Within(until="2023-12-31")).reason != "outside_dates"
    )


@pytest.mark.parametrize("field", ["as_of", "since", "until"])
def test_what_is_no_day_is_an_error(search: Search, field: str) -> None:
    with pytest.raises(ValueError, match="isoformat"):
        answering(search).ask(QUESTION, within=Within(**{field: "last week"}))


ABOUT_NOW = (
    "Who is the current mayor of Velm?",
    "What is the latest on the crane?",
    "Is the harbour still closed?",
    "How many ships have sunk so far?",
    "who leads the party now?",
    "What is the most recent count?",
    "Where does she live today?",
    "Latest news of the strike?",
    "What's happening with the strike currently?",
    "Who has been the current coach since 2019?",
    "Any news on the crane?",
    "What's new with the crane?",
)
NOT_ABOUT_NOW = (
    "Who was the current mayor in 2019?",
    "What did USA Today report?",
    "Who directed Apocalypse Now?",
    "How strong was the current?",
    "Where did she stand still?",
    "Who painted the still life?",
    "What did the now-retired coach say?",
    "How far did they sail?",
    "Why is the sea so far away from Velm?",
    "What was the latest estimate at that time?",
    "When did the harbour close?",
    "Why did Velm turn to the people who now rule Orsk?",
    "It still raised the price by how much?",
    "Which paper wrote “now even gulls pay”?",
    "How long would he have stayed if he were still mayor?",
    "What is New York known for?",
)


@pytest.mark.parametrize("question", ABOUT_NOW)
def test_a_question_for_the_present_is_recognised(question: str) -> None:
    assert is_about_now(question)
    assert understand(question).is_about_now


@pytest.mark.parametrize("question", NOT_ABOUT_NOW)
def test_another_question_is_not_taken_for_one_about_now(question: str) -> None:
    assert not is_about_now(question)


def test_a_question_about_now_gets_the_newest_evidence_and_its_day(search: Search) -> None:
    add(search, level("Old", "2023-01-02", "20"), level("New", "2023-05-03", "26"), level("Middle", "2023-03-04", "23"))
    answerer = answering(search)
    answer = answerer.ask("At how many feet does the water of lake Ysel stand now?")
    assert answer.text.startswith("As of 3 May 2023: The water of lake Ysel stands at 26 feet")
    first = answer.citations[0]
    assert answer.text[first.claim_start : first.claim_end].startswith("The water of lake Ysel stands at 26 feet")
    assert_citations_are_real(answer, search)
    assert "As of" not in answerer.ask("At how many feet does the water of lake Ysel stand?").text
    earlier = answerer.ask("At how many feet does the water of lake Ysel stand now?", within=Within(as_of="2023-04-01"))
    assert earlier.text.startswith("As of 4 March 2023: The water of lake Ysel stands at 23 feet")


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("Who is the mayor of Tarn?", "Odo"),
        ("Who was the mayor of Tarn?", "Ida"),
        ("Who is the mayor of Tarn who ordered the crane in 2023?", "Ida"),
        ("What happened to the mayor of Tarn?", "Odo"),
    ],
)
def test_the_newest_leads_where_what_is_asked_changes_and_no_day_is_put_before_it(
    search: Search, question: str, leads: str
) -> None:
    add(
        search,
        told("Old", "Ida Brandt is the mayor of Tarn. She ordered a crane.", "2023-01-02"),
        told("New", "Odo Karsten is the new mayor of Tarn. He likes ships.", "2023-05-03"),
    )
    assert answering(search, threshold=0.3).ask(question).text.startswith(leads)


def test_a_newer_article_that_does_not_answer_does_not_lead(search: Search) -> None:
    add(search, level("Old", "2023-01-02", "20"), told("New", "The harbour of Tarn was painted green.", "2023-05-03"))
    answer = answering(search).ask("At how many feet does the water of lake Ysel stand now?")
    assert answer.text.startswith("As of 2 January 2023: The water of lake Ysel stands at 20 feet")


def test_an_undated_article_is_older_than_any_and_named_undated(search: Search) -> None:
    add(search, told("Undated", "The water of lake Ysel stands at 31 feet in the harbour of Tarn."))
    question = "At how many feet does the water of lake Ysel stand now?"
    assert answering(search).ask(question).text.startswith("As of an undated article: The water of lake Ysel stands at 31 feet")
    add(search, level("Old", "2023-01-02", "20"))
    assert answering(search).ask(question).text.startswith("As of 2 January 2023: The water of lake Ysel stands at 20 feet")


@pytest.mark.parametrize(
    "question", ["What is the latest on the dredger?", "latest news of the dredger", "Any updates about the dredger?"]
)
def test_the_latest_on_a_topic_is_how_the_newest_articles_take_it_up_the_newest_first(search: Search, question: str) -> None:
    add(
        search,
        told("Old", "The latest dredger on the lake is loud. What the dredger is for, it is too early to tell.", "2023-01-02"),
    )
    add(
        search, told("New", "The dredger sank in lake Ysel at night, and nobody was hurt. It was an old dredger.", "2023-05-03")
    )
    add(search, told("Undated", "The latest dredger was painted green."))
    answer = answering(search, threshold=0.8).ask(question)
    assert answer.text == (
        "As of 3 May 2023, New (2023-05-03): The dredger sank in lake Ysel at night, and nobody was hurt. [1] "
        "Old (2023-01-02): The latest dredger on the lake is loud. [2]"
    )
    assert answer.short_answer is None
    assert_citations_are_real(answer, search)


def test_an_answer_says_when_the_library_changed_last(search: Search) -> None:
    answer = answering(search).ask(QUESTION)
    assert answer.library.last_change == search.library.state().last_change
    assert answer.as_dict()["library"]["last_change"] == answer.library.last_change  # type: ignore[index]
