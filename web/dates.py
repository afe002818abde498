"""The days that a question keeps to, as every door takes them. Only shapes: what they mean is in index/snapshot.py."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from index.article import iso_day
from index.snapshot import Within


def _iso_date(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, str):
        return iso_day(value)
    raise ValueError("it must be a date such as 2024-12-31")


Day = Annotated[str | None, BeforeValidator(_iso_date), Field(json_schema_extra={"format": "date"})]
"""A day as `2024-12-31`, or none."""
AsOf = Annotated[Day, Field(description="Use only articles that were neither published nor updated after this day, YYYY-MM-DD")]
Since = Annotated[Day, Field(description="Use only articles published on this day or later, YYYY-MM-DD")]
Until = Annotated[Day, Field(description="Use only articles published on this day or earlier, YYYY-MM-DD")]


class Dated(BaseModel):
    """What says of which days the articles must be."""

    as_of: AsOf = None
    since: Since = None
    until: Until = None

    @property
    def within(self) -> Within:
        return Within(self.since, self.until, as_of=self.as_of)
