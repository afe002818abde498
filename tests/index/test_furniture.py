import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.furniture import furniture

STORY = [
    "The ferry Aurora crossed the bay on Monday, ten weeks after its engine failed.",
    "Captain Ines Holm said the new engine had been tested for nine days.",
    "The harbour office expects 1,200 passengers a day.",
]


def taken_out(*lines: str) -> list[str]:
    return [line for line, is_furniture in zip(lines, furniture(lines), strict=True) if is_furniture]


@pytest.mark.parametrize(
    "line",
    [
        "Ferry returns to the bay after ten weeks",
        "What the repair cost",
        "Sign up for our morning newsletter.",
        "Subscribe to the Harbour Post and get every story in your inbox!",
        "Follow us on social media for more updates",
        "Click here to read more.",
        "Please support our journalism with a small donation.",
        "Download the Bay Radio app to listen to our podcasts.",
        "Share this story with your friends.",
        "Read the full report here.",
        "Sign up here.",
        "Copyright Bay Radio Ltd 2024.",
        "Leave a comment below and tell us what you think.",
        "Photo: Bo Dahl / Harbour Post",
        "Source: Bay News Agency.",
        "Read more: Bridge closed for repairs until spring.",
        "Related: How the old engine failed.",
        "Related articles:",
        "Related stories: Bridge closed for repairs",
        "Contributing: Bo Dahl, Ines Holm",
        "Exclusive: Mayor resigns",
        "Opinion: Ferry politics",
        "LIVE: Harbour updates",
        "► Video: Ferry returns",
        "Mayor: Ferry will cross the bay again before the summer",
        "Back on the bay: what the ferry means",
        "Tags: ferry, harbour, transport.",
        "© 2024 Harbour Post Media Ltd.",
        "Copyright 2024 Bay Radio. All rights reserved.",
        "All rights reserved by the Coast Tribune.",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_page_furniture_of_several_publishers_is_found(line: str, place: int) -> None:
    assert taken_out(*STORY[:place], line, *STORY[place:]) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "This article was translated from the Norwegian by the Coast Tribune and edited for length.",
        "The views expressed in this article are the author's own and do not necessarily reflect those of the Post.",
        "This story was originally published by Bay Radio.",
        "The Post takes no responsibility for the content of this report, and the above article was not verified.",
        "The following interview first appeared in the Island Courier.",
    ],
)
def test_disclaimers_at_the_edges_are_found_and_in_the_middle_they_stay(line: str) -> None:
    assert taken_out(line, *STORY) == [line]
    assert taken_out(*STORY, line) == [line]
    assert taken_out(*STORY[:2], line, *STORY[1:], *STORY) == []


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("Population: 23 million", "Capital: Oslo", "Area: 385,207 km²"), id="facts"),
        pytest.param(("Milk", "Bread", "Twelve eggs"), id="short list"),
        pytest.param(
            (
                "The boat lies in the morning bay",
                "and waits for wind that will not come",
                "the gulls have flown so far away",
                "the sea is dumb",
            ),
            id="poem",
        ),
        pytest.param(("ada: are you there", "bo: yes", "ada: the ferry is late", "bo: again??", "ada: lol"), id="chat"),
        pytest.param(("The meeting moves to Tuesday",), id="note"),
        pytest.param(("Follow the coast road to the lighthouse.", "Turn left at the church."), id="directions"),
        pytest.param(("This article was translated from the Norwegian by the Post.",), id="only a disclaimer"),
        pytest.param(
            (
                "This article was translated by the Post.",
                "The views expressed in this article do not reflect those of the Post.",
            ),
            id="two disclaimers",
        ),
        pytest.param(("",), id="blank line"),
        pytest.param((), id="nothing"),
    ],
)
def test_what_is_content_to_its_owner_stays(lines: tuple[str, ...]) -> None:
    assert taken_out(*lines) == []


@pytest.mark.parametrize(
    "line",
    [
        "Watch the sky tonight for the first meteors of the year, astronomers said.",
        "Watch out for ice on your way home, police said.",
        "Get your flu shot before winter comes, doctors told our reporter.",
        "Subscribers rose to 40,000 last year.",
        "Share prices fell by 3% on Friday.",
        "Visitors may read the report at the library.",
        "Listen, he said, and left the room.",
        "The report said all trains were late.",
        "- Bring a coat",
        "1. Board the ferry at the north pier",
        "Return ticket: 14 crowns",
        "Capital: Oslo",
        "Home port: Velm",
        "Captain: Ines Holm",
        "• Owner: Bay Ferries",
        "Departure: 9:30",
        "The author of this report, a retired judge, spoke for two hours.",
        "“We did not expect this,” said the mayor.",
        "Related companies must publish their accounts.",
        "Like many here, she lost her home in the flood.",
        "Support for our troops is falling, a poll found.",
        "Share prices here fell sharply on Monday.",
        "Contact-tracing app use fell to its lowest level in May.",
        "Leave voters here feel betrayed by the deal.",
        "Post-war life here is hard for most families.",
        "Follow-up talks here failed.",
        "Download speeds here doubled last year.",
        "Print newspapers here are dying.",
        "Copyright law will change in May.",
        "Copyright law will change in May 2025, and our readers will notice.",
    ],
)
def test_a_line_of_the_story_stays(line: str) -> None:
    assert taken_out(*STORY[:1], line, *STORY[1:]) == []


@given(st.lists(st.text(max_size=80), max_size=12))
def test_every_line_gets_an_answer_and_blank_ones_are_no_furniture(lines: list[str]) -> None:
    marked = furniture(lines)
    assert len(marked) == len(lines)
    assert not any(is_furniture for line, is_furniture in zip(lines, marked, strict=True) if not line.strip())


def test_the_rows_of_a_table_are_content() -> None:
    assert taken_out(*STORY, "| Ticket | Price |", "| Return | 14 crowns |", "Prices from May") == ["Prices from May"]


BOXES = [
    ("Name: Aurora", "Type: car ferry", "Home port: Velm", "Built by: Orsk Shipyard of Velm"),
    ("Capital: Oslo", "Currency: Norwegian krone", "Head of state: King Harald", "Population: 5.5 million"),
    ("Founder: Lena Ortiz", "Party: none", "Born: Velm"),
    ("When: first Sunday in May", "Where: The old fish market", "Entrance: free"),
    ("Director: Bo Dahl", "Starring: Ines Holm and Lena Ortiz", "Rating: three stars"),
]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_box_of_facts_stays_and_its_heading_goes(box: tuple[str, ...], place: int) -> None:
    assert taken_out(*STORY[:place], "The facts at a glance", *box, *STORY[place:]) == ["The facts at a glance"]


def test_headlines_with_a_colon_one_after_the_other_are_no_box_of_facts() -> None:
    teasers = ("Ferries: what the new engine means for the bay", "Harbour: why the office expects more passengers")
    assert taken_out(*STORY, *teasers) == list(teasers)


@pytest.mark.parametrize(
    "line",
    [
        "This report, published by the UN on Monday, names nine firms.",
        "This report by the UN, published on Monday, says the firm is responsible.",
        "The views expressed by the minister do not reflect policy.",
    ],
)
def test_a_report_or_view_that_is_not_the_articles_own_is_no_disclaimer(line: str) -> None:
    assert taken_out(*STORY, line) == []
    assert taken_out(line, *STORY) == []


@pytest.mark.parametrize(
    "line",
    [
        "Talks resume on Monday. (AP)",
        "Talks will resume on Monday. ■",
        "Talks will resume on Monday. –Reuters",
        "Talks will resume on Monday. — Bay News Agency",
        "The mayor resigned on Monday.[1]",
        "“We leave on Monday.” [2][3]",
    ],
)
def test_a_credit_or_sign_behind_the_last_sentence_makes_no_heading_of_it(line: str) -> None:
    assert taken_out(*STORY, line) == []


def test_a_line_that_repeats_the_title_is_a_heading_beside_a_sentence_only() -> None:
    title = "Norrkraft fined over dam"
    assert furniture([title, "The firm paid."], title) == [True, False]
    assert furniture([title, "and nobody knows why"], title) == [False, False]
    assert furniture(["The firm was fined.", "It paid."], "The firm was fined.") == [False, False]


@pytest.mark.parametrize("piece", [".(a)", ". ", "‘", ".)", "[1]", "here ", "not ", "copyright A ", "– A"])
def test_a_hostile_line_takes_no_longer_than_its_length(piece: str) -> None:
    furniture([piece * (200_000 // len(piece)), "."])
