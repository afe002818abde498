"""The chat page: Gradio's chat, its question box and what they do. Knows what an answer looks like, not how it is made."""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from typing import Any

import gradio as gr

from rag.types import Answer, Delta, Event, Searched
from web import message
from web.conversation import Exchange, check_room, dump, parse, turns
from web.feedback import FeedbackLog
from web.gate import Gate
from web.limits import checked_history, checked_question
from web.models import AnswerOut
from web.page_ask import ASKING, add_ask
from web.problems import Problem
from web.stream import guarded

_EVENTS_AT_ONCE = 1_000  # the workers' line is the bound for questions; the rest of the events are quick
_WELCOME = (
    "<h1>Ask the articles.</h1><p>Every sentence of an answer shows the exact words it rests on. "
    "A quote can be exact, and its article wrong.</p>"
)
_STOPPED = "Stopped."
# Every event is the page's own: none is an endpoint for others, and the chat itself shows what is going on.
_OWN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

Shown = tuple[Any, Any, Any]
"""What every event sets: the chat's messages, the stored conversation, the question box."""
Examples = Callable[[], Sequence[str]]
"""Gives the questions to begin with, at every visit of the page."""


def create_page(gate: Gate, examples: Examples, feedback: FeedbackLog) -> gr.Blocks:
    """Return the page. Everything that answers comes through the gate, at the time it is needed."""
    talk = Talk(gate, examples)
    page = gr.Blocks(title="Footnote", analytics_enabled=False, fill_height=True)
    with page:
        add_ask(gate)  # first, because events of the page are named after functions, too
        # The conversation stays in the reader's browser; Gradio wants a key, which the browser knows, so it protects nothing.
        stored = gr.BrowserState([], storage_key="footnote-conversation", secret="in the page")  # noqa: S106
        chat = _chat()
        box = _box()
        fresh = gr.Button("New conversation", elem_id="fresh", size="sm", variant="secondary")
        shown: list[Any] = [chat, stored, box]
        page.load(talk.restore, [stored], [chat], **_OWN)
        running: list[Any] = [
            box.submit(talk.ask, [box, stored], shown, concurrency_id=ASKING, **_OWN),
            chat.example_select(talk.example, [stored], shown, concurrency_id=ASKING, **_OWN),
            chat.retry(talk.retry, [stored], shown, concurrency_id=ASKING, **_OWN),
        ]
        box.stop(talk.stop, [stored], shown, cancels=running, **_OWN)
        fresh.click(talk.clear, None, shown, cancels=running, **_OWN)
        chat.like(_on_like(feedback), [stored], None, **_OWN)
    page.max_threads = _EVENTS_AT_ONCE
    page.queue(max_size=_EVENTS_AT_ONCE, default_concurrency_limit=None)
    return page


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        label="Conversation",
        container=False,
        height="100%",
        scale=1,
        buttons=[],
        layout="panel",
        latex_delimiters=[],
        line_breaks=False,
        allow_tags=False,
        autoscroll=False,  # to the end of an answer, and only for who was at the end; page.js shows what was asked
        group_consecutive_messages=False,
        placeholder=_WELCOME,
    )


def _box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        show_label=False,
        label="Your question",
        placeholder="Ask a question about the articles",
        lines=1,
        max_lines=6,
        autofocus=True,
        submit_btn=True,
        stop_btn=False,
    )


class Talk:
    """What the page's events do. Holds no conversation: the browser sends it along, and gets it back."""

    def __init__(self, gate: Gate, examples: Examples) -> None:
        self._gate, self._examples = gate, examples

    def restore(self, stored: object) -> dict[str, Any]:
        """Show what was said before the page was loaded again; what was under way then counts as stopped. Offer examples."""
        offered = [{"text": question} for question in self._examples()]
        return dict(gr.update(value=_messages(_settled(parse(stored))), examples=offered))

    async def ask(self, question: str, stored: object) -> AsyncGenerator[Shown]:
        """Answer, showing the answer while it comes. A question that cannot be asked stays in its box, with the reason."""
        exchanges = _settled(parse(stored))
        try:
            checked = checked_question(question)
            check_room(exchanges)
            events = self._gate.services().answerer.stream(checked, checked_history(turns(exchanges)))
            self._gate.workers.check_room()
        except Problem as problem:
            gr.Warning(problem.told)
            yield _messages(exchanges), gr.skip(), gr.skip()
            return
        now = Exchange(question=checked)
        everything = [*exchanges, now]
        yield _messages(everything), dump(everything), gr.Textbox(value="", submit_btn=False, stop_btn=True)
        # Begun only now, because an event that is stopped before it has shown anything is never closed by Gradio.
        async with aclosing(self._arriving(guarded(events, "the page"), now)) as texts:
            async for text in texts:
                yield _messages(everything, text), gr.skip(), gr.skip()
        yield _messages(everything), dump(everything), gr.Textbox(submit_btn=True, stop_btn=False)

    async def _arriving(self, events: Iterator[Event | Problem], now: Exchange) -> AsyncGenerator[str]:
        """Give what has arrived of the text, each time all that is there by then; the end goes into the exchange."""
        query = text = ""
        try:
            with closing(self._gate.workers.start(events)) as job:
                while made := await job.batch():
                    for event in made:
                        match event:
                            case Searched():
                                query = event.query
                            case Delta():
                                text += event.text
                            case Answer():
                                now.answer = AnswerOut.model_validate(event.as_dict())
                            case Problem():
                                now.note = event.told
                    if text and not now.answer:
                        yield message.arriving(text, query)
        except Problem as problem:
            now.note = problem.told

    async def example(self, stored: object, chosen: gr.SelectData) -> AsyncGenerator[Shown]:
        """Ask an example."""
        async with aclosing(self.ask(str(chosen.value["text"]), stored)) as everything:
            async for shown in everything:
                yield shown

    async def retry(self, stored: object, chosen: gr.RetryData) -> AsyncGenerator[Shown]:
        """Ask a question again; what came after it goes."""
        exchanges = parse(stored)
        number = _exchange_number(chosen.index)
        if number < len(exchanges):
            async with aclosing(self.ask(exchanges[number].question, dump(exchanges[:number]))) as everything:
                async for shown in everything:
                    yield shown

    def stop(self, stored: object) -> Shown:
        """Say that the answer was stopped; Gradio has ended the event that was giving it."""
        exchanges = _settled(parse(stored))
        return _messages(exchanges), dump(exchanges), gr.Textbox(submit_btn=True, stop_btn=False)

    def clear(self) -> Shown:
        """Forget the conversation."""
        return [], [], gr.Textbox(value="", submit_btn=True, stop_btn=False)


def _on_like(feedback: FeedbackLog) -> Callable[..., None]:
    def like(stored: object, liked: gr.LikeData) -> None:
        exchanges = parse(stored)
        number = _exchange_number(liked.index)
        if number < len(exchanges) and (answer := exchanges[number].answer):
            feedback.add(answer.id, liked.liked)

    return like


def _settled(exchanges: list[Exchange]) -> list[Exchange]:
    for exchange in exchanges:
        if exchange.answer is None and exchange.note is None:
            exchange.note = _STOPPED
    return exchanges


def _exchange_number(index: Any) -> int:
    return int(index[0] if isinstance(index, list | tuple) else index) // 2


def _messages(exchanges: Sequence[Exchange], arriving: str = "") -> list[dict[str, str]]:
    shown = []
    for exchange in exchanges:
        shown.append({"role": "user", "content": message.asked(exchange.question)})
        shown.append({"role": "assistant", "content": _reply(exchange) or arriving or message.arriving("", "")})
    return shown


def _reply(exchange: Exchange) -> str:
    if exchange.answer:
        return message.answered(exchange.answer)
    return message.noted(exchange.note) if exchange.note else ""
