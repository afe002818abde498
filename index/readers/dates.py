"""Dates as documents write them become ISO 8601 where their standard leaves no doubt, and stay as written elsewhere."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from index.article import iso_date

_RFC_822 = re.compile(r"^(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s")
_EARLIEST_YEAR = 1600  # the first newspapers; 0001-01-01 and the like are what software writes for "none"


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
