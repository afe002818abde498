"""How much may be asked at once, and what is not a question. Over a limit is an error that says so, never a silent cut."""

import re
from collections.abc import Iterable

from pydantic import BeforeValidator

from rag.types import Turn
from web.problems import Problem

QUESTION_CHARACTERS = 4_000
HISTORY_MESSAGES = 50
MESSAGE_CHARACTERS = 20_000  # of each of them
MOST_HITS = 50
BODY_BYTES = 2 * 1024 * 1024
BODY_SECONDS = 20.0  # of articles, of each part
SENT_BYTES = 100 * 1024 * 1024  # of articles in one request; of one file index.readers.MAX_BYTES
SENT_SECONDS = 600.0
SENT_ITEMS = 1_000

# Control characters but tab and line ends, and lone surrogates: no keyboard makes them, and no store takes them.
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_UNPRINTABLE = re.compile(rf"[{_CONTROLS}\ud800-\udfff]")

# The same for the API's description, in the regular expressions of JSON Schema: such text, and such text with words in it.
TEXT_PATTERN = rf"^[^{_CONTROLS}]*$"
QUESTION_PATTERN = rf"^[^{_CONTROLS}]*[\p{{L}}\p{{Nd}}][^{_CONTROLS}]*$"


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value):
        raise ValueError("write a whole number in digits")
    return value


# Of a number in an address: as the API's description has it, so that "0.0", "+5" and "1_000" are none.
IN_DIGITS = BeforeValidator(_digits)


def checked_question(text: str) -> str:
    """Return the question without surrounding space. Raises Problem when it is empty, wordless, damaged or too long."""
    question = text.strip()
    if len(question) > QUESTION_CHARACTERS:
        message = f"The question has {len(question):,} characters; the limit is {QUESTION_CHARACTERS:,}."
        raise Problem(413, "question_too_long", message, "Ask it in fewer words, or in parts.")
    if not question:
        raise Problem(422, "question_empty", "The question is empty.", "Write a question in words.")
    _checked_text(question, "question")
    if not any(character.isalpha() or character.isdecimal() for character in question):
        raise Problem(422, "question_without_words", "The question has no words.", "Write a question in words.")
    return question


def _checked_text(text: str, name: str) -> str:
    """Return the text. Raises Problem when it holds characters that are no text."""
    if found := _UNPRINTABLE.search(text):
        message = f"The {name} holds a character that is no text (U+{ord(found[0]):04X} at {found.start()})."
        raise Problem(422, "not_text", message, "Send plain Unicode text, without control characters and lone surrogates.")
    return text


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
        _checked_text(turn.content, "history")
    return turns
