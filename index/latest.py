"""What was worked out of the texts that were looked at last, for those who ask again. Knows nothing of the work."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """A function of a text that remembers its results: of at most `most_texts` texts, which have at most `most_chars`
    characters together. The text that was asked for longest ago gives way.

    Safe to use from several threads, which all get the same object: nobody may change it.
    """

    def __init__(self, work: Callable[[str], Value], most_texts: int, most_chars: int) -> None:
        self._work, self._most_texts, self._most_chars = work, most_texts, most_chars
        self._lock = threading.Lock()
        self._results: OrderedDict[str, Value] = OrderedDict()
        self._chars = 0

    def __call__(self, text: str) -> Value:
        with self._lock:
            if text in self._results:
                self._results.move_to_end(text)
                return self._results[text]
        result = self._work(text)
        with self._lock:
            if text not in self._results and len(text) <= self._most_chars:
                self._results[text] = result
                self._chars += len(text)
            while len(self._results) > self._most_texts or self._chars > self._most_chars:
                self._chars -= len(self._results.popitem(last=False)[0])
        return result
