"""Dates as documents write them become ISO 8601 where their standard leaves no doubt, and stay as written elsewhere.

A text without facts has the line of its head that names its author or outlet and a day.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from index.article import iso_date
from index.months import MONTH, SHORT_MONTHS

_RFC_822 = re.compile(r"^(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s")
_EARLIEST_YEAR = 1600  # the first newspapers; 0001-01-01 and the like are what software writes for "none"
_HEAD_CHARS, _HEAD_LINES, _LINE_CHARS = 2000, 5, 100
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{MONTH})\.?,?\s+(?P<year>\d{{4}})"
    rf"|(?P<us_month>{MONTH})\.?\s+(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<us_year>\d{{4}})|(?P<iso>\d{{4}}-\d\d-\d\d))"
)
# Outlets and authors, each word with a capital but for the small ones: "By Ida Brandt, The Harrow Evening Post".
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w.&'’-]*"
_NAME = rf"(?:by\s+)?(?-i:{_CAPITAL}(?:,?\s+(?:{_CAPITAL}|and|at|by|d[aei]|de[nrs]|for|in|la|of|on|the|v[ao]n|&)){{0,11}})"
_DATELINE = re.compile(
    rf"(?:(?:first\s+)?(?:published|posted|date)(?:\s+on)?:?\s+|{_NAME}\s*[,/|·–—-]\s*(?:published\s+(?:on\s+)?)?)?{_DAY}"
    rf"(?:,?\s+(?:at\s+)?\d\d?[:.]\d\d(?:\s?[ap]\.?m)?(?:\s[a-z]{{2,4}})?)?\.?(?:\s*[,/|·–—-]\s*{_NAME})?",
    re.IGNORECASE,
)


def dated(name: str, as_written: str | None, origin: str) -> dict[str, str]:
    """Return the fact `name` (published or updated) with where it stands, or `NAME_as_written` when it is no clear date."""
    value = " ".join((as_written or "").split())
    if not value:
        return {}
    iso = _iso(value)
    return {name: iso, f"{name}_from": origin} if iso else {f"{name}_as_written": value, f"{name}_from": origin}


def _iso(value: str) -> str | None:
    iso = iso_date(value)
    try:
        if iso is None and _RFC_822.match(value):
            iso = parsedate_to_datetime(value).isoformat()
        year = datetime.fromisoformat(iso).year if iso else 0
    except (ValueError, OverflowError):
        return None
    return iso if _EARLIEST_YEAR <= year <= datetime.now(UTC).year + 1 else None


def with_dateline(facts: Mapping[str, str], text: str) -> Mapping[str, str]:
    """Return the facts with the day that the head of the text gives, where they say nothing of when it was published.

    Only a whole short line counts that is a day beside the name of an author or outlet, or a day alone; where two such lines
    differ, or the day is yet to come, nothing is known.
    """
    if {"published", "published_as_written"} & facts.keys():
        return facts
    beginning = text.lstrip()[:_HEAD_CHARS] + "…" * (len(text) > _HEAD_CHARS)  # so that a line that is cut is no whole one
    lines = (line.strip() for line in beginning.split("\n"))
    head = [line for line in lines if line][:_HEAD_LINES]
    days = {_day(match) for line in head if len(line) <= _LINE_CHARS and (match := _DATELINE.fullmatch(line))}
    found = dated("published", next(iter(days)), "dateline") if len(days) == 1 else {}
    return {**facts, **found} if "published" in found else facts


def _day(match: "re.Match[str]") -> str | None:
    """Return the day as YYYY-MM-DD, None where there is none in the calendar or it has not begun anywhere."""
    part = match.groupdict()
    month = (part["month"] or part["us_month"] or "")[:3].capitalize()
    try:
        if part["iso"]:
            day = date.fromisoformat(part["iso"])
        else:
            day = date(int(part["year"] or part["us_year"]), SHORT_MONTHS.index(month) + 1, int(part["day"] or part["us_day"]))
    except ValueError:
        return None
    return day.isoformat() if day <= datetime.now(UTC).date() + timedelta(days=1) else None
