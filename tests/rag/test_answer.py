"""rag/answer.py over a real library on the disk, with a small embedder and the sentence reader."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.adding import add_articles
from index.article import Article
from index.search import Search
from index.snapshot import Within
from rag.answer import Answerer
from rag.confidence import Confidence
from rag.sentences import SentenceReader, SentenceScorer
from rag.types import Answer, Citation, Delta, Searched, Turn
from tests.fakes import WordCountEmbedder

HARBOUR = (
    "Harbour closed after crane fails\n"
    "The harbour of Velm closed on Monday after a crane collapsed. “We had no choice. The cranes were failing,” said "
    "harbour master Ida Brandt. 🚢 Ships now sail to Orsk.\n"
    "Subscribe to our newsletter to get more stories in your inbox.\n"
    "The crane collapsed because its cable had rusted. Repairs cost nine million crowns. Ida Brandt expects a long closure."
)
MARKET = "The fish market of Velm moved to the square in 2019. Forty traders sell herring there. They pay no rent."
ALIKE = "The same bridge fell. The same bridge fell.\r\n\tThe same bridge fell.\r\nשלום עולם. The same bridge fell."


def articles() -> list[Article]:
    return [
        Article.create(HARBOUR, title="Harbour closed", origin="test:harbour", source="Velm Post", published="2024-03-05"),
        Article.create(MARKET, title="Market moved", origin="test:market"),
        Article.create(ALIKE, title="Alike", origin="test:alike"),
    ]


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as opened:
        list(add_articles(opened.library, opened.embedder, articles()))
        yield opened


def answering(search: Search, threshold: float = 0.55) -> Answerer:
    scorer = SentenceScorer(search.embedder)
    confidence = Confidence({"in_passage": 6.0, "unknown": -4.0}, bias=-3.0, threshold=threshold)
    return Answerer(search, SentenceReader(scorer), scorer, confidence)


def assert_citations_are_real(answer: Answer, search: Search) -> None:
    for number, citation in enumerate(answer.citations, start=1):
        quoted = citation.quotation
        article = search.library.get(quoted.article_id)
        assert article.text[quoted.start : quoted.end] == quoted.quote
        assert article.content_hash == quoted.content_hash
        assert citation.number == number
        assert answer.text[citation.claim_start : citation.claim_end].endswith(f"[{number}]")
    assert [int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)] == list(range(1, len(answer.citations) + 1))


def test_a_question_is_answered_with_the_sentence_that_tells(search: Search) -> None:
    answer = answering(search).ask("When did the harbour of Velm close?")
    assert answer.text.startswith("Velm Post (2024-03-05): The harbour of Velm closed on Monday after a crane collapsed. [1]")
    assert not answer.abstained
    assert_citations_are_real(answer, search)


@pytest.mark.parametrize(
    ("text", "published", "before"),
    [
        ("The harbour of Velm closed on Monday.", "2024-03-05", "Velm Post (2024-03-05): "),
        ("The harbour of Velm will close on 3 May.", "2024-03-05", "Velm Post (2024-03-05): "),
        ("The harbour of Velm closed last week.", "2024-03-05", "Velm Post (2024-03-05): "),
        ("The harbour of Velm closed on 3 May 2021.", "2024-03-05", ""),
        ("The harbour of Velm closed on Monday.", None, ""),
    ],
)
def test_a_day_without_its_year_stands_behind_the_outlet_and_day_of_its_article(
    tmp_path: Path, text: str, published: str | None, before: str
) -> None:
    article = Article.create(text, title="Closed", origin="test:closed", source="Velm Post", published=published)
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, [article]))
        assert answering(search).ask("When did the harbour of Velm close?").text == f"{before}{text} [1]"
        assert answering(search).ask("Which harbour of Velm closed?").text == f"{text} [1]"


def test_a_quotation_keeps_its_speaker(search: Search) -> None:
    answer = answering(search).ask("What did the harbour master say about the cranes failing?")
    assert answer.text.startswith("“We had no choice. The cranes were failing,” said harbour master Ida Brandt.")


def test_a_question_that_wants_a_reason_may_take_several_sentences_and_repeats_none(search: Search) -> None:
    answer = answering(search).ask("Why did the harbour close and the crane collapse?")
    quotes = [citation.quotation.quote for citation in answer.citations]
    assert 1 < len(quotes) <= 3
    assert len(set(quotes)) == len(quotes)
    assert_citations_are_real(answer, search)


def test_marks_of_the_article_do_not_pass_for_marks_of_the_answer(search: Search) -> None:
    marked = "The lighthouse of Orsk was lit in 1871.[3] Its keeper [7, 8] was Tor Aasen."
    list(add_articles(search.library, search.embedder, [Article.create(marked, title="Lighthouse", origin="test:light")]))
    answer = answering(search, 0.0).ask("Who was keeper of the lighthouse of Orsk?")
    assert_citations_are_real(answer, search)
    assert any("[" in citation.quotation.quote for citation in answer.citations)


def test_what_the_articles_do_not_deal_with_is_refused_with_near_misses_and_no_citation(search: Search) -> None:
    answer = answering(search).ask("Which volcano erupted in Iceland yesterday?")
    assert answer.abstained
    assert (answer.citations, answer.short_answer) == ((), None)
    assert "[" not in answer.text
    assert answer.near_misses


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Which volcano erupted in Iceland yesterday?", "nothing_relevant"),
        ("Which opera did Ida Brandt compose for tenor and choir?", "not_answered_by_sources"),
        ("Which opera did Clara Schumann compose for tenor and choir?", "nothing_relevant"),
    ],
)
def test_a_refusal_tells_what_no_article_deals_with_from_what_one_touches_on(
    search: Search, question: str, reason: str
) -> None:
    assert answering(search).ask(question).reason == reason


def test_page_furniture_is_neither_answer_nor_near_miss(search: Search) -> None:
    for threshold in (0.0, 1.1):
        answer = answering(search, threshold).ask("How can I subscribe to your newsletter in my inbox?")
        shown = [citation.quotation for citation in answer.citations] + list(answer.near_misses)
        assert shown
        assert not any("newsletter" in quoted.quote for quoted in shown)


def test_an_empty_library_is_named_as_the_reason(tmp_path: Path) -> None:
    with Search.open(tmp_path, WordCountEmbedder(), create=True) as empty:
        answer = answering(empty).ask("Who is there?")
    assert (answer.abstained, answer.reason, answer.near_misses) == (True, "empty_library", ())


def test_a_day_before_every_article_is_named_as_the_reason(search: Search) -> None:
    assert answering(search).ask("When did the harbour close?", within=Within(as_of="2020-01-01")).reason == "outside_dates"


def test_a_day_after_an_article_lets_it_answer(search: Search) -> None:
    answer = answering(search).ask("When did the harbour of Velm close?", within=Within(as_of="2024-03-05"))
    assert {citation.quotation.published for citation in answer.citations} == {"2024-03-05"}


def test_a_follow_up_is_searched_as_a_question_that_stands_alone(search: Search) -> None:
    history = [Turn("user", "Who is Ida Brandt?"), Turn("assistant", "A harbour master. [1]")]
    assert answering(search).ask("What does she expect?", history).searched_for == "What does Ida Brandt expect?"


@pytest.mark.parametrize(
    ("follow_up", "searched"),
    [("and orsk?", "What happened in Orsk?"), ("and herring?", "What happened in Velm, and herring?")],
)
def test_a_follow_up_in_small_letters_has_a_name_where_the_library_writes_it_as_one(
    search: Search, follow_up: str, searched: str
) -> None:
    history = [Turn("user", "What happened in Velm?"), Turn("assistant", "The articles do not deal with this.")]
    assert answering(search).ask(follow_up, history).searched_for == searched


def test_a_name_that_an_article_explains_is_looked_for_in_both_forms(tmp_path: Path) -> None:
    told = ["The Velm Harbour Authority (VHA) moved to Orsk.", "Two tugs were lost by the Velm Harbour Authority in May."]
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as search:
        made = [Article.create(text, title=f"Story {n}", origin=f"test:{n}") for n, text in enumerate(told)]
        list(add_articles(search.library, search.embedder, made))
        answer = answering(search).ask("What was lost by VHA?")
    assert answer.text == f"{told[1]} [1]"
    assert answer.searched_for == "What was lost by VHA?"


def test_a_misspelt_word_is_searched_for_as_the_articles_write_it_where_the_question_would_be_refused(search: Search) -> None:
    answerer = answering(search)
    spelled = "What do the forty traders sell?"
    events = list(answerer.stream("What do the forty traderrs sell?"))
    assert [event.query for event in events if isinstance(event, Searched)] == ["What do the forty traderrs sell?", spelled]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.searched_for == spelled
    assert answer.citations == answerer.ask(spelled).citations


def test_of_two_questions_in_one_the_first_is_answered_where_both_would_be_refused_and_a_follow_up_is_not(
    search: Search,
) -> None:
    answerer, first = answering(search), "What do the forty traders sell?"
    answer = answerer.ask("What do the forty traders sell, and how many zeppelins?")
    assert (answer.searched_for, answer.citations) == (first, answerer.ask(first).citations)
    history = [Turn("user", first), Turn("assistant", "Fish. [1]")]
    assert answerer.ask("And how many zeppelins?", history).abstained  # what was asked before is not answered once more


def test_what_somebody_said_is_answered_with_their_words_however_unsure_the_reader_is(search: Search) -> None:
    answer = answering(search, threshold=0.8).ask("What did Ida Brandt say?")
    assert "“We had no choice. The cranes were failing,” said harbour master Ida Brandt." in answer.text
    assert (answer.abstained, answer.short_answer) == (False, None)
    assert_citations_are_real(answer, search)


def test_what_somebody_said_goes_on_with_what_they_said_next(tmp_path: Path) -> None:
    text = "Its chief officer, Dev Malhotra, apologised. “We tested it on everything but reality,” he said. Shops stayed shut."
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, [Article.create(text, title="Outage", origin="test:outage")]))
        answer = answering(search).ask("What did Dev Malhotra say?")
    assert answer.text == f"{text[: text.index(' Shops')]} [1]"


@pytest.mark.parametrize(("question", "answer"), [("Q", "A"), ("Post", "Brandt"), ("Velm Post", "Ida Brandt")])
def test_the_lines_of_an_interview_are_the_words_of_who_is_asked(tmp_path: Path, question: str, answer: str) -> None:
    text = f"Ida Brandt runs the harbour.\n{question}: Is the crane safe?\n{answer}: The crane is rusty. We all know it.\n"
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, [Article.create(text, title="Interview", origin="test:asked")]))
        answerer = answering(search, threshold=0.8)
        assert answerer.ask("What did Ida Brandt say about the crane?").text.startswith(f"{answer}: The crane is rusty.")
        assert answerer.ask("What did Odo Karsten say about the crane?").abstained


def test_what_somebody_did_not_say_is_refused(search: Search) -> None:
    assert answering(search, threshold=0.8).ask("What did Ida Brandt say about herring?").abstained


@pytest.mark.parametrize(
    ("who", "age"),
    [("Odo Karsten", "51"), ("Karsten", "51"), ("Ida Karsten", None), ("Ulf Karsten", None), ("the bridge", None)],
)
def test_an_age_is_told_by_the_number_behind_the_name(tmp_path: Path, who: str, age: str | None) -> None:
    text = "Odo Karsten has left Velm. Karsten, 51, had been ill. His aunt, Ida Lund, was with him. He is 90 cm tall."
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, [Article.create(text, title="Left", origin="test:left")]))
        answer = answering(search, threshold=0.8).ask(f"How old is {who}?")
    assert answer.short_answer == age
    assert answer.abstained == (age is None)


def test_a_topic_is_summed_up_where_a_passage_holds_all_of_its_words(search: Search) -> None:
    answerer = answering(search, threshold=0.8)
    assert "crane" in answerer.ask("Tell me about the crane of Velm").text
    assert "herring" in answerer.ask("Velm herring").text
    assert answerer.ask("Tell me about the crane of Orlov").abstained


def test_an_overview_begins_each_of_the_newest_articles_with_its_outlet_and_day(search: Search) -> None:
    answer = answering(search).ask("Summarize the articles")
    assert answer.text.startswith("Velm Post (2024-03-05): The harbour of Velm closed on Monday after a crane collapsed.")
    assert [citation.quotation.title for citation in answer.citations][:2] == ["Harbour closed", "Alike"]
    assert_citations_are_real(answer, search)


def test_an_overview_looks_at_articles_inside_the_dates_alone(search: Search) -> None:
    answerer = answering(search)
    inside = answerer.ask("Summarize the articles", within=Within(since="2024-01-01"))
    assert [citation.quotation.title for citation in inside.citations] == ["Harbour closed"]
    assert answerer.ask("Summarize the articles", within=Within(since="2025-01-01")).reason == "outside_dates"


def test_a_stream_tells_the_same_answer_piece_by_piece(search: Search) -> None:
    first, *middle, last = answering(search).stream("Why did the harbour of Velm close after the crane collapsed?")
    assert isinstance(first, Searched)
    assert isinstance(last, Answer)
    assert "".join(event.text for event in middle if isinstance(event, Delta)) == last.text
    assert tuple(event for event in middle if isinstance(event, Citation)) == last.citations


def test_the_same_question_gives_the_same_bytes(search: Search) -> None:
    def told() -> str:
        answer = answering(search).ask("Why did the harbour close?").as_dict()
        return json.dumps({name: value for name, value in answer.items() if name not in {"id", "timings_ms"}})

    assert told() == told()


def test_a_question_that_is_asked_again_is_not_worked_out_again(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    answerer = answering(search)
    first = answerer.ask("When did the harbour of Velm close?")
    with monkeypatch.context() as patched:
        patched.setattr(search, "search", None)  # whatever calls it fails
        again = answerer.ask("  When did the harbour  of Velm close?")
        assert replace(again, id=first.id, question=first.question, timings_ms=first.timings_ms) == first
        assert again.id != first.id
        assert set(again.timings_ms) == {"total"}
        with pytest.raises(TypeError):
            answerer.ask("When did the harbour of Velm close?", within=Within(as_of="2024-03-05"))


def test_what_was_answered_before_is_forgotten_when_the_library_changes(search: Search) -> None:
    answerer, question = answering(search), "When did the harbour of Velm close?"
    cited = answerer.ask(question).citations[0].quotation.article_id
    search.library.remove([cited])
    assert cited not in {citation.quotation.article_id for citation in answerer.ask(question).citations}


def test_how_many_hits_are_asked_for_does_not_change_the_answer(search: Search) -> None:
    assert (
        answering(search).ask("When did the market move?", k=1).text
        == answering(search).ask("When did the market move?", k=8).text
    )


def test_equal_sentences_are_cited_where_they_were_found(search: Search) -> None:
    answer = answering(search, 0.0).ask("the same bridge fell")
    assert answer.citations[0].quotation.quote.startswith("The same bridge fell.")
    assert_citations_are_real(answer, search)


@pytest.mark.parametrize("question", ["???", "🚢", "\x00", "“", "a" * 4000, 'NEAR(harbour, 3) OR "', "שלום", "% _ ' -- ;"])
def test_odd_questions_get_an_answer_or_a_refusal(search: Search, question: str) -> None:
    assert_citations_are_real(answering(search).ask(question), search)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=300), question=st.text(min_size=1, max_size=40))
def test_every_citation_is_real_whatever_the_text(search: Search, text: str, question: str) -> None:
    list(add_articles(search.library, search.embedder, [Article.create(text, title="Any", origin="test:any")]))
    assert_citations_are_real(answering(search, 0.0).ask(question), search)
