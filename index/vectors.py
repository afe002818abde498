"""FAISS as a cache of the vectors in the library: load, verify, catch up, rebuild, search. Knows no articles.

The file `vectors.faiss` is a line of JSON (which library, how many rows, SHA-256) followed by what FAISS serialises, put in
place in one step. FAISS itself would load a zeroed page without a word, and `write_index` can lose the end of a file on a
full disk: so neither its reader nor its writer ever sees the file's bytes unchecked. A file that does not fit is set aside
and the index rebuilt from the library, without embedding anything.
"""

import hashlib
import json
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.durable import alone_in, replace, set_aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    import faiss

FILE = "vectors.faiss"
_ROWS_AT_ONCE = 4096
_SAVE_WHEN_CHANGED = 0.05  # of the rows: catching up with fewer is quicker than writing the file again
_log = logging.getLogger(__name__)


class Source(Protocol):
    """One state of the library, as far as vectors go. In one `library` a number means the same vector for ever."""

    library: str
    generation: int

    def numbers(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]": ...
    def vectors(self, numbers: "Sequence[int]") -> np.ndarray: ...


class Vectors:
    """An exact inner-product index of the library's vectors.

    Hold `lock` from before the state is taken until `nearest` is done, so that the index never goes back to an older state.
    """

    def __init__(self, folder: Path, dimension: int, *, read_only: bool = False) -> None:
        self.lock = threading.RLock()
        self._path = folder / FILE
        self._dimension = dimension
        self._read_only = read_only  # then a file that does not fit is left where it is
        self._index: faiss.IndexIDMap2 | None = None
        self._state: tuple[str, int] | None = None  # library and generation that the index is of
        self._saved_rows: set[int] = set()

    def nearest(self, source: Source, query: np.ndarray, limit: int, among: np.ndarray | None = None) -> list[int]:
        """Return the numbers of the passages whose vectors are nearest to the query (dimension,), nearest first.

        `among` (n,) restricts them to these numbers. Fewer than `limit` come back when there are fewer.
        """
        import faiss

        options: Any = faiss.SearchParameters  # FAISS's own type hints leave its arguments out
        with self.lock:
            index = self._caught_up(source)
            limit = min(limit, index.ntotal if among is None else len(among))
            if limit <= 0:
                return []
            selected = None if among is None else options(sel=faiss.IDSelectorBatch(among))
            _, found = index.search(query.reshape(1, -1).astype(np.float32), limit, params=selected)
        return [int(number) for number in found[0] if number >= 0]

    def save(self, source: Source) -> bool:
        """Write the file if enough has changed since it was written. Failing to is no harm: the library has it all."""
        if self._read_only:
            return False
        with self.lock:
            index = self._caught_up(source)
            present = set(_numbers(index).tolist())
            if len(present ^ self._saved_rows) <= _SAVE_WHEN_CHANGED * len(present) and (present or not self._saved_rows):
                return False
            try:
                with alone_in(self._path.parent):  # two that write at once would write into each other's file
                    replace(self._path, _packed(index, source.library))
            except BlockingIOError:  # whoever writes does it for all
                return False
            except OSError as error:
                _log.warning("the vector cache was not saved: %s", error.strerror)
                return False
            self._saved_rows = present
            return True

    def _caught_up(self, source: Source) -> Any:
        """Bring the index to the state of the source: rows that are gone out, rows that are new in."""
        state = (source.library, source.generation)
        if self._state and self._state[0] != source.library:  # another one was put in its place
            self._index = self._state = None
        index: Any = self._index if self._index is not None else self._load(source)
        if self._state != state:
            wanted, present = source.numbers(), _numbers(index)
            gone = np.setdiff1d(present, wanted, assume_unique=True)
            if len(gone):
                index.remove_ids(gone)
            new = np.setdiff1d(wanted, present, assume_unique=True)
            for first in range(0, len(new), _ROWS_AT_ONCE):
                some = new[first : first + _ROWS_AT_ONCE]
                index.add_with_ids(source.vectors(some.tolist()), some)
            self._index, self._state = index, state
        return index

    def _load(self, source: Source) -> Any:
        """Return the index in the file, or an empty one when there is none that can be believed."""
        import faiss

        self._saved_rows = set()
        try:
            index = _unpacked(self._path.read_bytes(), source.library, self._dimension)
            self._saved_rows = set(_numbers(index).tolist())
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("%s does not fit (%s); the index is made again from the library", FILE, error)
            if not self._read_only:
                self._set_aside()
        else:
            return index
        return faiss.IndexIDMap2(faiss.IndexFlatIP(self._dimension))

    def _set_aside(self) -> None:
        try:
            set_aside(self._path)
        except OSError as error:
            _log.warning("%s could not be set aside: %s", FILE, error.strerror)


def _numbers(index: Any) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    import faiss

    numbers: np.ndarray[tuple[int], np.dtype[np.int64]] = faiss.vector_to_array(index.id_map)
    return numbers


def _packed(index: Any, library: str) -> bytes:
    import faiss

    payload = faiss.serialize_index(index).tobytes()
    header = {"library": library, "dimension": index.d, "rows": index.ntotal, "sha256": hashlib.sha256(payload).hexdigest()}
    return json.dumps(header).encode() + b"\n" + payload


def _unpacked(content: bytes, library: str, dimension: int) -> Any:
    """Return the index in the file's bytes; ValueError when they are not what was written for this library."""
    import faiss

    line, _, payload = content.partition(b"\n")
    header = json.loads(line)
    if header["library"] != library or header["dimension"] != dimension:
        raise ValueError("it was made for another library or another model")
    if hashlib.sha256(payload).hexdigest() != header["sha256"]:
        raise ValueError("its bytes have changed")
    index: Any = faiss.deserialize_index(np.frombuffer(payload, dtype=np.uint8))
    if index.ntotal != header["rows"]:
        raise ValueError("its size has changed")
    return index
