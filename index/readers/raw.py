"""What a format's reader hands on: the text, and what the document says of itself. Knows no files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Raw:
    """Text as found (not cleaned yet) and facts by name: title, source, url, published, updated, or anything else."""

    text: str
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
