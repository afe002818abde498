"""How much may be asked at once, and what is not a question. Over a limit is an error that says so, never a silent cut."""

import re
from collections.abc import Iterable

from pydantic import BeforeValidator

from rag import asking
from rag.asking import CONTROLS, NotAskable
from rag.types import Turn
from web.problems import Problem

HISTORY_MESSAGES = 50
MESSAGE_CHARACTERS = 20_000  # of each of them
MOST_HITS = 50
BODY_BYTES = 2 * 1024 * 1024
BODY_SECONDS = 20.0  # of articles, of each part
SENT_BYTES = 100 * 1024 * 1024  # of articles in one request; of one file index.readers.MAX_BYTES
SENT_SECONDS = 600.0
SENT_ITEMS = 1_000

# What rag/asking.py takes, in the regular expressions of JSON Schema, for the API's description: text, and text with words.
TEXT_PATTERN = rf"^[^{CONTROLS}]*$"
QUESTION_PATTERN = rf"^[^{CONTROLS}]*[\p{{L}}\p{{Nd}}][^{CONTROLS}]*$"


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value):
        raise ValueError("write a whole number in digits")
    return value


# Of a number in an address: as the API's description has it, so that "0.0", "+5" and "1_000" are none.
IN_DIGITS = BeforeValidator(_digits)


def checked_question(text: str) -> str:
    """Return the question without surrounding space. Raises Problem when it is empty, wordless, damaged or too long."""
    try:
        return asking.checked_question(text)
    except NotAskable as error:
        raise _refused(error) from error


def _refused(error: NotAskable) -> Problem:
    return Problem(413 if error.code == "question_too_long" else 422, error.code, str(error), error.hint)


def checked_history(messages: Iterable[Turn]) -> list[Turn]:
    """Return the messages before a question. Raises Problem when they are too many, one is too long, or one is no text."""
    turns = list(messages)
    if len(turns) > HISTORY_MESSAGES:
        message = f"The history has {len(turns)} messages; the limit is {HISTORY_MESSAGES}."
        raise Problem(413, "history_too_long", message, "Send the latest ones.")
    for turn in turns:
        if len(turn.content) > MESSAGE_CHARACTERS:
            message = f"A message of the history has {len(turn.content):,} characters; the limit is {MESSAGE_CHARACTERS:,}."
            raise Problem(413, "history_too_long", message, "Shorten it, or leave it out.")
        try:
            asking.checked_text(turn.content, "history")
        except NotAskable as error:
            raise _refused(error) from error
    return turns
