"""What an answer says itself around its quotations: whose words follow, of which day, in how many other articles they stand.

And how these words are told from the quotations again, when an answer comes back in a conversation. Pure.
"""

import re
from datetime import date

from index.months import MONTHS

ALSO_IN = r" \(also in \d+ other articles?\)"  # a pattern, as `also_in` writes it
_IN_FRONT = re.compile(
    r"(?:^|(?<=[\])]\s))(?:As of (?:an undated article|\d\d? \w+ \d{4}):"
    r"|(?:“[^”\n]{1,300}”|[^\[\]\n]{1,300}?) \((?:\d{4}-\d\d-\d\d|undated)\)(?: \(and \d+ more\))?"
    r"(?: tells it differently| says the same)?:) ?",
    re.MULTILINE,
)


def as_of(published: str | None) -> str:
    """Return as of which day an article tells something: "As of 3 May 2023"."""
    if not published:
        return "As of an undated article"
    day = date.fromisoformat(published[:10])
    return f"As of {day.day} {MONTHS[day.month - 1]} {day.year}"


def whose(name: str, published: str | None) -> str:
    """Return who tells something and of which day, "Harbour Post (2024-03-05)"; a colon follows, or what is said of it."""
    return f"{name} ({published[:10] if published else 'undated'})"


def differing(teller: str) -> str:
    """Return the words in front of what contradicts the quotation before."""
    return f"{teller} tells it differently:"


def agreeing(teller: str, more: int) -> str:
    """Return the words in front of what agrees with the quotation before, as `more` articles do that are not shown."""
    return f"{teller}{f' (and {more} more)' if more else ''} says the same:"


def also_in(articles: int) -> str:
    """Return the words behind a mark that say in how many other articles what is cited stands, too."""
    return f" (also in {articles} other article{'s' * (articles != 1)})" if articles else ""


def without_remarks(answer: str) -> str:
    """Return an answer without these words: its quotations, and their marks."""
    return re.sub(ALSO_IN, "", _IN_FRONT.sub("", answer))
