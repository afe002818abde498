"""rag/question.py: what a question asks for, and what a follow-up means."""

import pytest

from rag.followups import stand_alone
from rag.kinds import kind_of
from rag.question import understand
from rag.types import Turn

SOLEIMANI = (
    Turn("user", "Who killed Soleimani?"),
    Turn("assistant", "In 2020, President Trump authorized a drone strike that killed Qassem Soleimani. [1]"),
)
PULLING_BACK = (Turn("user", "Why is Iran pulling back from Assad?"), Turn("assistant", "It has concerns of its own. [1]"))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who commands the al-Nemr group?", "who"),
        ("When did the war begin?", "when"),
        ("In which year did the war begin?", "when"),
        ("Where is the T4 airbase?", "where"),
        ("Glass House location", "where"),
        ("How many strikes were there?", "number"),
        ("Why did the agreement fail?", "why"),
        ("What are the reasons for the feud?", "why"),
        ("How did Iran support Assad?", "how"),
        ("Which groups belong to the Axis of Resistance?", "list"),
        ("List the countries involved", "list"),
        ("Summarise the article on Hama", "summary"),
        ("Did Iran withdraw its advisors?", "yes_no"),
        ("Was the withdrawal a surprise or expected?", "what"),
        ("What is the Glass House?", "what"),
        ("glass house damascus", "what"),
        ("soleimani death date when", "when"),
        ("What is the location of the T4 airbase?", "where"),
        ("What is the name of the officer who spoke?", "who"),
        ("Who killed Soleimani, and why?", "why"),
    ],
)
def test_the_question_words_say_what_is_wanted(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who was the mayor when the dam collapsed?", "who"),
        ("And who was the mayor when the dam collapsed?", "who"),
        ("What did Brandt say when the dam broke?", "what"),
        ("When Brandt resigned, who replaced her?", "who"),
        ("According to Reuters, how many died when the dam broke?", "number"),
        ("When, according to Brandt, did the dam break?", "when"),
        ("Is the town where he lives safe?", "yes_no"),
        ("Was Brandt the one who signed it?", "yes_no"),
        ("How did Brandt respond when asked who paid?", "how"),
        ("Which paper reported how the dam broke?", "what"),
        ("To whom did Brandt write when the dam broke?", "who"),
        ("Since when is Brandt, who was elected twice, the mayor?", "when"),
        ("Can you tell me when the man who signed it died?", "when"),
        ("In summary, what happened?", "summary"),
    ],
)
def test_the_word_that_begins_a_question_says_what_is_wanted_and_no_clause_in_it(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_a_question_without_history_is_searched_as_it_was_typed() -> None:
    assert understand("  When was\nhe killed? ").text == "When was he killed?"


@pytest.mark.parametrize(
    ("history", "follow_up", "resolved"),
    [
        (SOLEIMANI, "When was he killed?", "When was Soleimani killed?"),
        (SOLEIMANI, "What did Trump say about him?", "What did Trump say about Qassem Soleimani?"),
        (SOLEIMANI, "Why?", "Why was Soleimani killed?"),
        (SOLEIMANI, "And in 2018?", "Who killed Soleimani in 2018?"),
        (PULLING_BACK, "What about Russia?", "Why is Russia pulling back from Assad?"),
        (PULLING_BACK, "and Turkey?", "Why is Turkey pulling back from Assad?"),
        (PULLING_BACK, "And when?", "When is Iran pulling back from Assad?"),
        (PULLING_BACK, "What are their concerns?", "What are Iran's concerns?"),
    ],
)
def test_a_follow_up_takes_over_only_what_it_leaves_open(history: tuple[Turn, ...], follow_up: str, resolved: str) -> None:
    assert stand_alone(follow_up, history) == resolved


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ali Vaez?",
        "What is the Glass House?",
        "What is the weather in Paris?",
        "Is it true that Iran invested billions?",
        "Is there information on casualties?",
        "Why did Trump announce his plan?",
        "and what is a drone?",
    ],
)
def test_a_new_topic_carries_nothing_over(question: str) -> None:
    assert stand_alone(question, SOLEIMANI) == question


@pytest.mark.parametrize(
    ("before", "answer", "follow_up", "resolved"),
    [
        ("Who leads the port of Velm?", "Ida Brandt leads the port of Velm. [1]", "How old is she?", "How old is Ida Brandt?"),
        ("Which harbour will ships use?", "Russian media say the Orsk harbour. [1]", "Where is it?", "Where is Orsk harbour?"),
        ("Who sacked Ida Brandt?", "Tor Aasen sacked Ida Brandt. [1]", "Why was she sacked?", "Why was Ida Brandt sacked?"),
        ("What is Ida Brandt known for?", "For the cranes of Velm. [1]", "Where does she live?", "Where does Ida Brandt live?"),
    ],
)
def test_a_pronoun_means_what_was_asked_for_unless_the_question_is_asked_again(
    before: str, answer: str, follow_up: str, resolved: str
) -> None:
    assert stand_alone(follow_up, (Turn("user", before), Turn("assistant", answer))) == resolved


def after(before: str, follow_up: str, answer: str = "") -> str:
    return stand_alone(follow_up, (Turn("user", before), Turn("assistant", answer)))


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("What happened in Homs in 2018?", "And in 2019?", "What happened in Homs in 2019?"),
        ("What happened in 2018?", "And since 2019?", "What happened since 2019?"),
        ("Who died in the 2016 flood?", "And in 2018?", "Who died in the 2018 flood?"),
        ("Who died between 2010 and 2015?", "And in 2018?", "Who died between 2010 and 2015, and in 2018?"),
        ("How many came in May 2019?", "And in 2018?", "How many came in May 2018?"),
        ("Is it like rugby?", "How many teams?", "How many teams?"),
        ("Why did Acmar close a mill?", "What about why it opened one?", "why Acmar opened one?"),
    ],
)
def test_a_year_replaces_the_only_year_asked_of_before(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("How many people does Acmar employ in Skarn?", "And in Torvik?", "How many people does Acmar employ in Torvik?"),
        ("How many people does Acmar employ?", "And in Torvik?", "How many people does Acmar employ in Torvik?"),
        ("Who won in Skarn in May 2019?", "And in Torvik?", "Who won in Torvik in May 2019?"),
        ("What burned in Skarn's harbour?", "And in Torvik?", "What burned in Torvik's harbour?"),
        ("How many came in May 2019?", "And in June?", "How many came in June 2019?"),
        ("How many came in May 2019?", "And in June 2018?", "How many came in June 2018?"),
        ("How many came on 3 May 2019?", "And on 4 June?", "How many came on 4 June 2019?"),
        ("How many died in the north of Valmora?", "And in the south?", "How many died in the south of Valmora?"),
        ("Who is the mayor of Valmora?", "And the mayor of Torvik?", "Who is the mayor of Torvik?"),
    ],
)
def test_a_fragment_with_a_preposition_replaces_what_followed_the_same_preposition(
    before: str, follow_up: str, resolved: str
) -> None:
    assert after(before, follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("When was the library opened?", "What about the museum?", "When was the museum opened?"),
        ("When did the library open?", "What about the museum?", "When did the museum open?"),
        ("How much is a ticket for the ferry?", "And the museum?", "How much is a ticket for the museum?"),
        ("Who is the mayor of Valmora?", "And the harbour master?", "Who is the harbour master of Valmora?"),
        ("Who died in the 2016 flood in Velm?", "What about the 2018 fire?", "Who died in the 2018 fire in Velm?"),
        ("When was the old library built?", "And the museum?", "When was the old library built, and the museum?"),
        ("Who heads the library in the park?", "And the museum?", "Who heads the library in the park, and the museum?"),
    ],
)
def test_a_thing_replaces_the_only_thing_asked_of_before_or_is_added_with_and(
    before: str, follow_up: str, resolved: str
) -> None:
    assert after(before, follow_up) == resolved


@pytest.mark.parametrize(
    ("before", "follow_up", "resolved"),
    [
        ("What is Iran's role?", "What about Russia?", "What is Russia's role?"),
        ("Why did Iran leave?", "What about the United States?", "Why did the United States leave?"),
        ("Why did Iran leave?", "What about Russia and Turkey?", "Why did Russia and Turkey leave?"),
        ("What happened in Skarn on Monday?", "And Friday?", "What happened in Skarn on Friday?"),
        ("Who is Vincent van Gogh?", "And Juan de la Cruz?", "Who is Juan de la Cruz?"),
        ("Who is Ursula von der Leyen?", "And Leonardo di Caprio?", "Who is Leonardo di Caprio?"),
    ],
)
def test_a_name_replaces_the_whole_first_name(before: str, follow_up: str, resolved: str) -> None:
    assert after(before, follow_up) == resolved


@pytest.mark.parametrize(
    ("follow_up", "resolved"),
    [
        ("And was she born in Torvik?", "Was Ida Brandt born in Torvik?"),
        ("And did she say why?", "Did Ida Brandt say why?"),
        ("And did Wisniewski welcome it?", "Did Wisniewski welcome it?"),
        ("And her husband?", "And Ida Brandt's husband?"),
        ("Who met her?", "Who met Ida Brandt?"),
        ("Who met her in Skarn, and why?", "Who met Ida Brandt in Skarn, and why?"),
        ("Who is her husband?", "Who is Ida Brandt's husband?"),
        ("What did Trump say about her?", "What did Trump say about Ida Brandt?"),
        ("How long did it take her to resign?", "How long did it take Ida Brandt to resign?"),
        ("Is it true that she resigned?", "Is it true that Ida Brandt resigned?"),
    ],
)
def test_after_and_a_whole_question_keeps_its_words_and_a_pronoun_becomes_the_name(follow_up: str, resolved: str) -> None:
    assert after("Who is Ida Brandt?", follow_up, "Ida Brandt leads Valmora. [1]") == resolved


@pytest.mark.parametrize(
    "follow_up",
    [
        "How long did it take to repair the roof?",
        "How much does it cost to enter?",
        "Is it hard to enter?",
        "Is it too late to leave?",
        "When will it be safe to return?",
        "Is it going to rain in Lisbon this weekend?",
        "When Brandt resigned, who replaced her?",
        "And the president of Torvik?",
        "What about the people who died?",
        "And in which year was the museum opened?",
        "Who said that?",
    ],
)
def test_what_refers_to_nothing_or_is_whole_or_fits_nowhere_stays_as_typed(follow_up: str) -> None:
    assert after("Who is the mayor of Valmora?", follow_up, "Ida Brandt leads Valmora. [1]") == follow_up


@pytest.mark.parametrize(
    ("follow_up", "resolved", "kind"),
    [
        ("Since when?", "Since when did Ida Brandt lead Valmora?", "when"),
        ("Until when?", "Until when did Ida Brandt lead Valmora?", "when"),
        ("For how long?", "For how long did Ida Brandt lead Valmora?", "number"),
        ("In which city?", "In which city did Ida Brandt lead Valmora?", "where"),
        ("For how much money?", "For how much money did Ida Brandt lead Valmora?", "number"),
        ("By whom?", "When did Ida Brandt lead Valmora, and by whom?", "who"),
        ("Who else?", "When did Ida Brandt lead Valmora, and who else?", "who"),
        ("What else?", "When did Ida Brandt lead Valmora, and what else?", "what"),
        ("Why not?", "When did Ida Brandt lead Valmora, and why not?", "why"),
        ("And how many were injured?", "When did Ida Brandt lead Valmora, and how many were injured?", "number"),
    ],
)
def test_a_question_of_only_question_words_takes_over_the_rest(follow_up: str, resolved: str, kind: str) -> None:
    query = understand(follow_up, (Turn("user", "When did Ida Brandt lead Valmora?"),))
    assert (query.text, query.kind) == (resolved, kind)


@pytest.mark.parametrize(
    ("before", "resolved"),
    [
        ("In which year did the war begin?", "Why did the war begin?"),
        ("What did Iran do?", "What did Iran do, and why?"),
        ("Who met him, and when?", "Who met him, and why?"),
        ("According to Reuters, who won?", "According to Reuters, who won, and why?"),
    ],
)
def test_why_takes_the_place_of_a_question_word_only_where_nothing_is_lost(before: str, resolved: str) -> None:
    assert after(before, "Why?") == resolved


@pytest.mark.parametrize(
    "answer",
    [
        "As of 2 October 2024: Olaf Ek was elected. [1]",
        "As of an undated article, Valmora Herald (undated): Olaf Ek was elected. [1]",
        "As of 2 October 2024, Valmora Herald (2024-10-02): Olaf Ek was elected. [1]",
        "“Valmora: a History (II)” (2024-03-06) says the same: Olaf Ek was elected. [1]",
        "The vote was late. [1] Later, Harbour Post (2024-03-05) tells it differently: Olaf Ek was elected. [2]",
        "The vote was late. [1] (also in 2 other articles) Harbour Post (undated) (and 2 more) says the same: Olaf Ek did. [2]",
        "On Monday Olaf Ek was elected. [1]",
        "In October, Olaf Ek was elected. [1]",
    ],
)
def test_neither_an_outlet_nor_a_date_in_front_of_a_claim_is_meant_by_a_pronoun(answer: str) -> None:
    assert after("Who won the vote?", "Where was he born?", answer) == "Where was Olaf Ek born?"


@pytest.mark.parametrize(
    ("before", "answer", "follow_up", "resolved"),
    [
        ("What is Trump's plan?", "A deal. [1]", "What did he say?", "What did Trump say?"),
        ("What did Trump's wife say?", "Nothing. [1]", "What was his plan?", "What was Trump's plan?"),
        ("According to Reuters, who won?", "Lena Brandt won. [1]", "Where is she from?", "Where is Lena Brandt from?"),
        ("Who won, according to Reuters?", "Lena Brandt won. [1]", "When did she win?", "When did Lena Brandt win?"),
        ("When Brandt left, who came?", "Olaf Ek came. [1]", "Where is he from?", "Where is Olaf Ek from?"),
        ("When did Duncan win?", "He won in Torvik. [1]", "Where was he born?", "Where was Duncan born?"),
        ("Who won?", "Vivian won in Torvik. [1]", "Where was she born?", "Where was Vivian born?"),
        ("Who struck?", "Israeli forces of Tor Aasen struck. [1]", "Who is he?", "Who is Tor Aasen?"),
        ("Who is Maria da Silva?", "A judge. [1]", "Where is she from?", "Where is Maria da Silva from?"),
    ],
)
def test_a_pronoun_means_a_name_as_the_person_bears_it(before: str, answer: str, follow_up: str, resolved: str) -> None:
    assert after(before, follow_up, answer) == resolved


def test_a_follow_up_to_a_follow_up_resolves_through_both() -> None:
    history = (*SOLEIMANI, Turn("user", "When was he killed?"), Turn("assistant", "In 2020. [1]"))
    assert stand_alone("Where was he killed?", history) == "Where was Soleimani killed?"


@pytest.mark.parametrize(
    "said",
    ["a" + 2_000_000 * " " + "b", "what about " + 400_000 * "? " + "x", "in the " + 400_000 * "-" + "x", 9_000 * "Asian b "],
    ids=["space", "question marks", "hyphens", "names"],
)
def test_a_message_is_looked_through_once_however_long_it_is(said: str) -> None:
    history = [Turn("user", "Who is Bob?"), Turn("assistant", said), Turn("user", said)]
    for follow_up in ("And he?", "And in Torvik?", "And the museum?"):
        assert stand_alone(follow_up, history)  # in an hour, or never, if it looked again from every character


def test_marks_of_an_earlier_answer_are_not_taken_for_its_words() -> None:
    history = (Turn("user", "who leads them"), Turn("assistant", "Suheil al-Hassan [1] leads the group. [2]"))
    assert stand_alone("Where is he from?", history) == "Where is Suheil al-Hassan from?"


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Can you please tell me who Beatrix Helmer is?", "who is Beatrix Helmer?"),
        ("could you tell me please when Astrid Lindqvist died", "when Astrid Lindqvist died"),
        ("Hi, do you know how old the mayor of Velm is?", "how old is the mayor of Velm?"),
        ("I would like to know why the bridge was closed.", "why the bridge was closed."),
        ("Please tell me what happened in Velm.", "what happened in Velm."),
        ("Can you tell me about Velm?", "Can you tell me about Velm?"),
        ("Do you know Ida Brandt?", "Do you know Ida Brandt?"),
        ("Tell me what the man who is ill was told", "what the man who is ill was told"),
        ("Who is Beatrix Helmer?", "Who is Beatrix Helmer?"),
        ("hello there, who runs it pls", "who runs it"),
        ("Thanks a lot! When did Velm burn, please?", "When did Velm burn"),
        ("ok thanks, and when?", "and when?"),
        ("Great, is it open?", "is it open?"),
        ("Hello, Dolly! premiere", "Hello, Dolly! premiere"),
        ("Please Please Me release", "Please Please Me release"),
        ("Nice is where?", "Nice is where?"),
        ("Who said please?", "Who said please?"),
    ],
)
def test_polite_words_around_a_question_are_not_searched_for(question: str, searched: str) -> None:
    assert understand(question).text == searched


def test_polite_words_around_an_earlier_question_are_not_searched_for_either() -> None:
    assert understand("thanks! and Hama?", [Turn("user", "Could you tell me who holds Homs?")]).text == "who holds Hama?"


def test_a_conversation_in_small_letters_names_whom_the_answers_name() -> None:
    history = [Turn("user", "why did iran leave velm?"), Turn("assistant", "At last Iran left Velm, as Russia had. [1]")]
    assert understand("and russia?", history).text == "why did Russia leave Velm?"


@pytest.mark.parametrize(
    ("follow_up", "searched"),
    [
        ("and russia?", "why did Russia leave Velm?"),
        ("What about russia", "why did Russia leave Velm?"),
        ("no, I meant russia", "why did Russia leave Velm?"),
        ("and turkey?", "why did Iran leave Velm, and turkey?"),  # the passages write it so, too
        ("why did russia leave?", "why did russia leave?"),  # a whole question gets its capitals by what is found for it
    ],
)
def test_a_follow_up_in_small_letters_names_whom_the_library_names(follow_up: str, searched: str) -> None:
    passages = {
        "russia": "They said that Russia left.",
        "velm": "Iran left Velm.",
        "turkey": "In Turkey the price of turkey rose.",
    }
    history = [Turn("user", "why did iran leave velm?"), Turn("assistant", "The articles, said Iran, do not deal with this.")]

    def holding(text: str) -> list[str]:
        return [passage for word, passage in passages.items() if word in text]

    assert understand(follow_up, history, holding).text == searched


def test_an_earlier_follow_up_in_small_letters_names_whom_the_library_names() -> None:
    said = ["who founded Acmar?", "Lin Zhao did. [1]", "and brisk?", "The articles do not deal with this."]
    history = [Turn("assistant" if place % 2 else "user", text) for place, text in enumerate(said)]
    assert (
        understand("when was it founded?", history, lambda _: ["They say that Brisk grew."]).text == "when was Brisk founded?"
    )
