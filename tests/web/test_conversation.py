"""What the browser keeps of a conversation, and thumbs."""

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest

from index.errors import LibraryDamaged
from index.listing import Listing
from rag.types import Turn
from tests.fakes_web import MARKET, FakeLibrary
from tests.web.test_message import answer_to
from web.conversation import MOST_EXCHANGES, Exchange, check_room, dump, parse, turns
from web.examples import examples
from web.feedback import FeedbackLog
from web.problems import Problem

SELL = "What do traders sell?"
TALK = [Exchange(question=SELL, answer=answer_to(SELL)), Exchange(question="x", note="Stopped.")]


def test_a_conversation_survives_the_browser() -> None:
    assert parse(json.loads(json.dumps(dump(TALK)))) == TALK


@pytest.mark.parametrize("stored", [None, "x", 5, {}, [1], [{"question": 1}], [{"question": "a", "answer": {"answer": "b"}}]])
def test_what_is_no_conversation_of_ours_counts_as_none(stored: Any) -> None:
    assert parse(stored) == []


def test_history_is_what_was_asked_and_answered_and_nothing_else_that_was_shown() -> None:
    assert TALK[0].answer
    assert turns(TALK) == [Turn("user", SELL), Turn("assistant", TALK[0].answer.answer)]


def test_a_conversation_has_an_end_and_says_so() -> None:
    check_room([TALK[0]] * (MOST_EXCHANGES - 1))
    with pytest.raises(Problem, match="25 questions"):
        check_room([TALK[0]] * MOST_EXCHANGES)


def test_a_thumb_is_a_line_with_the_answers_id_and_no_words(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "feedback.jsonl")
    for verdict in (True, False, ""):
        log.add("answer-1", verdict)
    lines = [json.loads(line) for line in (tmp_path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["thumb"] for line in lines] == ["up", "down", "withdrawn"]
    assert all(set(line) == {"time", "answer", "thumb"} for line in lines)


def test_feedback_that_cannot_be_written_disturbs_nobody(tmp_path: Path) -> None:
    FeedbackLog(tmp_path / "missing" / "feedback.jsonl").add("answer-1", True)
    FeedbackLog(None).add("answer-1", True)


def test_the_articles_own_examples_are_offered_only_while_the_library_holds_them(tmp_path: Path) -> None:
    written = f'about = ["{MARKET.id}"]\nquestions = ["What do traders sell?", "Who won?"]\n'
    (tmp_path / "examples.toml").write_text(written, encoding="utf-8")
    assert examples(tmp_path, FakeLibrary(MARKET)) == ["What do traders sell?", "Who won?"]
    assert examples(tmp_path, FakeLibrary()) == []


@pytest.mark.parametrize(
    "written", ["", "questions = 5", "about = []\nquestions = ['a']", "not toml", "about = ['x']\nquestions = ['a']"]
)
def test_without_usable_examples_an_overview_and_titles_are_hints(tmp_path: Path, written: str) -> None:
    (tmp_path / "examples.toml").write_text(written, encoding="utf-8")
    hints = ["What are these articles about?", f"What is said about “{MARKET.title}”?"]
    assert examples(tmp_path, FakeLibrary(MARKET)) == hints


def test_where_the_library_cannot_be_read_nothing_is_offered(tmp_path: Path) -> None:
    class Damaged(FakeLibrary):
        def listed(self, listing: Listing) -> NoReturn:
            raise LibraryDamaged("it is damaged", "rebuild it")

    assert examples(tmp_path, Damaged(MARKET)) == []
