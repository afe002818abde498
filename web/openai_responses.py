"""An Answer as a response of OpenAI's newer API, whole or as its events. Only renames."""

import time
import uuid
from dataclasses import dataclass, field

from rag.types import Answer, Citation, Delta, Event
from web.openai_sources import MODEL, Object, annotation, rest, source_list, usage
from web.problems import Problem
from web.stream import named_event

_NO_TOKENS: Object = {
    "input_tokens": 0,
    "output_tokens": 0,
    "total_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
EVENTS = (
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.annotation.added",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
    "error",
)
_CONSTANT: Object = {
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "metadata": {},
    "model": MODEL,
    "parallel_tool_calls": False,
    "tool_choice": "none",
    "tools": [],
    "store": False,
    "text": {"format": {"type": "text"}},
}


def response(answer: Answer, base: str) -> Object:
    """Return the answer as a `response`."""
    writer = ResponseEvents(base)
    return writer.completed(answer)


@dataclass(slots=True)
class ResponseEvents:
    """Writes the events of one answer as the events of a response."""

    base: str
    _id: str = field(default_factory=lambda: uuid.uuid4().hex)
    _created: int = field(default_factory=lambda: int(time.time()))
    _text: str = ""
    _number: int = 0
    _annotations: list[Object] = field(default_factory=list)

    def __call__(self, event: Event | Problem) -> str:
        match event:
            case Problem():
                return self._failed(event)
            case Delta(text=text):
                return self._said(text)
            case Citation():
                cited = _annotation(event, self.base)
                self._annotations.append(cited)
                place = {**self._place(), "annotation_index": len(self._annotations) - 1}
                return self._event("response.output_text.annotation.added", {**place, "annotation": cited})
            case Answer():
                return self._end(event)
        return self._begin()

    def completed(self, answer: Answer) -> Object:
        """Return the whole response."""
        self._text = answer.text + source_list(answer.citations, self.base)
        self._annotations = [_annotation(citation, self.base) for citation in answer.citations]
        return self._response("completed", [self._item("completed")]) | {
            "usage": usage(answer, _NO_TOKENS),
            "footnote": rest(answer),
        }

    def _begin(self) -> str:
        return "".join(
            (
                self._event("response.created", {"response": self._response("in_progress", [])}),
                self._event("response.in_progress", {"response": self._response("in_progress", [])}),
                self._event(
                    "response.output_item.added", {"output_index": 0, "item": self._item("in_progress") | {"content": []}}
                ),
                self._event("response.content_part.added", {**self._place(), "part": self._part()}),
            )
        )

    def _said(self, text: str) -> str:
        self._text += text
        return self._event("response.output_text.delta", {**self._place(), "delta": text, "logprobs": []})

    def _end(self, answer: Answer) -> str:
        sources = source_list(answer.citations, self.base)
        return "".join(
            (
                self._said(sources) if sources else "",
                self._event("response.output_text.done", {**self._place(), "text": self._text, "logprobs": []}),
                self._event("response.content_part.done", {**self._place(), "part": self._part()}),
                self._event("response.output_item.done", {"output_index": 0, "item": self._item("completed")}),
                self._event("response.completed", {"response": self.completed(answer)}),
            )
        )

    def _failed(self, problem: Problem) -> str:
        error = problem.as_openai()["error"]
        return self._event("error", {"code": error["code"], "message": error["message"], "param": error["param"]})

    def _event(self, name: str, data: Object) -> str:
        self._number += 1
        return named_event(name, {"type": name, "sequence_number": self._number - 1, **data})

    def _place(self) -> Object:
        return {"item_id": f"msg_{self._id}", "output_index": 0, "content_index": 0}

    def _part(self) -> Object:
        return {"type": "output_text", "text": self._text, "annotations": list(self._annotations), "logprobs": []}

    def _item(self, status: str) -> Object:
        return {"id": f"msg_{self._id}", "type": "message", "status": status, "role": "assistant", "content": [self._part()]}

    def _response(self, status: str, output: list[Object]) -> Object:
        return {
            "id": f"resp_{self._id}",
            "object": "response",
            "created_at": self._created,
            "status": status,
            "output": output,
            **_CONSTANT,
        }


def _annotation(citation: Citation, base: str) -> Object:
    return {"type": "url_citation", **annotation(citation, base)}
