"""OpenAI's API as far as a chat needs it: chat completions, responses, models. Knows routes; the rest is in openai_*.py."""

from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict

from web.event_schema import having, nameless_stream_of, stream_of
from web.gate import Gate
from web.openai_chat import ChatChunks, completion
from web.openai_requests import ChatRequest, ResponseRequest, asked_for_response, asked_in_chat, check_model
from web.openai_responses import EVENTS, ResponseEvents, response
from web.openai_sources import MODEL
from web.problems import JSON, request_id
from web.stream import answered, event_stream

_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": "footnote"}
_STREAMED = "An answer; with `stream`, the same as OpenAI's events."
_CHUNKS = nameless_stream_of({"type": "object"}, "[DONE]", _STREAMED)
_EVENTS = stream_of({name: having(type={"const": name}, sequence_number={"type": "integer"}) for name in EVENTS}, _STREAMED)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow")


class ModelOut(_Shape):
    """The one model: this library and what answers from it."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(_Shape):
    """All models."""

    object: Literal["list"]
    data: list[ModelOut]


class CompletionOut(_Shape):
    """An answer as a chat completion; `footnote` has what OpenAI's shape has no place for."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, int] | None
    footnote: dict[str, Any]


class ResponseOut(_Shape):
    """An answer as a response; `footnote` has what OpenAI's shape has no place for."""

    id: str
    object: Literal["response"]
    created_at: int
    model: str
    status: Literal["completed"]
    output: list[dict[str, Any]]
    usage: dict[str, Any] | None
    footnote: dict[str, Any]


class OpenAIErrorBody(BaseModel):
    """What was wrong and what to do, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAIErrorOut(BaseModel):
    """Every error of these routes has this shape."""

    error: OpenAIErrorBody


def add_openai(api: FastAPI, gate: Gate) -> None:
    """Add the routes."""
    _add_models(api)

    @api.post("/v1/chat/completions", response_model=CompletionOut, **_described(_CHUNKS))
    async def chat_completions(request: Request, asking: ChatRequest) -> Response:
        """Answer the last message of the user."""
        asked = asked_in_chat(asking)
        answerer, base = gate.services().answerer, str(request.base_url)
        events = answerer.stream(asked.question, asked.history, asking.within)
        if asking.stream:
            with_usage = bool(asking.stream_options and asking.stream_options.include_usage)
            return event_stream(gate.workers, events, request, ChatChunks(base, with_usage))
        return JSON(completion(await answered(gate.workers, events, request_id(request)), base))

    @api.post("/v1/responses", response_model=ResponseOut, **_described(_EVENTS))
    async def responses(request: Request, asking: ResponseRequest) -> Response:
        """Answer the last message of the user."""
        asked = asked_for_response(asking)
        answerer, base = gate.services().answerer, str(request.base_url)
        events = answerer.stream(asked.question, asked.history, asking.within)
        if asking.stream:
            return event_stream(gate.workers, events, request, ResponseEvents(base))
        return JSON(response(await answered(gate.workers, events, request_id(request)), base))


def _add_models(api: FastAPI) -> None:
    @api.get("/v1/models", response_model=ModelsOut, **_described())
    async def models() -> Response:
        """List the one model."""
        return JSON({"object": "list", "data": [_MODEL]})

    @api.get("/v1/models/{model}", response_model=ModelOut, **_described())
    async def model(model: str) -> Response:
        """Describe the one model."""
        check_model(model)
        return JSON(_MODEL)


def _described(streamed: dict[str, Any] | None = None) -> dict[str, Any]:
    statuses = (400, 401, 403, 404, 408, 413, 415, 429, 503, 504) if streamed else (401, 404, 429)
    responses: dict[int, dict[str, Any]] = {status: {"model": OpenAIErrorOut} for status in statuses}
    responses[422] = {"model": OpenAIErrorOut, "description": "Not used: what is not valid is 400 here."}
    if streamed:
        responses[200] = streamed
    return {"tags": ["openai"], "responses": responses}
