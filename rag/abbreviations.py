"""Abbreviations that articles explain, "Hayat Tahrir al-Sham (HTS)": a question in one form of a name is asked in the other.

Which of the words before the bracket are meant: Schwartz and Hearst 2003, "A simple algorithm for identifying abbreviation
definitions in biomedical text". Pure: no model, no store.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from rag.terms import STOP_WORDS

_EXPLAINED = re.compile(r"(?<=[\w”\x22'’]\s)\(([A-Z][\w&-]{1,9})\)")
_SENTENCE_END = re.compile(r"[.!?;:]\s|\n")
MOST = 500  # explanations of one article that are looked at; an article explains a name where it first has it
LONGEST_WORD = 30  # characters, on average, of the words before a bracket


def in_other_words(question: str, texts: Iterable[str]) -> tuple[str, list[str]]:
    """Return the question with the other form of every name that one of the texts explains, and the forms that were asked."""
    said, asked = question, list[str]()
    for short, long in dict.fromkeys(pair for text in texts for pair in definitions(text)):
        is_short, is_long = (_standing_alone(form, question).search(said) is not None for form in (short, long))
        if is_short == is_long:
            continue  # neither form, or both: whoever asks knows it
        form, other = (short, long) if is_short else (long, short)
        said = other.join(_standing_alone(form, question).split(said))
        asked.append(form)
    return said, asked


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Yield (abbreviation, name) for each explanation in brackets, in the order of the text."""
    for match in islice(_EXPLAINED.finditer(text), MOST):
        short = match.group(1)
        before = text[max(0, match.start() - LONGEST_WORD * _most_words(short)) : match.start()]
        if sum(letter.isupper() for letter in short) > 1 and (long := _long_form(short, before)):
            yield short, long


def _most_words(short: str) -> int:
    return min(len(short) + 5, 2 * len(short))


def _long_form(short: str, before: str) -> str | None:
    """Return the words at the end of `before` whose letters make the abbreviation, its first letter beginning a word."""
    before = _SENTENCE_END.split(before)[-1].rstrip("\"'”’ \u00a0")
    at = len(before)
    for place in range(len(short) - 1, -1, -1):
        letter = short[place].casefold()
        if not letter.isalnum():
            continue
        at -= 1
        while at >= 0 and (before[at].casefold() != letter or (place == 0 and at > 0 and before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    words = before[before.rfind(" ", 0, at + 1) + 1 :].lstrip("“\"'‘(")
    return words if 1 < len(words.split()) <= _most_words(short) and short not in words else None


def _standing_alone(form: str, question: str) -> re.Pattern[str]:
    """Return a pattern for a form of a name; written small, too, where the question has no capital, but not "who" or "pi"."""
    written_small = question == question.lower() and len(form) > 2 and form.lower() not in STOP_WORDS
    return re.compile(rf"(?<![\w-]){re.escape(form)}(?![\w-])", re.IGNORECASE if written_small or " " in form else 0)
