"""An Answer as a chat completion, whole or in chunks. Only renames."""

import time
import uuid
from dataclasses import dataclass, field

from rag.types import Answer, Citation, Delta, Event
from web.openai_sources import MODEL, Object, annotation, rest, source_list, usage
from web.problems import Problem
from web.stream import data_line

_NO_TOKENS: Object = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def completion(answer: Answer, base: str) -> Object:
    """Return the answer as a `chat.completion`; `base` is where this server is reached."""
    annotations = [_annotation(citation, base) for citation in answer.citations]
    content = answer.text + source_list(answer.citations, base)
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_head("chat.completion"), "choices": [choice], "usage": usage(answer, _NO_TOKENS), "footnote": rest(answer)}


@dataclass(slots=True)
class ChatChunks:
    """Writes the events of one answer as chunks of a chat completion."""

    base: str
    with_usage: bool = False
    _common: Object = field(default_factory=lambda: _head("chat.completion.chunk"))
    _begun: bool = False

    def __call__(self, event: Event | Problem) -> str:
        match event:
            case Problem():
                return data_line(event.as_openai())
            case Delta(text=text):
                return self._delta({"content": text})
            case Citation():
                return self._delta({"annotations": [_annotation(event, self.base)]})
            case Answer():
                return self._end(event)
        return self._delta({"content": ""})

    def _end(self, answer: Answer) -> str:
        sources = source_list(answer.citations, self.base)
        used = usage(answer, _NO_TOKENS)
        return "".join(
            (
                self._delta({"content": sources}) if sources else "",
                self._chunk({"choices": [_choice({}, "stop")], "footnote": rest(answer)}),
                self._chunk({"choices": [], "usage": used}) if self.with_usage and used else "",
                "data: [DONE]\n\n",
            )
        )

    def _delta(self, delta: Object) -> str:
        delta = delta if self._begun else {"role": "assistant", **delta}
        self._begun = True
        return self._chunk({"choices": [_choice(delta, None)]})

    def _chunk(self, content: Object) -> str:
        return data_line({**self._common, **content})


def _annotation(citation: Citation, base: str) -> Object:
    return {"type": "url_citation", "url_citation": annotation(citation, base)}


def _head(kind: str) -> Object:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _choice(delta: Object, finish_reason: str | None) -> Object:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
