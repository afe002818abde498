"""A conversation as the page keeps it, in the reader's own browser. What comes back from there is checked like any input."""

from pydantic import BaseModel, TypeAdapter, ValidationError

from rag.types import Turn
from web.limits import HISTORY_MESSAGES
from web.models import AnswerOut
from web.problems import Problem

MOST_EXCHANGES = HISTORY_MESSAGES // 2


class Exchange(BaseModel):
    """A question, and its answer when it came: none after a stop or an error, which `note` then names."""

    question: str
    answer: AnswerOut | None = None
    note: str | None = None


_CONVERSATION = TypeAdapter(list[Exchange])


def parse(stored: object) -> list[Exchange]:
    """Return what the browser had stored, or an empty conversation when it is not one of ours."""
    try:
        return _CONVERSATION.validate_python(stored)[-MOST_EXCHANGES:]
    except ValidationError:
        return []


def dump(exchanges: list[Exchange]) -> list[dict[str, object]]:
    """Return what the browser stores."""
    return [exchange.model_dump() for exchange in exchanges]


def turns(exchanges: list[Exchange]) -> list[Turn]:
    """Return the answered part as history: the questions, and the answers' text without anything else that was shown."""
    answered = [(exchange.question, exchange.answer.answer) for exchange in exchanges if exchange.answer]
    return [turn for asked, said in answered for turn in (Turn("user", asked), Turn("assistant", said))]


def check_room(exchanges: list[Exchange]) -> None:
    """Raise Problem when the conversation is as long as it may be."""
    if len(exchanges) >= MOST_EXCHANGES:
        message = f"This conversation has reached its {MOST_EXCHANGES} questions."
        raise Problem(413, "history_too_long", message, "Start a new conversation.")
