"""What every stored thing is checked by: SHA-256 over its values. Pure."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from index.rows import Version


def checksum(values: Sequence[object], blobs: Iterable[bytes] = ()) -> str:
    """Return the SHA-256 of JSON values and blobs, in this order."""
    digest = hashlib.sha256(json.dumps(values, ensure_ascii=True, separators=(",", ":"), default=repr).encode())
    for blob in blobs:
        digest.update(blob)
    return digest.hexdigest()


def article_checksum(columns: Sequence[object], versions: Iterable[Version]) -> str:
    """Checksum of an article's row and of the versions it replaced (texts through their content hashes)."""
    return checksum([list(columns), sorted([one.content_hash, one.replaced_at, one.text is not None] for one in versions)])


def passages_checksum(passages: Iterable[tuple[int, int, int, bytes]]) -> str:
    """Checksum of an article's passages `(number, start, end, vector)`."""
    rows = list(passages)
    return checksum([[number, start, end] for number, start, end, _ in rows], (vector for *_, vector in rows))


def story_checksum(article: int, signature: bytes, story: int) -> str:
    """Checksum of what an article's near copies are recognised by."""
    return checksum([article, story], [signature])
