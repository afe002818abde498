"""A configured chat model behind hard limits: one call a question, its tokens, its time, its day. Knows no articles.

Raises ModelFailed, which says by `why` what happened: slow, down, busy, spent, cut_off.
"""

import contextlib
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Event, Thread
from typing import Protocol

from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage

from rag.allowance import Allowance, Spent
from rag.provider import CUT, Why, ending, failures, meaning, open_chat

MOST_ANSWER_TOKENS = 700
WINDOW_TOKENS = 4096  # of a model that does not say how much it reads; every current one reads at least this much
PULSE_SECONDS = 0.5  # the longest that whoever waits for words hears nothing, so that it can give up in between
_AT_ONCE = 16  # calls under way, those that were given up and still hang included


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model may use: time for an answer, calls and tokens (read and written) in a day (UTC)."""

    seconds: float = 30.0
    calls: int = 1000
    tokens: int = 3_000_000


class ModelFailed(Exception):
    """The model gave no answer that can be used; `why` is one of `Why`."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class Chat(Protocol):
    """What is needed of LangChain's `BaseChatModel`."""

    def stream(self, input: list[BaseMessage]) -> Iterator[AIMessageChunk]: ...


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a call ended: regularly, or with the error that broke it off; None inside for an error that nobody foresaw."""

    error: Exception | None = None
    foreseen: bool = False


class LanguageModel:
    """Streams the text of one answer at a time, inside its limits. Safe to use from several threads."""

    def __init__(self, chat: Chat, allowance: Allowance, seconds: float = 30.0, window: int = WINDOW_TOKENS) -> None:
        self.window = window
        self._chat, self._allowance, self._seconds = chat, allowance, seconds
        self._free = BoundedSemaphore(_AT_ONCE)

    @classmethod
    def configured(cls, name: str, limits: Limits, account: Path | None = None) -> "LanguageModel":
        """Return the model that "provider:model" names; the file `account` keeps what a day has used.

        Raises LanguageModelError.
        """
        chat = open_chat(name, limits.seconds, MOST_ANSWER_TOKENS, WINDOW_TOKENS)
        said = getattr(chat, "profile", None) or {}
        window = int(said.get("max_input_tokens") or WINDOW_TOKENS)
        return cls(chat, Allowance(limits.calls, limits.tokens, account), limits.seconds, window)

    def say(self, rules: str, question: str) -> Generator[str]:
        """Yield the model's words as they come, "" while none come. Raises ModelFailed, at the latest when the time is over."""
        deadline = time.monotonic() + self._seconds
        asked = tokens(rules) + tokens(question)
        booked = asked + MOST_ANSWER_TOKENS
        if not self._free.acquire(blocking=False):
            raise ModelFailed("busy")
        try:
            day = self._allowance.book(booked)
        except Spent as error:
            self._free.release()
            raise ModelFailed("spent") from error
        call = _Call(self._chat, [SystemMessage(rules), HumanMessage(question)], self._free)
        call.start()
        written = 0
        try:
            for piece in call.pieces(deadline):
                written += tokens(piece)
                if written > MOST_ANSWER_TOKENS:
                    raise ModelFailed("cut_off")
                yield piece
        finally:
            call.stop()
            with contextlib.suppress(Spent):  # the most it can have cost stays booked
                self._allowance.settle(day, booked, max(call.used, asked + written))


class _Call(Thread):
    """One call of the model in a thread of its own, because a provider's client may wait longer than anyone wants to."""

    def __init__(self, chat: Chat, messages: list[BaseMessage], slot: BoundedSemaphore) -> None:
        super().__init__(name="language-model", daemon=True)  # a model that hangs must not keep the process from ending
        self._chat, self._messages, self._slot = chat, messages, slot
        self._arrived: SimpleQueue[str | _Ended] = SimpleQueue()
        self._unwanted = Event()
        self.used = 0

    def run(self) -> None:
        ended = _Ended()
        try:
            self._read()
            ended = _Ended(foreseen=True)
        except failures() as error:
            ended = _Ended(error, foreseen=True)
        finally:  # an error that is not among these reaches the log with its traceback, and the caller all the same
            self._arrived.put(ended)
            self._slot.release()

    def _read(self) -> None:
        finish, says_how_it_ends = "", False
        stream = self._chat.stream(self._messages)
        for chunk in stream:
            if self._unwanted.is_set():
                break
            self.used = max(self.used, chunk.usage_metadata["total_tokens"] if chunk.usage_metadata else 0)
            says_how_it_ends |= bool(chunk.response_metadata)
            finish = ending(chunk.response_metadata) or finish
            if piece := chunk.text:
                self._arrived.put(piece)
        if isinstance(stream, Iterator) and hasattr(stream, "close"):
            stream.close()
        if finish in CUT or (says_how_it_ends and not finish):
            raise EOFError(f"the model's answer ends with {finish or 'nothing'}")

    def pieces(self, deadline: float) -> Iterator[str]:
        """Yield what arrives until it ends, "" when nothing has for a while. Raises ModelFailed."""
        while True:
            arrived: str | _Ended = ""
            with contextlib.suppress(Empty):
                arrived = self._arrived.get(timeout=max(0.0, min(PULSE_SECONDS, deadline - time.monotonic())))
            if isinstance(arrived, _Ended):
                if arrived.error or not arrived.foreseen:
                    raise ModelFailed(meaning(arrived.error)) from arrived.error
                return
            if time.monotonic() > deadline:
                raise ModelFailed("slow")
            yield arrived

    def stop(self) -> None:
        """Let the thread end at the next thing that it reads."""
        self._unwanted.set()


def tokens(text: str) -> int:
    """Return about how many tokens a text is, rather too many: no tokenizer of every model is at hand without a download."""
    plain = sum(character.isascii() for character in text)
    return (plain + 2) // 3 + (len(text.encode("utf-8", "replace")) - plain + 1) // 2
