"""rag/evidence.py and rag/speech.py: real citations of whole sentences."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.passages import split
from index.search import Hit
from rag.evidence import CitationError, compose, quotation, shown, verify
from rag.speech import standing_alone
from rag.types import Claim, Reading

STORY = (
    "The harbour of Velm closed on Monday. “We had no choice. The cranes were failing,” said harbour master Ida Brandt. "
    "“It is a sad day.” She blamed the ministry. 🚢 Ships now go to Orsk.\n"
    "This was expected."
)


def reading_of(text: str, start: int = 0, end: int | None = None) -> Reading:
    article = Article.create(text, title="Harbour closed", origin="test:harbour")
    passage = split(article)[0]
    hit = Hit(passage=passage, article=article, score=0.5, keyword_score=1.0, vector_score=0.5, rank=1)
    whole = (start, end or len(article.text))
    return Reading(hit=hit, sentence=whole, start=whole[0], end=whole[1], score=1, no_answer_score=0, cosine=1, rank_score=1)


def quoted(needle: str, text: str = STORY) -> str:
    start = text.index(needle)
    span = standing_alone(text, start, start + len(needle))
    assert span is not None
    return text[slice(*span)]


def test_a_span_is_quoted_with_the_sentence_around_it() -> None:
    assert quoted("Velm") == "The harbour of Velm closed on Monday."


def test_a_quotation_is_never_cut_in_half() -> None:
    assert quoted("cranes") == "“We had no choice. The cranes were failing,” said harbour master Ida Brandt."


@pytest.mark.parametrize(
    ("needle", "whole"),
    [
        ("won’t", "‘We didn’t try. We failed and won’t try again,’ said Ida Brandt."),
        ("paid", "‘It kept the workers’ secrets well. It paid for that,’ said Bo Dahl."),
        ("drivers’", "The drivers’ union left."),
        ("’90s", "Since the ’90s a ‘quiet harbour’ was planned."),
    ],
)
def test_a_quotation_in_single_marks_is_never_cut_in_half_and_an_apostrophe_is_no_mark(needle: str, whole: str) -> None:
    text = (
        "The mayor resigned. ‘We didn’t try. We failed and won’t try again,’ said Ida Brandt. Ships left. ‘It kept the "
        "workers’ secrets well. It paid for that,’ said Bo Dahl. "
        "The drivers’ union left. Since the ’90s a ‘quiet harbour’ was planned."
    )
    assert quoted(needle, text) == whole


def test_a_quotation_without_its_speaker_takes_the_sentence_that_names_the_speaker() -> None:
    assert quoted("sad day").startswith("“We had no choice.")
    assert quoted("sad day").endswith("“It is a sad day.”")


def test_a_sentence_that_refers_back_takes_the_one_before_it() -> None:
    assert quoted("blamed") == "“It is a sad day.” She blamed the ministry."


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("Duncan was on deck at noon. “I saw a bell, nothing else,” he said.", "bell"),
        ("Maria da Silva denied it. “We acted on every report,” she said. “Vik did not speak to us.”", "acted"),
        ("The mayor of Skarn was ill. But she said the dam was full.", "dam"),
    ],
)
def test_a_pronoun_takes_the_sentence_that_says_who_it_is(text: str, needle: str) -> None:
    assert text.startswith(quoted(needle, text).split(".")[0])


@pytest.mark.parametrize(
    ("needle", "whole"),
    [
        ("2029", "Would she stand again in 2029? “Ask the gulls. They know,” says Brandt."),
        ("ill", "“Is she ill?” a man asked."),
        ("250", "Correction: An earlier version of this article said that 250 would stay. The number is 520."),
        ("520", "Correction: An earlier version of this article said that 250 would stay. The number is 520."),
    ],
)
def test_a_question_or_what_was_withdrawn_is_quoted_with_what_follows(needle: str, whole: str) -> None:
    text = (
        "Would she stand again in 2029? “Ask the gulls. They know,” says Brandt. “Is she ill?” a man asked. Nobody knew.\n"
        "Correction: An earlier version of this article said that 250 would stay. The number is 520. We are sorry."
    )
    assert quoted(needle, text) == whole


def test_quoting_stops_at_the_paragraph() -> None:
    assert quoted("expected", STORY.replace("This was", "She had")) == "She had expected."


@pytest.mark.parametrize(
    "second",
    [
        "According to this report, nine firms knew.",
        "This report also adds that nine firms knew.",
        "Amid these setbacks, nine firms left.",
        "Under such rules, nine firms left.",
    ],
)
def test_a_paragraph_that_begins_with_this_takes_the_last_sentence_of_the_one_before(second: str) -> None:
    first = "The dam broke. Two ministries had warned of it."
    assert quoted("nine", f"{first}\n\n{second}") == f"Two ministries had warned of it.\n\n{second}"
    assert quoted("nine", f"{first} {second}") == f"Two ministries had warned of it. {second}"


@pytest.mark.parametrize(
    ("before", "second"),
    [
        ("The dam broke.", "In this article, nine firms are named."),
        ("The dam broke.", "This is why nine firms left."),
        ("The dam broke.", "Nine firms left."),
        ("The dam broke:", "These nine firms left."),
        ("It broke.\nWhat the dam means", "These nine firms left."),
        ("The dam broke, " + "and the water rose, " * 20 + "it is said.", "These nine firms left."),
    ],
)
def test_a_paragraph_stands_alone_where_nothing_before_it_says_what_this_is(before: str, second: str) -> None:
    assert quoted(second[-12:], f"{before}\n{second}\nThe river is high. The town of Velm is dry. Nobody was hurt.") == second


def test_a_stray_quotation_mark_does_not_quote_the_whole_paragraph() -> None:
    others = "The town of Velm went on with its work that day. " * 2000
    text = f'{others}A 6" pipe burst. Brandt saw it at noon. {others}'
    assert quoted("pipe", text) == 'A 6" pipe burst.'


def test_a_quotation_over_many_sentences_stays_whole_in_a_paragraph_of_any_length() -> None:
    others = "The town of Velm went on with its work that day. " * 200
    said = "“" + "We had no choice. The cranes of the harbour were failing us. " * 9 + "That is all,” said Ida Brandt."
    text = f"{others}{said} {others}"
    assert {quoted(needle, text) for needle in ("“We had", "That is all")} == {said}


def test_the_line_end_of_a_wrapped_text_is_no_end_of_a_paragraph() -> None:
    wrapped = (
        "The council of Velm had asked its harbour master to stay until the end of\n"
        "spring, for want of another. But Ida Brandt left her office last Monday.\n"
        "She had been harbour master of the town for eleven years, and had seen a\n"
        "crane collapse twice in that time.\n\n"
        "They were mended both times."
    )
    assert quoted("eleven", wrapped).startswith("But Ida Brandt left her office last Monday.\nShe had")
    assert quoted("mended", wrapped) == "They were mended both times."


def test_offsets_count_code_points_past_an_emoji() -> None:
    assert quoted("Orsk") == "🚢 Ships now go to Orsk."


def test_every_claim_has_a_mark_and_a_citation_in_order() -> None:
    reading = reading_of(STORY)
    text, citations = compose([Claim("One.", reading, 0, 10), Claim("Two.", reading, 4, 20)])
    assert text == "One. [1] Two. [2]"
    assert [text[c.claim_start : c.claim_end] for c in citations] == ["One. [1]", "Two. [2]"]
    assert [c.quotation.quote for c in citations] == [STORY[0:10], STORY[4:20]]


@given(st.integers(-3, 400), st.integers(-3, 400))
def test_a_citation_that_leaves_here_reads_what_its_article_reads(start: int, end: int) -> None:
    reading = reading_of(STORY)
    if 0 <= start < end <= len(STORY):
        assert compose([Claim("x", reading, start, end)])[1][0].quotation.quote == STORY[start:end]
    else:
        with pytest.raises(CitationError):
            compose([Claim("x", reading, start, end)])


def test_a_citation_of_another_version_is_refused() -> None:
    reading = reading_of(STORY)
    cited = quotation(reading, 0, 10)
    changed = replace(reading.hit.article, content_hash="sha256:other")
    with pytest.raises(CitationError, match="version"):
        verify(cited, changed)


@pytest.mark.parametrize(
    "markup",
    [
        "![gull](http://evil.test/gull.png)",
        "[more](http://evil.test/)",
        "[more][1]",
        "<img src=http://evil.test/a>",
        "</p>",
        "<!-- -->",
    ],
)
def test_what_a_chat_program_would_render_is_shown_as_words(markup: str) -> None:
    assert not re.search(r"!\[|\][(\[]|<[a-z/!]", shown(f"Gulls {markup} steal."))


def test_plain_words_are_shown_as_they_are() -> None:
    assert shown("Prices rose < 3 % [sic] at the\tmarket (see [2]).") == "Prices rose < 3 % [sic] at the market (see (2))."
