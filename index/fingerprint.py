"""What a library was built with, in one line: the embedding model and the passage rules. Pure.

The format of the tables is no part of it: an older library is brought up to date (`index/upgrade.py`).
"""

import hashlib

from index.embedder import PassageEmbedder
from index.errors import FingerprintMismatch
from index.passages import MAX_WORDS, RULES


def fingerprint(embedder: PassageEmbedder) -> str:
    """Return the line; two libraries with the same one can be compared and searched in the same way. Loads no model."""
    return f"model={embedder.name} dimension={embedder.dimension} passages={RULES}/{MAX_WORDS}"


def comparable(line: str) -> str:
    """Return a stored line as it is written today: up to format 3 it named the format of the tables."""
    return line.split(" format=")[0]


def refuse_other_fingerprint(found: str, wanted: str | None) -> None:
    """Raise FingerprintMismatch, with both values, when a library was built with something else than is wanted."""
    if wanted is not None and comparable(found) != wanted:
        raise FingerprintMismatch(
            f"the library was built with {found}, and this is {wanted}",
            "build it again with the new settings: python -m index rebuild; or go back to the old ones",
        )


def short(line: str) -> str:
    """Return twelve hexadecimal digits that stand for a fingerprint."""
    return hashlib.sha256(line.encode()).hexdigest()[:12]
