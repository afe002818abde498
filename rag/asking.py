"""What can be asked: words, in plain text, within a limit. Every door asks here; knows none of them. Pure."""

import re

QUESTION_CHARACTERS = 4_000
# Control characters but tab and line ends, as in a regular expression's brackets: no keyboard makes them, and no store takes
# them. Lone surrogates neither; Python makes them of the bytes of an argument that are no text.
CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_UNPRINTABLE = re.compile(rf"[{CONTROLS}\ud800-\udfff]")


class NotAskable(ValueError):
    """str(error) names what is wrong, `hint` says what to do, `code` is one word for programs."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.hint = code, hint


def checked_question(text: str) -> str:
    """Return the question without surrounding space. Raises NotAskable when it is empty, wordless, damaged or too long."""
    question = text.strip()
    if len(question) > QUESTION_CHARACTERS:
        message = f"The question has {len(question):,} characters; the limit is {QUESTION_CHARACTERS:,}."
        raise NotAskable("question_too_long", message, "Ask it in fewer words, or in parts.")
    if not question:
        raise NotAskable("question_empty", "The question is empty.", "Write a question in words.")
    checked_text(question, "question")
    if not any(character.isalpha() or character.isdecimal() for character in question):
        raise NotAskable("question_without_words", "The question has no words.", "Write a question in words.")
    return question


def checked_text(text: str, name: str) -> str:
    """Return the text. Raises NotAskable when it holds characters that are no text."""
    if found := _UNPRINTABLE.search(text):
        message = f"The {name} holds a character that is no text (U+{ord(found[0]):04X} at {found.start()})."
        hint = "Send plain Unicode text, without control characters and lone surrogates."
        raise NotAskable("not_text", message, hint)
    return text
