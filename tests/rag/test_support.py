"""rag/support.py and rag/locating.py: the words that a sentence rests on, and whether they carry it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.passages import split
from index.search import Hit
from rag.locating import Normalised, find_quotation
from rag.sentences import SentenceScorer
from rag.support import Checker, Support, exists, quoted
from rag.types import Reading
from tests.fakes import WordCountEmbedder
from tests.rag.generating import HARBOUR, MARKET


def readings(*texts: str) -> list[Reading]:
    made = []
    for number, text in enumerate(texts):
        article = Article.create(text, title=f"Story {number}", origin=f"test:{number}", published="2024-03-05")
        for passage in split(article):
            at = (passage.start, passage.end)
            made.append(Reading(Hit(passage, article, 1.0, 1.0, 1.0, 1), at, *at, 1.0, 0.0, 1.0, 1.0))
    return made


@pytest.fixture
def checker() -> Checker:
    return Checker(SentenceScorer(WordCountEmbedder(256)), Support.load())


def sources(checker: Checker, sentence: str, named: tuple[int, ...] = ()) -> list[str]:
    evidence = readings(HARBOUR, MARKET)
    return [quoted(claim) for claim in checker.check(sentence, [evidence[number] for number in named], evidence).claims]


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The harbour of Velm closed on Monday.", "The harbour of Velm closed on Monday after a crane collapsed."),
        ("The cable of the crane had rusted.", "The crane collapsed because its cable had rusted."),
        ("The repairs cost 9 million crowns.", "Repairs cost nine million crowns."),
        ("In 2019 the fish market moved to the square.", "The fish market of Velm moved to the square in 2019."),
    ],
)
def test_a_supported_sentence_cites_the_sentence_that_supports_it(checker: Checker, sentence: str, source: str) -> None:
    assert sources(checker, sentence) == [source]


@pytest.mark.parametrize(
    "sentence",
    [
        "The harbour of Velm closed on Friday after the Ministry of Zorblax ordered it.",
        "The repairs cost 12 million crowns.",
        "Forty traders sell herring there and pay 500 crowns.",
        "The fish market of Velm moved to the square in 2018.",
        "Ida Novak expects a long closure.",
        "The harbour of Velm did not close on Monday.",
        "“We are delighted,” said harbour master Ida Brandt.",
        "The capital of Brazil is Brasília.",
        "Sure, here is a poem about the sea and its lonely waves.",
    ],
)
def test_a_sentence_with_a_wrong_name_number_denial_or_quotation_is_not_supported(checker: Checker, sentence: str) -> None:
    assert sources(checker, sentence) == []


def test_what_an_article_denies_is_not_supported_without_the_denial(checker: Checker) -> None:
    evidence = readings("The minister did not resign on Monday after the vote in the parliament of Velm.")
    assert not checker.check("The minister resigned on Monday after the vote in parliament.", [], evidence).claims
    assert checker.check("The minister did not resign on Monday after the vote in parliament.", [], evidence).claims


def test_a_quotation_must_stand_in_the_quoted_words_letter_by_letter(checker: Checker) -> None:
    assert sources(checker, 'Ida Brandt said: "We had no choice. The cranes were failing."')
    assert not sources(checker, 'Ida Brandt said: "We had no choice. The cranes were sabotaged."')


def test_what_is_cited_of_a_quotation_is_all_of_it_with_its_speaker(checker: Checker) -> None:
    told = sources(checker, "The cranes were failing, harbour master Ida Brandt said.")
    assert told == ["“We had no choice. The cranes were failing,” said harbour master Ida Brandt."]


def test_what_is_cited_of_a_wrapped_article_is_a_sentence_and_no_line(checker: Checker) -> None:
    said = "The harbour of Velm passed in May to Knut Berg, who paid nine million\ncrowns for all of its quays."
    wrapped = "Rain fell on the roofs of the town and on its market all day long, again.\n" * 4 + f"\n{said}\n"
    (claim,) = checker.sources("Knut Berg paid nine million.", readings(wrapped))
    assert quoted(claim) == said


def test_a_sentence_that_names_the_wrong_passage_is_cited_from_the_right_one(checker: Checker) -> None:
    assert sources(checker, "Forty traders sell herring there.", named=(0,)) == ["Forty traders sell herring there."]


def test_a_sentence_over_two_articles_cites_both(checker: Checker) -> None:
    told = sources(
        checker, "The harbour of Velm closed after a crane collapsed, and the fish market moved to the square in 2019."
    )
    assert len(told) == 2


def test_the_score_of_the_words_themselves_is_higher_than_that_of_a_retelling(checker: Checker) -> None:
    evidence = readings(HARBOUR)
    same, retold = (
        checker.check(sentence, [], evidence).score
        for sentence in (
            "Repairs cost nine million crowns.",
            "Mending the crane will cost nine million crowns, Brandt expects.",
        )
    )
    assert 0 <= retold < same <= 1


@given(st.integers(0, len(HARBOUR)), st.integers(1, 80))
def test_words_are_found_again_wherever_they_were_taken_from(start: int, length: int) -> None:
    taken = HARBOUR[start : start + length].partition(" ")[2].rpartition(" ")[0]
    found = Normalised.of(HARBOUR).find(taken.upper().replace("“", '"').replace(" ", " \u00a0"))
    if Normalised.of(taken).text.strip():
        assert found is not None
        assert Normalised.of(HARBOUR[found[0] : found[1]]).text == Normalised.of(taken).text


@pytest.mark.parametrize(
    ("written", "article"),
    [
        ("the ministry's decision", "He called the Ministry’s  decision wrong."),
        ("long-term plan", "A long–term\nplan exists."),
        ("5 million", "It cost 5\u00a0million."),
        ("final ﬁnding", "The final finding came."),
        ("We had ... failing", "“We had no choice. The cranes were failing”"),
    ],
)
def test_marks_spaces_and_ways_to_write_a_letter_make_no_difference(written: str, article: str) -> None:
    assert find_quotation(Normalised.of(article), written)


@pytest.mark.parametrize("written", ["cranes fail", "crane were", "we had the choice", "failing ... choice", "50 million", ""])
def test_nothing_else_is_found(written: str) -> None:
    assert not find_quotation(Normalised.of("“We had no choice. The cranes were failing.” It cost 5 million."), written)


def test_a_percentage_is_not_a_number_and_a_currency_counts() -> None:
    assert not Normalised.of("It rose 5 points.").find("5%")
    assert not Normalised.of("It cost €5.").find("$5")


def test_numbers_and_names_may_stand_in_the_articles_title_and_date(checker: Checker) -> None:
    evidence = readings(MARKET)
    claims = checker.sources("Forty traders sell herring, Story 0 said on 2024-03-05.", evidence)
    assert exists("Forty traders sell herring, Story 0 said on 2024-03-05.", claims)
    assert not exists("Forty traders sell herring, Story 0 said on 2023-03-05.", claims)
