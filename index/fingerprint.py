"""What a library was built with, in one line: the embedding model, the passage rules, the format. Pure."""

import hashlib

from index.database import FORMAT
from index.embedder import PassageEmbedder
from index.passages import MAX_WORDS, RULES


def fingerprint(embedder: PassageEmbedder) -> str:
    """Return the line; two libraries with the same one can be compared and searched in the same way. Loads no model."""
    return f"model={embedder.name} dimension={embedder.dimension} passages={RULES}/{MAX_WORDS} format={FORMAT}"


def short(line: str) -> str:
    """Return twelve hexadecimal digits that stand for a fingerprint."""
    return hashlib.sha256(line.encode()).hexdigest()[:12]
