"""REST under /v1, health and readiness, and their description. Knows shapes and statuses, not how answers are made."""

from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from starlette.types import Lifespan

from index.snapshot import Within
from rag.types import Turn
from web import models
from web.articles import add_articles
from web.dates import AsOf, Since, Until
from web.docs import Described, add_docs
from web.event_schema import having, ref, stream_of
from web.gate import Gate
from web.limits import IN_DIGITS, MOST_HITS, checked_history, checked_question
from web.problems import JSON, add_error_handlers, request_id
from web.reading import ONLY_KNOWN, ReadingRoute
from web.stream import answered, event_stream


def create_api(gate: Gate, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Return the application with every REST route; its services come through the gate when they are there."""
    api = Described(
        title="Footnote",
        summary="Answers questions from a library of articles and shows the exact words each sentence rests on.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        default_response_class=JSON,
        generate_unique_id_function=lambda route: route.name,  # what a generated client calls its methods
    )
    api.router.route_class = ReadingRoute
    add_error_handlers(api)
    _add_health(api, gate)
    _add_ask(api, gate)
    _add_search(api, gate)
    add_articles(api, gate)
    add_docs(api)
    return api


def _add_health(api: FastAPI, gate: Gate) -> None:
    @api.get("/healthz", tags=["health"], response_model=models.Alive)
    async def healthz() -> Response:
        """Say that the process is up."""
        return JSON({"status": "ok"})

    @api.get("/readyz", tags=["health"], response_model=models.Ready, responses=models.errors(503))
    def readyz() -> Response:
        """Say whether the library and the models are loaded, and if not, what is being waited for."""
        return JSON({"status": "ready", "library": models.LibraryOut.of(gate.services().library.state()).model_dump()})


def _add_ask(api: FastAPI, gate: Gate) -> None:
    events = {
        "searched": having(searched_for={"type": "string"}),
        "delta": having(text={"type": "string"}),
        "citation": ref(models.CitationOut),
        "done": ref(models.AnswerOut),
        "error": ref(models.ErrorOut),
    }
    responses: dict[int | str, dict[str, Any]] = {200: stream_of(events, "An answer; with `stream`, its events as they come.")}

    @api.post(
        "/v1/ask",
        tags=["ask"],
        response_model=models.AnswerOut,
        responses=responses | models.errors(400, 401, 403, 408, 413, 415, 422, 429, 503, 504),
        dependencies=[ONLY_KNOWN],
    )
    async def ask(request: Request, asked: models.AskRequest) -> Response:
        """Answer a question, with the exact words of the articles that the answer rests on."""
        question = checked_question(asked.question)
        history = checked_history(Turn(turn.role, turn.content) for turn in asked.history)
        answerer = gate.services().answerer
        events = answerer.stream(question, history, asked.within, asked.k)
        if asked.stream:
            return event_stream(gate.workers, events, request)
        return JSON((await answered(gate.workers, events, request_id(request))).as_dict())


def _add_search(api: FastAPI, gate: Gate) -> None:
    @api.get(
        "/v1/search",
        tags=["library"],
        response_model=models.SearchOut,
        responses=models.errors(401, 413, 422, 429, 503, 504),
        dependencies=[ONLY_KNOWN],
    )
    async def search(
        q: models.Question,
        k: Annotated[int, Query(ge=1, le=MOST_HITS), IN_DIGITS] = 8,
        as_of: AsOf = None,
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Find passages, with every score."""
        query = checked_question(q)
        searcher = gate.services().searcher
        within = Within(since, until, as_of=as_of)
        hits = await gate.workers.run(lambda: searcher.search(query, k, within))
        return JSON({"query": query, "hits": [models.HitOut.of(hit).model_dump() for hit in hits]})
