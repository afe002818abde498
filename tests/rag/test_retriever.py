"""Which words of a sentence count, and how many sentences an answer takes, with a reader that says what the test wants."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.adding import add_articles
from index.article import Article
from index.passages import sentences
from index.search import Search
from index.snapshot import Within
from rag.answer import Answerer
from rag.confidence import Confidence, Logistic
from rag.extractive import in_reading_order, write
from rag.question import understand
from rag.reader import Span, TextReading
from rag.retriever import Retriever
from rag.sentences import SentenceReader, SentenceScorer
from rag.types import Answer
from tests.fakes import WordCountEmbedder

TEXT = (
    "The mayor of Velm, Odo Karsten, was dismissed by Ida Brandt in its spring session. "
    "The session of Velm lasted three days. The mayor of Velm had asked for two."
)


class Pointing:
    """A reader that finds the given words, the first with the best score; sentences with `unselected` words do not belong to
    an answer, all others may."""

    def __init__(self, *words: str, best: float = 6.0, unselected: Sequence[str] = ()) -> None:
        self._words, self._best, self._unselected = words, best, unselected

    def read_closely(
        self, question: str, texts: Sequence[str], sentences: Sequence[Sequence[tuple[int, int]]], n: int
    ) -> list[TextReading]:
        found = [self._spans(text)[:n] or [Span(0, 0, -self._best, self._best)] for text in texts]
        return [
            TextReading(tuple(spans), tuple(self._selection(text[slice(*s)]) for s in of_text))
            for text, spans, of_text in zip(texts, found, sentences, strict=True)
        ]

    def _spans(self, text: str) -> list[Span]:
        return [self._span(text, word, rank) for rank, word in enumerate(self._words) if word in text]

    def _selection(self, sentence: str) -> float:
        return -4.0 if any(word in sentence for word in self._unselected) else 0.0

    def _span(self, text: str, word: str, rank: int) -> Span:
        start = text.index(word)
        return Span(start, start + len(word), self._best - rank, rank - self._best)


def read(folder: Path, question: str, reader: Pointing, text: str = TEXT) -> tuple[list[str], list[str]]:
    """Return the words that were found, sentence by sentence as they rank, and the claims of an answer."""
    with Search.open(folder, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, [Article.create(text, title="Dismissed", origin="test:velm")]))
        retriever = Retriever(search, reader, SentenceScorer(search.embedder))
        query = understand(question)
        readings = retriever.read(query, retriever.hits(query, 8, Within()))
        claims = in_reading_order(query, write(query, readings))
        return [text[reading.start : reading.end] for reading in readings], [claim.text for claim in claims]


@pytest.mark.parametrize(
    ("question", "found", "words"),
    [
        ("Who dismissed Karsten?", ("Odo", "Ida Brandt"), "Ida Brandt"),
        ("Who was dismissed by Brandt?", ("Ida Brandt", "Odo Karsten"), "Odo Karsten"),
        ("Which session dismissed the mayor?", ("its", "spring session"), "spring session"),
        ("Which Odo is meant?", ("Odo", "Ida Brandt"), "Odo"),
    ],
)
def test_words_that_tell_nothing_new_are_no_answer(tmp_path: Path, question: str, found: tuple[str, ...], words: str) -> None:
    assert words in read(tmp_path, question, Pointing(*found))[0]
    assert found[0] == words or found[0] not in read(tmp_path, question, Pointing(*found))[0]


def test_where_the_reader_is_unsure_behind_words_that_cannot_answer_the_sentence_stands_alone(tmp_path: Path) -> None:
    unsure, _ = read(tmp_path, "Who dismissed Karsten?", Pointing("Odo", "Ida Brandt", best=1.5))
    assert "Ida Brandt" not in unsure
    assert TEXT[: TEXT.index(". ") + 1] in unsure
    sure, _ = read(tmp_path, "Who dismissed Karsten?", Pointing("Odo", "Ida Brandt", best=2.5))
    assert "Ida Brandt" in sure


def test_words_end_with_their_line(tmp_path: Path) -> None:
    box = "Mayor: Odo Karsten\nSeat: Velm\n\nThe mayor of Velm was dismissed by Ida Brandt after a session of three days."
    words, _ = read(tmp_path, "Who was mayor?", Pointing("Odo Karsten\nSeat: Velm"), box)
    assert "Odo Karsten" in words
    assert not any("\n" in one for one in words)


WRAPPED = """\
The mayor of Velm, Odo Karsten, was dismissed in the spring session of
the council, which lasted three days. Rain fell on all hills around the
town, and on its market, where forty traders sold herring to whoever had
come. Nobody had a word to say about it, or nearly nobody, and the boats
lay still.

The harbour of Velm passed in May to Knut Hamarsund
Berg of Bergen, who paid nine million crowns for all of its quays and for
the crane.
"""


def test_words_go_on_behind_the_line_end_of_a_wrapped_text(tmp_path: Path) -> None:
    question, reader = "To whom did the harbour of Velm pass?", Pointing("Knut Hamarsund\nBerg")
    assert answered(tmp_path, question, reader, WRAPPED).short_answer == "Knut Hamarsund\nBerg"


def test_a_passage_of_a_wrapped_text_has_the_sentences_of_its_article(tmp_path: Path) -> None:
    words, _ = read(tmp_path, "To whom did the harbour of Velm pass?", Pointing("no such words"), WRAPPED)
    assert sorted(words) == sorted(WRAPPED[start:end] for start, end in sentences(WRAPPED))


@pytest.mark.parametrize(
    ("told", "found", "words"),
    [
        ("will not accept a school", "accept a school", "not accept a school"),
        ("won’t really accept a school", "accept a school", "won’t really accept a school"),
        ("has no longer any use for a school", "any use", "no longer any use"),
        ("denies that a school is wanted", "a school is wanted", "denies that a school is wanted"),
        ("refuses to build a school", "build a school", "refuses to build a school"),
        ("wants not only a school but a bridge", "a school", "a school"),
        ("did not. A school is what it wants", "A school", "A school"),
    ],
)
def test_words_keep_the_negation_before_them(tmp_path: Path, told: str, found: str, words: str) -> None:
    text = f"The council of Velm {told}."
    assert words in read(tmp_path, "What does the council of Velm want?", Pointing(found), text)[0]


def test_a_negated_question_wants_the_words_alone(tmp_path: Path) -> None:
    text = "The council of Velm will not accept a school."
    words, _ = read(tmp_path, "What will the council of Velm not accept?", Pointing("accept a school"), text)
    assert words == ["accept a school"]


def test_words_that_surely_answer_stand_in_one_sentence(tmp_path: Path) -> None:
    _, claims = read(tmp_path, "Which person dismissed the mayor of Velm?", Pointing("Ida Brandt", best=9.0))
    assert claims == [TEXT[: TEXT.index(". ") + 1]]


def test_words_that_may_answer_stand_with_what_their_article_says_about_it_in_its_order(tmp_path: Path) -> None:
    apart = (
        "The mayor of Velm was dismissed in the spring session.\n\nShips wait for grain.\n\n"
        "Ida Brandt dismissed the mayor of Velm. The session that dismissed the mayor of Velm lasted three days."
    )
    _, claims = read(
        tmp_path,
        "Which person dismissed the mayor of Velm?",
        Pointing("Ida Brandt", "spring session", "three days", best=0.0),
        apart,
    )
    before, said = apart.split("\n\n")[0], apart.split("\n\n")[2]
    assert claims == [before, said]  # sentences that follow each other are one quotation


def test_where_more_than_a_fact_is_wanted_the_most_telling_stands_first(tmp_path: Path) -> None:
    apart = (
        "The mayor of Velm was dismissed in the spring session.\n\nShips wait for grain.\n\n"
        "The mayor of Velm was dismissed because the harbour of Velm had silted up."
    )
    _, claims = read(tmp_path, "Why was the mayor of Velm dismissed?", Pointing("the harbour", "spring", best=0.0), apart)
    assert claims == list(reversed(apart.split("\n\n")[::2]))


def test_a_further_sentence_stands_only_where_it_belongs_to_the_answer(tmp_path: Path) -> None:
    apart = "Velm dismissed its mayor because the harbour had silted up.\n\nShips wait.\n\nVelm dismissed its mayor in spring."
    question = "Why did Velm dismiss its mayor?"
    told = apart.split("\n\n")[::2]
    assert read(tmp_path / "all", question, Pointing("the harbour", "spring", best=0.0), apart)[1] == told
    chosen = read(tmp_path / "some", question, Pointing("the harbour", "spring", best=0.0, unselected=["spring"]), apart)[1]
    assert chosen == told[:1]


@pytest.mark.parametrize(
    ("question", "is_in_order"), [("How do I wash the wool of Velm?", True), ("How is the wool of Velm washed?", False)]
)
def test_steps_stand_in_the_order_of_their_article(tmp_path: Path, question: str, is_in_order: bool) -> None:
    apart = "Soak the wool of Velm in spring water.\n\nShips wait for grain.\n\nWash the wool of Velm in the harbour."
    _, claims = read(tmp_path, question, Pointing("the harbour", "spring", best=0.0), apart)
    assert claims == apart.split("\n\n")[:: 2 if is_in_order else -2]


def test_a_number_needs_no_further_sentence(tmp_path: Path) -> None:
    _, claims = read(tmp_path, "How many days did the session of Velm last?", Pointing("three days", best=0.0))
    assert claims == ["The session of Velm lasted three days."]


def test_a_name_that_stands_only_around_the_passage_decides_between_passages_alike(tmp_path: Path) -> None:
    said = " ".join(["The pilots of the town waited for the tide with their lanterns lit and said little to each other."] * 2)
    articles = [
        Article.create(
            f"Everybody in {town} knew the story of that long cold winter by heart. {opening}\n\n"
            f"The harbour was opened in {year} after the ice had gone. {said}",
            title="The harbour",
            origin=f"test:{town}",
        )
        for town, year, opening in (
            ("Orsk", 1934, "Snow lay on every roof. " * 10),
            ("Velm", 1921, "Rain fell on all hills. " * 10),
        )
    ]
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, articles))
        retriever = Retriever(search, Pointing("1934", "1921"), SentenceScorer(search.embedder))
        for town, year in (("Orsk", "1934"), ("Velm", "1921")):
            query = understand(f"When was the harbour of {town} opened?")
            best = retriever.read(query, retriever.hits(query, 8, Within()))[0]
            assert best.hit.article.text[best.start : best.end] == year
            assert town not in best.hit.passage.text


def test_without_a_trained_reader_a_sentence_belongs_to_an_answer_by_the_questions_words() -> None:
    text = "Rain fell in Orsk. The mayor of Velm was dismissed. The mayor left."
    reader = SentenceReader(SentenceScorer(WordCountEmbedder(256)))
    (found,) = reader.read_closely("Who dismissed the mayor of Velm?", [text], [sentences(text)], 3)
    assert found.selection == pytest.approx((-3, 3, -1))


def test_a_question_about_now_reads_no_passage_twice(tmp_path: Path) -> None:
    stories = [f"{'What is the latest on the of ' * 3}{number}" for number in range(100)]
    stories += [f"The harbour of Velm is told of in story {number}." for number in range(100)]
    articles = [
        Article.create(story, title=f"Story {number}", origin=f"test:{number}", published=f"{2100 - number}-03-05")
        for number, story in enumerate(stories)
    ]
    with Search.open(tmp_path, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, articles))
        retriever = Retriever(search, Pointing(), SentenceScorer(search.embedder))
        found = retriever.hits(understand("What is the latest on the harbour of Velm?"), 24, Within())
    assert len({hit.passage.id for hit in found}) == len(found) == 24 + 12


def answered(folder: Path, question: str, reader: Pointing, text: str = TEXT, words: Logistic | None = None) -> Answer:
    """Return the answer of one who is sure of every answer, and, by `words`, of its words."""
    with Search.open(folder, WordCountEmbedder(256), create=True) as search:
        list(add_articles(search.library, search.embedder, [Article.create(text, title="Dismissed", origin="test:velm")]))
        sure = Confidence({}, bias=9.0, threshold=0.5, words=words)
        answer = Answerer(search, reader, SentenceScorer(search.embedder), sure).ask(question)
        assert not answer.abstained
        return answer


def test_of_the_best_passage_the_sentence_with_the_best_words_leads(tmp_path: Path) -> None:
    text = "The council of Velm has a mayor, and the mayor of Velm is new. It is Odo Karsten, mayor since spring."
    question, reader = "Who is the new mayor of Velm?", Pointing("Odo Karsten", best=-5.0)
    assert read(tmp_path / "one", question, reader, text)[0][0] == text[: text.index(" It is")]
    assert answered(tmp_path / "other", question, reader, text).short_answer == "Odo Karsten"


@pytest.mark.parametrize(
    ("question", "score", "words"),
    [
        ("Which session dismissed Karsten?", 2.0, "spring session"),
        ("Was Karsten dismissed?", 2.0, None),
        ("Was Karsten dismissed?", 9.0, None),
        ("Was Karsten dismissed in a spring session or in autumn?", 2.0, "spring session"),
        ("How many sessions did it take to dismiss Karsten?", 9.0, None),
        ("How was Karsten dismissed?", 2.0, None),
        ("How was Karsten dismissed?", 4.0, "spring session"),
    ],
)
def test_a_few_words_answer_what_they_can_tell_and_a_way_only_where_the_reader_is_sure(
    tmp_path: Path, question: str, score: float, words: str | None
) -> None:
    assert answered(tmp_path, question, Pointing("spring session", best=score)).short_answer == words


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        (TEXT, "Ida Brandt", None),
        (TEXT, "mayor of Velm", "mayor of Velm"),
        ("At noon Brandt's Odo Karsten took a walk from the harbour of Velm.", "Brandt's", None),
        ("At noon Odo Karsten, Governor of Orsk, took a walk from the harbour.", "Governor of Orsk", "Governor of Orsk"),
        ("At noon Odo Karsten from the Orsk Line took a walk from the harbour.", "the Orsk Line", None),
    ],
)
def test_nobody_is_explained_by_another_name_that_does_not_stand_beside_his(
    tmp_path: Path, text: str, found: str, words: str | None
) -> None:
    assert answered(tmp_path, "Who is Odo Karsten?", Pointing(found), text).short_answer == words


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        ("At noon Edda Karsten, the sister of Governor Odo Karsten, took a walk.", "the sister of Governor", None),
        (
            "At noon Odo Karsten, the brother of Edda Karsten, took a walk.",
            "the brother of Edda Karsten",
            "the brother of Edda Karsten",
        ),
        ("At noon Captain Odo Karsten, a sailor from Velm, took a walk.", "a sailor from Velm", "a sailor from Velm"),
        ("At noon Karsten, a sailor from Velm, took a walk.", "a sailor from Velm", "a sailor from Velm"),
        ("At noon Captain Odo Carsten, a sailor from Velm, took a walk.", "a sailor from Velm", "a sailor from Velm"),
    ],
)
def test_nobody_is_explained_by_what_describes_somebody_else(tmp_path: Path, text: str, found: str, words: str | None) -> None:
    assert answered(tmp_path, "Who is Odo Karsten?", Pointing(found), text).short_answer == words


@pytest.mark.parametrize(
    ("question", "found", "words"),
    [
        ("Who dismissed Karsten, and when?", "Ida Brandt", None),
        ("Who dismissed Karsten, and in which session?", "spring session", "spring session"),
        ("When was Karsten dismissed, and by whom?", "Ida Brandt", "Ida Brandt"),
        ("Who dismissed Karsten, and how?", "Ida Brandt", None),
    ],
)
def test_a_short_answer_tells_what_was_added_to_the_question(
    tmp_path: Path, question: str, found: str, words: str | None
) -> None:
    assert answered(tmp_path, question, Pointing(found, best=9.0)).short_answer == words


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many people died in Velm?", "38"),
        ("By how much has the number fallen in Velm?", "41 to 38"),
        ("How long does the road to Orsk remain closed?", "8 to 10 days"),
    ],
)
def test_a_number_that_changed_is_what_it_changed_to(tmp_path: Path, question: str, words: str) -> None:
    text = (
        "The number of people who died in the flood of Velm was lowered on Monday from 41 to 38, after three were found. "
        "The road to Orsk stays closed for 8 to 10 days."
    )
    assert answered(tmp_path, question, Pointing("41 to 38", "8 to 10 days"), text).short_answer == words


def test_what_an_earlier_version_said_answers_nothing(tmp_path: Path) -> None:
    text = (
        "The plant of Velm will keep 520 of its workers. It is by the harbour.\n"
        "Correction: An earlier version of this report said that the plant of Velm will keep 250 workers. The number is 520."
    )
    question = "How many workers will the plant of Velm keep?"
    answer = answered(tmp_path, question, Pointing("250", "520"), text)
    assert (answer.short_answer, answer.text) == ("520", "The plant of Velm will keep 520 of its workers. [1]")


def test_a_sentence_that_asks_what_is_asked_answers_nothing(tmp_path: Path) -> None:
    text = "Who leads the port of Velm? The port of Velm is led by Odo Karsten. It is large."
    answer = answered(tmp_path, "Who leads the port of Velm?", Pointing("the port of Velm", "Odo Karsten"), text)
    assert (answer.short_answer, answer.text) == ("Odo Karsten", "The port of Velm is led by Odo Karsten. [1]")
    told = answered(
        tmp_path / "told", "Who leads the port?", Pointing("Odo Karsten"), "Did Odo Karsten, its chief, let the port rot?"
    )
    assert told.short_answer == "Odo Karsten"


def test_all_of_the_quotation_but_its_stop_is_no_short_answer(tmp_path: Path) -> None:
    text = "At noon Odo Karsten took a walk from the harbour of Velm."
    assert answered(tmp_path, "Odo Karsten's walk", Pointing(text[:-1], best=9.0), text).short_answer is None


def test_one_word_is_not_what_somebody_said(tmp_path: Path) -> None:
    text = "Ida Brandt said that she had never met the mayor of Velm."
    question = "What did Ida Brandt say about the mayor?"
    assert answered(tmp_path / "one", question, Pointing("never", best=9.0), text).short_answer is None
    words = "never met the mayor of Velm"
    assert answered(tmp_path / "more", question, Pointing(words, best=9.0), text).short_answer == words


@pytest.mark.parametrize(("score", "words"), [(-5.0, "Ida Brandt"), (-7.0, None)])
def test_words_that_are_hardly_ever_right_are_no_short_answer(tmp_path: Path, score: float, words: str | None) -> None:
    assert answered(tmp_path, "Who dismissed Karsten?", Pointing("Ida Brandt", best=score)).short_answer == words


@pytest.mark.parametrize(
    ("found", "likely"),
    [(["Ida Brandt"], 1.0), (["Ida Brandt", "session"], 0.7311), (["Ida Brandt", "Karsten", "session"], 0.8808)],
    ids=["alone", "another is nearly as good", "the one that is nearly as good is the one asked about"],
)
def test_how_likely_its_words_are_right_is_told_by_how_far_they_are_ahead(
    tmp_path: Path, found: list[str], likely: float
) -> None:
    ahead = Logistic({"ahead": 1.0}, bias=0.0)
    answer = answered(tmp_path, "Who dismissed Karsten?", Pointing(*found), words=ahead)
    assert (answer.short_answer, answer.short_answer_confidence) == ("Ida Brandt", pytest.approx(likely, abs=1e-4))
    assert answered(tmp_path / "untold", "Who dismissed Karsten?", Pointing(*found)).short_answer_confidence is None


@pytest.mark.parametrize(("score", "words"), [(2.0, None), (4.0, "spring session")])
def test_who_or_where_is_told_without_a_name_only_where_the_reader_is_sure(
    tmp_path: Path, score: float, words: str | None
) -> None:
    assert answered(tmp_path, "Where was Karsten dismissed?", Pointing("spring session", best=score)).short_answer == words
