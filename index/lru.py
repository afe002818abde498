"""What was used last is kept within bounds, and what was used longest ago gives way. Knows nothing of what it keeps."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Lru(Generic[Key, Value]):
    """At most `most` values by key; where `most_size` is given, of keys whose `size` together is no more.

    Safe to use from several threads, which all get the same object: nobody may change it.
    """

    def __init__(self, most: int, most_size: int = 0, size: Callable[[Key], int] = lambda _: 0) -> None:
        self._most, self._most_size, self._size = most, most_size, size
        self._lock = threading.Lock()
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._total = 0

    def get(self, key: Key) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, unless there is one by this key or the key alone is too large."""
        with self._lock:
            if key not in self._values and self._size(key) <= self._most_size:
                self._values[key] = value
                self._total += self._size(key)
            while len(self._values) > self._most or self._total > self._most_size:
                self._total -= self._size(self._values.popitem(last=False)[0])


def remembered(work: Callable[[str], Value], most_texts: int, most_chars: int) -> Callable[[str], Value]:
    """Return a function of a text that keeps its results: of at most so many texts, of at most so many characters together."""
    kept: Lru[str, Value] = Lru(most_texts, most_chars, len)

    def known(text: str) -> Value:
        value = kept.get(text)
        if value is None:
            value = work(text)
            kept.put(text, value)
        return value

    return known
