"""The same question gets the same text and the same citations through every door, with the clients that people use."""

import json
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

import pytest

from tests.doors.callers import AskAll, History, Seen, command_line, doors, each, gradio, mcp_stdio, rest

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "benchmarks" / "questions.jsonl"
HOW_MANY = 60
_TEXT_ONLY = {"LangChain over chat completions"}  # its client drops annotations
Question = tuple[str, History]

FEW: list[Question] = [
    ("How much would the bridge repair cost?", []),
    ("What do forty traders sell in the square?", []),
    ("Who stole forty sandwiches?", []),  # an article full of markup and foreign links
    ("Who won the chess match?", []),
    (
        "And its repair?",
        [
            {"role": "user", "content": "When was the bridge closed?"},
            {"role": "assistant", "content": "The old bridge was closed in March. [1]"},
        ],
    ),
]


def check(door: str, ask: AskAll, questions: Sequence[Question], expected: Sequence[Seen]) -> None:
    for (question, _), got, plain in zip(questions, ask(questions), expected, strict=True):
        assert got.text == plain.text, f"{door}: {question}"
        if door not in _TEXT_ONLY:
            assert got.citations == plain.citations, f"{door}: {question}"


def test_every_door_gives_the_same_answers(door_url: str) -> None:
    expected = each(rest(door_url))(FEW)
    assert [len(answer.citations) for answer in expected] == [1, 1, 1, 0, 1]
    with doors(door_url) as here:
        for door, ask in here.items():
            check(door, ask, FEW, expected)


def sampled() -> list[Question]:
    """Take from each type in turn, so that refusals and follow-ups are among them."""
    by_type: dict[str, list[Question]] = {}
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        by_type.setdefault(asked["type"], []).append((asked["question"], asked.get("history", [])))
    return [one for one in chain.from_iterable(zip_longest(*by_type.values())) if one][:HOW_MANY]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_door_gives_the_same_answers_to_sixty_questions(real_url: str, environment: dict[str, str]) -> None:
    questions = sampled()
    assert len(questions) == HOW_MANY
    assert sum(bool(history) for _, history in questions) >= 4
    expected = each(rest(real_url))(questions)
    assert sum(not answer.citations for answer in expected) >= 5
    with doors(real_url) as here:
        for door, ask in here.items():
            check(door, ask, questions, expected)
    with gradio(real_url) as ask:
        check("gradio_client", ask, questions, expected)
    check("MCP over stdio", mcp_stdio(environment, str(ROOT)), questions, expected)
    alone = [place for place, (_, history) in enumerate(questions) if not history][::4]
    some, said = [questions[place] for place in alone], [expected[place] for place in alone]
    check("command line", each(command_line(environment, str(ROOT))), some, said)
