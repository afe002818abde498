"""How alike two texts are, told without the texts: MinHash signatures over runs of words. Pure: no store.

Numbers were chosen by `benchmarks/copies.py`; benchmarks/LOG.md, 2026-11-21. Changing one needs a new format of the library.
"""

import hashlib
import re
from collections.abc import Iterator

import numpy as np

SHINGLE_WORDS = 3
VALUES = 128
BANDS = 32  # of 4 values: two texts that are half alike share one with a probability of 0.87, three quarters alike 0.99999
LEAST_ALIKE = 0.5
_WORD = re.compile(r"\w+")
_SHINGLES_AT_ONCE = 4096  # bounds the memory that a very long text takes

Signature = np.ndarray
"""Shape (VALUES,), uint32: the share of equal values of two of them estimates the Jaccard similarity of their shingles."""


def signature(text: str) -> Signature:
    """Return the text's MinHash (Broder 1997): the same text the same signature, in every process and version."""
    from datasketch import MinHash  # takes a second with what it imports itself

    sketch = MinHash(num_perm=VALUES, seed=1, scheme="affine32")
    waiting: list[bytes] = []
    for shingle in _shingles(text):
        waiting.append(shingle)
        if len(waiting) == _SHINGLES_AT_ONCE:
            sketch.update_batch(waiting)
            waiting = []
    if waiting:
        sketch.update_batch(waiting)
    return np.asarray(sketch.hashvalues, dtype=np.uint32)


def _shingles(text: str) -> Iterator[bytes]:
    words = [match.group().casefold() for match in _WORD.finditer(text)]
    for start in range(max(1, len(words) - SHINGLE_WORDS + 1)):
        yield " ".join(words[start : start + SHINGLE_WORDS]).encode()


def buckets(one: Signature) -> list[int]:
    """Return a number for each band of the signature: texts that are alike share at least one (locality-sensitive hashing)."""
    bands = one.astype("<u4").reshape(BANDS, VALUES // BANDS)
    digests = (hashlib.blake2b(bytes([place]) + band.tobytes(), digest_size=8).digest() for place, band in enumerate(bands))
    return [int.from_bytes(digest, "big", signed=True) for digest in digests]


def alike(one: Signature, others: np.ndarray) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Say of which of the others (n, VALUES) this is a near copy: shape (n,)."""
    equal = others == one
    share_a_bucket = equal.reshape(len(others), BANDS, VALUES // BANDS).all(axis=2).any(axis=1)
    verdict: np.ndarray[tuple[int], np.dtype[np.bool_]] = share_a_bucket & (equal.mean(axis=1) >= LEAST_ALIKE)
    return verdict
