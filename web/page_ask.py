"""The page's one public endpoint, `ask`, for `gradio_client`: the answer as POST /v1/ask gives it."""

from typing import Any

import gradio as gr
from gradio.events import api
from pydantic import ValidationError

from rag.types import Turn
from web.faults import fault
from web.gate import Gate
from web.limits import checked_history, checked_question
from web.models import AskRequest
from web.problems import Problem
from web.stream import answered

ASKING = "asking"  # the events that are work for the workers


def add_ask(gate: Gate) -> None:
    """Add the endpoint to the page that is being built."""

    async def ask(
        question: str,
        history: list[dict[str, str]] | None = None,
        as_of: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> dict[str, Any]:
        """Answer a question, with the exact words of the articles that the answer rests on."""
        try:
            dates = {"as_of": as_of, "since": since, "until": until}
            return await _answer(gate, AskRequest.model_validate({"question": question, "history": history or [], **dates}))
        except ValidationError as error:
            raise gr.Error(": ".join(fault(error.errors())), print_exception=False) from error
        except Problem as problem:
            raise gr.Error(problem.told, print_exception=False) from problem

    api(ask, api_name="ask", concurrency_id=ASKING)


async def _answer(gate: Gate, asked: AskRequest) -> dict[str, Any]:
    history = checked_history(Turn(turn.role, turn.content) for turn in asked.history)
    question = checked_question(asked.question)
    events = gate.services().answerer.stream(question, history, asked.within, asked.k)
    return (await answered(gate.workers, events, "of gradio_client")).as_dict()
