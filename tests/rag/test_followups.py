"""rag/followups.py and rag/antecedents.py: what a pronoun means, and what a fragment of a question takes over."""

import time

import pytest

from rag.followups import stand_alone
from rag.question import understand
from rag.types import Turn


def after(*said: str) -> str:
    """Return the last of these, said in turn by the user and the assistant, as it stands alone."""
    turns = [Turn("assistant" if place % 2 else "user", text) for place, text in enumerate(said[:-1])]
    return stand_alone(said[-1], turns)


GLASS_HOUSE = ("What is the Glass House?", "A headquarters of Iran. [1]", "Who runs it?", "Iran's IRGC runs it. [1]")
AIRBASE = ("Where is the T4 airbase?", "It is an airbase of Syria that the IRGC uses. [1]")
MUSEUM = ("Where is the museum?", "The museum is in Torvik. [1]")
MAYOR = (
    "Who is the mayor of Harrow?",
    "Fire chief Anton Wessel criticised the mayor of Harrow, Ilse Dahlgren, on Monday. [1]",
)


def test_a_persons_pronoun_means_no_group_that_was_asked_for() -> None:
    said = ("What group does Suheil al-Hassan command?", "al-Nemr group [1]")
    assert after(*said, "Which country backs him?") == "Which country backs Suheil al-Hassan?"
    assert after(*said, "Who funds it?") == "Who funds al-Nemr group?"


def test_a_persons_pronoun_means_the_minister_that_was_asked_for() -> None:
    said = ("Which minister resigned?", "Minister Tor Aasen resigned in Velm. [1]")
    assert after(*said, "How old is he?") == "How old is Minister Tor Aasen?"


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("Who is the energy minister?", "Who was it before?", "Who was it before?"),
        ("Is the museum open?", "Who runs it?", "Who runs the museum?"),
        ("Did the museum reopen?", "Who runs it?", "Who runs the museum?"),
        ("What is the Red Cross doing?", "What does it need?", "What does the Red Cross need?"),
    ],
)
def test_a_thing_is_cut_short_by_neither_its_last_word_nor_a_verb(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


@pytest.mark.parametrize("nobody", ["Nobody", "Everyone", "Something"])
def test_a_word_for_nobody_in_particular_is_no_name(nobody: str) -> None:
    assert after("Who died in Velm?", f"{nobody} died in Velm. [1]", "How old was he?") == "How old was he?"


def test_after_who_the_thing_asked_about_is_meant_by_it_and_no_name_of_the_answer() -> None:
    expected = "How many underground facilities does the Glass House have?"
    assert after(*GLASS_HOUSE, "How many underground facilities does it have?") == expected


@pytest.mark.parametrize(
    ("said", "follow_up", "resolved"),
    [
        (AIRBASE, "When was it hit?", "When was the T4 airbase hit?"),
        (MUSEUM, "Is it open on Sundays?", "Is the museum open on Sundays?"),
        (("Where was the ship built?", "In Velm by Acmar. [1]"), "Who met him?", "Who met him?"),
    ],
)
def test_after_where_what_was_asked_for_is_meant_by_no_pronoun_but_there(
    said: tuple[str, ...], follow_up: str, resolved: str
) -> None:
    assert after(*said, follow_up) == resolved


@pytest.mark.parametrize(
    ("said", "follow_up", "resolved"),
    [
        (AIRBASE, "What is being moved there?", "What is being moved in the T4 airbase?"),
        (MUSEUM, "How many people live there?", "How many people live in Torvik?"),
        (("What happened in Homs?", "Near Velm a bomb fell. [1]"), "Who lives there?", "Who lives in Homs?"),
        (("Did the museum reopen?", "Yes, said Lena Falk. [1]"), "What do tickets cost there?", "What do tickets cost there?"),
    ],
)
def test_there_means_a_place_told_or_asked_about(said: tuple[str, ...], follow_up: str, resolved: str) -> None:
    assert after(*said, follow_up) == resolved


def test_a_capital_word_that_begins_a_sentence_is_no_name_and_the_one_beside_the_office_is() -> None:
    assert after(*MAYOR, "What did she say?") == "What did Ilse Dahlgren say?"


@pytest.mark.parametrize(
    ("before", "answer", "follow_up", "resolved"),
    [
        (
            "Who won the vote?",
            "Opposition leader Petra Lund won it. [1]",
            "How old is she?",
            "How old is Petra Lund?",
        ),
        ("Who killed Nils Berg?", "Police named Viktor Sand. [1]", "When was he arrested?", "When was Viktor Sand arrested?"),
        (
            "Who replaced Kifah Melhem as head of intelligence?",
            "Tehran got a new ally. [1]",
            "What post did he get?",
            "What post did Kifah Melhem get?",
        ),
        ("Why did the mayor of Harrow resign?", "Over the dam. [1]", "What did she say?", "What did the mayor of Harrow say?"),
    ],
)
def test_a_person_has_rather_a_name_of_several_words(before: str, answer: str, follow_up: str, resolved: str) -> None:
    assert after(before, answer, follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("Why did oil prices rise?", "Did they fall again?", "Did oil prices fall again?"),
        ("When did the bridge collapse?", "How old was it?", "How old was the bridge?"),
        ("What happened at the Lindvale dam?", "When was it built?", "When was the Lindvale dam built?"),
        ("Who died in the 2016 flood in Velm?", "How bad was it?", "How bad was the 2016 flood in Velm?"),
    ],
)
def test_the_subject_of_the_question_before_goes_before_names_of_the_answer(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "Because of OPEC, Karl Voss said in Skarn. [1]", follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up"),
    [
        ("Why did police arrest protesters?", "Did they leave?"),
        ("Why did the teachers' union strike?", "When did they return?"),
        ("How many people died?", "Who were they?"),
        ("Which groups joined?", "Where are they based?"),
    ],
)
def test_a_pronoun_stays_where_nothing_is_sure(before: str, follow_up: str) -> None:
    assert after(before, "Because of Hamas and OPEC, Karl Voss said. [1]", follow_up) == follow_up


@pytest.mark.parametrize(
    ("follow_up", "resolved"),
    [
        ("How many people will lose their jobs?", "How many people will lose their jobs?"),
        ("Why did the workers leave their homes?", "Why did the workers leave their homes?"),
        ("How many people did their troops kill?", "How many people did Iran's troops kill?"),
        ("Which weapons do their allies want?", "Which weapons do Iran's allies want?"),
    ],
)
def test_their_means_those_who_do_it_in_the_same_question(follow_up: str, resolved: str) -> None:
    assert after("Who leads Iran?", "x", follow_up) == resolved


def test_a_word_in_capitals_is_a_name_and_neither_a_pronoun_nor_a_question_word() -> None:
    assert after("Why did Iran leave?", "x", "What did IT workers say?") == "What did IT workers say?"
    assert after("What did UNICEF say?", "x", "And WHO?") == "What did WHO say?"


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("What did the US do in Syria?", "And Russia?", "What did Russia do in Syria?"),
        ("Why did the US strike Iran?", "And Russia?", "Why did Russia strike Iran?"),
        ("Who leads the US?", "And Russia?", "Who leads Russia?"),
        ("What did the US do in Syria?", "And the EU?", "What did the EU do in Syria?"),
        ("Why did the Iran deal fail?", "And Russia?", "Why did the Russia deal fail?"),
    ],
)
def test_the_article_of_a_name_goes_with_it_where_nothing_adds_to_it(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        (
            "How many soldiers does the U.S. have in Syria?",
            "What about Turkey?",
            "How many soldiers does Turkey have in Syria?",
        ),
        ("What did Apple Inc. announce?", "And Google?", "What did Google announce?"),
        ("What is the U.N.?", "Who leads it?", "Who leads the U.N.?"),
        ("What does Iran have?", "What about the U.S.?", "What does the U.S. have?"),
    ],
)
def test_the_last_stop_of_a_name_comes_and_goes_with_it(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


def test_a_name_of_many_is_no_person() -> None:
    said = ("Who sold Chidi Okafor?", "Kestrel Rovers have sold Chidi Okafor to Valmora. [1]")
    assert after(*said, "Where did he go?") == "Where did Chidi Okafor go?"
    said = ("Who won?", "Ida Brandt and Odo Karsten have won. [1]")
    assert after(*said, "Where did he go?") == "Where did Ida Brandt go?"


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("What did he say?", "And Dean Marsh?", "What did Dean Marsh say?"),
        ("How long did it take?", "What about the bridge?", "How long did the bridge take?"),
        ("What did he say?", "And in May?", "What did he say in May?"),
        ("What did Brandt say when she left?", "And Dean Marsh?", "What did Dean Marsh say when she left?"),
    ],
)
def test_who_is_named_at_last_takes_the_place_of_the_pronoun(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


def test_a_plain_count_is_not_exchanged_for_a_year() -> None:
    assert after("Where did the 2000 refugees go?", "x", "And in 2015?") == "Where did the 2000 refugees go in 2015?"
    assert after("Who signed the 2015 agreement?", "x", "And in 2018?") == "Who signed the 2018 agreement?"


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("What did Dr Brandt say?", "And the mayor?", "What did the mayor say?"),
        ("What did Brandt say?", "And his lawyer?", "What did Brandt's lawyer say?"),
        ("What did Brandt say about the dam?", "What about the minister?", "What did the minister say about the dam?"),
        ("What did Brandt say about the dam?", "And the bridge?", "What did Brandt say about the bridge?"),
        ("what did ida brandt say", "and tor aasen", "what did tor aasen say"),
        ("What is the mayor's view on the dam?", "And Brandt?", "What is Brandt's view on the dam?"),
    ],
)
def test_a_person_takes_the_place_of_whose_words_were_asked_for(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("What did Brandt say about the dam?", "And about resigning?", "What did Brandt say about resigning?"),
        ("What did Brandt say about the dam?", "And about Velm?", "What did Brandt say about Velm?"),
        ("What did Brandt say about the dam?", "What about shop theft?", "What did Brandt say about shop theft?"),
        ("What did he say about the dam?", "And Marsh?", "What did Marsh say about the dam?"),
        ("Tell me about shop theft", "And bus tickets?", "Tell me about bus tickets"),
    ],
)
def test_what_it_is_about_takes_the_place_of_all_that_was_asked_about(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


@pytest.mark.parametrize(
    "follow_up", ["What about shop theft?", "And what about shop theft?", "How about opening hours?", "What about Velm?"]
)
def test_what_about_something_that_fits_nowhere_is_a_topic_of_its_own(follow_up: str) -> None:
    query = understand(follow_up, (Turn("user", "Who died?"),))
    assert (query.text, query.kind) == (follow_up, "summary")


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("What did bread cost in 2015?", "And now?", "What did bread cost today?"),
        ("What did bread cost in May 2015 in Velm?", "What about today?", "What did bread cost today in Velm?"),
        ("Who died in the 2015 flood?", "And now?", "Who died in the 2015 flood, and now?"),
    ],
)
def test_now_takes_the_place_of_the_year_and_asks_about_now(before: str, follow_up: str, resolved: str) -> None:
    query = understand(follow_up, (Turn("user", before),))
    assert query.text == resolved
    assert query.is_about_now is ("today" in resolved)


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("How many people have measles in Velm?", "And how many have died?", "How many people have died in Velm?"),
        ("How many children were hurt?", "And how many died?", "How many children died?"),
        ("How many dogs live in Velm?", "And how many cats?", "How many cats live in Velm?"),
        ("What happened in Velm?", "And how many died?", "What happened in Velm, and how many died?"),
    ],
)
def test_another_count_is_asked_of_the_same_people_and_place(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("How much does the Orla 3 weigh?", "And the Orla 2?", "How much does the Orla 2 weigh?"),
        ("How much does the Orla 3 weigh?", "And the Brisk?", "How much does the Brisk weigh?"),
        ("When was Apollo 11 launched?", "What about Gemini 8?", "When was Gemini 8 launched?"),
        ("Who won in Velm in 2019?", "And Skarn?", "Who won in Skarn in 2019?"),
    ],
)
def test_the_number_of_a_name_comes_and_goes_with_it(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


@pytest.mark.parametrize(
    ("said", "resolved"),
    [
        (("Who won the cup?", "Velm. [1]", "How?", "By penalties. [1]", "And in 2022?"), "Who won the cup in 2022?"),
        (("Who won the cup?", "Velm. [1]", "When?", "In May. [1]", "And the league?"), "When was the league won?"),
        (("Who founded Acmar?", "x", "When?", "In 1902. [1]", "And Orla?"), "When was Orla founded?"),
    ],
)
def test_what_was_added_to_a_question_is_asked_again_of_another_thing_and_not_of_another_time(
    said: tuple[str, ...], resolved: str
) -> None:
    assert after(*said) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("Who killed Soleimani?", "And when?", "When was Soleimani killed?"),
        ("Who stole the vase in Velm?", "How?", "How was the vase stolen in Velm?"),
        ("Which group fired the missiles of Iran", "why?", "Why were the missiles of Iran fired?"),
        ("Who won the cup?", "Who else?", "Who won the cup, and who else?"),
        ("Who sent the ship?", "Where to?", "Who sent the ship, and where to?"),
        ("Who arrived first?", "When?", "Who arrived first, and when?"),
        ("Who resigned Monday?", "Why?", "Who resigned Monday, and why?"),
        ("Who asked the mayor to resign?", "When?", "Who asked the mayor to resign, and when?"),
        ("Who called the ranking an insult?", "Why?", "Who called the ranking an insult, and why?"),
    ],
)
def test_what_was_done_is_asked_of_without_who_did_it_where_that_is_sure(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


def test_the_thing_of_a_question_for_yes_or_no_is_exchanged() -> None:
    assert after("Is the airport open?", "x", "And the port?") == "Is the port open?"
    assert after("Who is the energy minister?", "x", "And the port?") == "Who is the energy minister, and the port?"


def test_what_is_added_takes_the_place_of_what_was_added_before() -> None:
    assert after("How many died?", "x", "And dogs?", "x", "And wild cats?") == "How many died, and wild cats?"


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("Who died in Velm?", "In Skarn?", "Who died in Skarn?"),
        ("How much is a ticket?", "for children?", "How much is a ticket for children?"),
        ("What did Ida Brandt say?", "About the dam?", "What did Ida Brandt say about the dam?"),
        ("Who runs the museum?", "About the dam", "About the dam"),
        ("Who won?", "After the flood in Velm, Skarn asks who will pay", "After the flood in Velm, Skarn asks who will pay"),
    ],
)
def test_a_few_words_with_a_preposition_go_on_without_and(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, "x", follow_up) == resolved


@pytest.mark.parametrize(
    ("corrected", "resolved"),
    [
        ("no, I meant Hama", "What happened in Hama"),
        ("Sorry, Hama.", "What happened in Hama"),
        ("not Homs, but Hama", "What happened in Hama"),
        ("Not in Homs, in Hama!", "What happened in Hama"),
        ("oh sorry i meant in 2015", "What happened in Homs in 2015"),
        ("no, I meant where is it?", "where is Homs"),
        ("No deal Brexit", "No deal Brexit"),
        ("no idea", "no idea"),
    ],
)
def test_a_correction_asks_again_of_what_was_meant(corrected: str, resolved: str) -> None:
    assert after("What happened in Homs?", "x", corrected).rstrip("?") == resolved


def test_where_to_asks_the_question_again_for_its_place() -> None:
    query = understand("Where to?", (Turn("user", "When did Assad flee?"),))
    assert (query.text, query.kind) == ("Where did Assad flee to?", "where")


@pytest.mark.parametrize(
    "part", ["the T4 airbase ", "oil prices ", "mayor of ", "Ab. Cd ", "U.S. ", "2000 U.S. ", "a, ", "A.the "]
)
def test_a_hostile_text_is_looked_through_in_little_time(part: str) -> None:
    said = (part * 20_000)[:20_000]
    begun = time.process_time()
    for follow_up in ("Who is he?", "Is it there?", "Where are they?", "And Torvik?"):
        assert after("What " + said, said, follow_up)
        assert after("Who is the mayor?", said, follow_up)
    assert time.process_time() - begun < 10
