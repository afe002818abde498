"""What OpenAI's clients send, read as a question and the conversation before it. Knows no routes and no answers.

The last message of the user is the question. System and developer messages, `temperature` and the like change nothing:
an answer rests on the articles alone. What would change the shape of an answer is refused, by name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from rag.types import Turn
from web.dates import Dated
from web.limits import TEXT_PATTERN, checked_history, checked_question
from web.models import Question
from web.openai_sources import MODEL, without_source_list
from web.problems import Problem

_TEXTS = frozenset({"text", "input_text", "output_text"})
_ANSWERING = "Leave it out: Footnote answers in text from its articles, once per request, and calls nothing."


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="allow")


# What is refused by name is taken by these shapes, but is not in their description: hence the narrower `json_schema_extra`.
def _one_of(*values: str) -> Any:
    return Field(json_schema_extra={"enum": list(values)})


_Text = Annotated[str, Field(json_schema_extra={"pattern": TEXT_PATTERN})]
_FROM_USER = {"minItems": 1, "contains": {"required": ["role"], "properties": {"role": {"const": "user"}}}}


class Part(_Lenient):
    """A part of a message; only text is taken."""

    type: Annotated[str, _one_of(*sorted(_TEXTS), "refusal")]
    text: _Text | None = None


class ChatMessage(_Lenient):
    """One message of the conversation."""

    role: Annotated[
        Literal["system", "developer", "user", "assistant", "tool", "function"],
        _one_of("system", "developer", "user", "assistant"),
    ]
    content: _Text | list[Part] | None = None


class ResponseItem(_Lenient):
    """One item of the conversation; only messages are taken."""

    type: Annotated[str, _one_of("message")] = "message"
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: _Text | list[Part] | None = None


class StreamOptions(_Lenient):
    """What a stream should hold besides the answer."""

    include_usage: StrictBool | None = None


class ChatRequest(_Lenient, Dated):
    """What `POST /v1/chat/completions` takes; further fields of OpenAI's are taken too, and change nothing.

    `as_of`, `since` and `until` are not OpenAI's: its clients send them with `extra_body`.
    """

    model: str
    messages: Annotated[list[ChatMessage], Field(json_schema_extra=_FROM_USER)]
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None


class ResponseRequest(_Lenient, Dated):
    """What `POST /v1/responses` takes; further fields of OpenAI's are taken too, and change nothing.

    `as_of`, `since` and `until` are not OpenAI's: its clients send them with `extra_body`.
    """

    model: str
    input: Question | Annotated[list[ResponseItem], Field(json_schema_extra=_FROM_USER)]
    stream: StrictBool | None = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the turns before it."""

    question: str
    history: list[Turn]


def asked_in_chat(request: ChatRequest) -> Asked:
    """Return what is asked. Raises Problem for another model, and for what cannot be answered."""
    check_model(request.model)
    extra = request.model_extra or {}
    _refuse(extra, "tools", "functions", "audio", "logprobs", "top_logprobs", "stop", "web_search_options", "store")
    _refuse_unless(extra, "n", 1)
    _refuse_unless(extra, "function_call", "none")
    _refuse_unless(extra, "modalities", ["text"])
    _refuse_unless(extra, "response_format", {"type": "text"})
    return _asked((message.role, message.content) for message in request.messages)


def asked_for_response(request: ResponseRequest) -> Asked:
    """Return what is asked. Raises Problem for another model, and for what cannot be answered."""
    check_model(request.model)
    extra = request.model_extra or {}
    _refuse(extra, "tools", "background", "previous_response_id", "conversation", "prompt", "store", "top_logprobs")
    if isinstance(text := extra.get("text"), dict):
        _refuse_unless({"text.format": text.get("format")}, "text.format", {"type": "text"})
    if isinstance(request.input, str):
        return _asked([("user", request.input)])
    return _asked((_role(item), item.content) for item in request.input)


def check_model(name: str) -> None:
    """Raise Problem unless this is the one model there is."""
    if name != MODEL:
        raise Problem(404, "model_not_found", f"There is no model {name[:64]!r} here.", f"Use {MODEL!r}.", param="model")


def _asked(messages: Iterable[tuple[str, str | list[Part] | None]]) -> Asked:
    said = [(role, text) for role, content in messages if (text := _said(role, content)) is not None]
    last = max((place for place, (role, _) in enumerate(said) if role == "user"), default=None)
    if last is None:
        raise Problem(400, "no_question", "There is no message of the user.", "Send the question as the last one.")
    before = checked_history(
        Turn("user" if role == "user" else "assistant", text) for role, text in said[:last] if text.strip()
    )
    return Asked(
        checked_question(said[last][1]),
        [turn if turn.role == "user" else replace(turn, content=without_source_list(turn.content)) for turn in before],
    )


def _said(role: str, content: str | list[Part] | None) -> str | None:
    if role in {"system", "developer"}:
        return None
    if role not in {"user", "assistant"}:
        raise _unsupported(f"messages of role {role!r}", "messages")
    if isinstance(content, list):
        return "\n".join(_text(part) for part in content)
    return content or ""


def _text(part: Part) -> str:
    if part.type == "refusal":
        return ""
    if part.type not in _TEXTS:
        raise _unsupported(f"content of type {part.type[:64]!r}", "messages")
    return part.text or ""


def _role(item: ResponseItem) -> str:
    if item.type != "message" or item.role is None:
        raise _unsupported(f"input of type {item.type[:64]!r}", "input")
    return item.role


def _refuse(given: dict[str, Any], *names: str) -> None:
    for name in names:
        if given.get(name):
            raise _unsupported(f"{name!r}", name)


def _refuse_unless(given: dict[str, Any], name: str, only: object) -> None:
    value = given.get(name)
    if isinstance(value, bool) or value not in (None, only):  # true would pass for 1
        raise _unsupported(f"{name!r} other than {only!r}", name)


def _unsupported(what: str, param: str) -> Problem:
    return Problem(400, "unsupported", f"Footnote does not take {what}.", _ANSWERING, param=param)
