"""Makes Gradio's page ready to be served: imports Gradio (which takes seconds) and closes what it would open by itself."""

import asyncio
import json
import os
from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial

from fastapi import FastAPI

from web.feedback import FeedbackLog
from web.gate import Gate

SESSIONS = 256  # whose components Gradio remembers, 33 KB each; what the page shows lives in the browser


def import_gradio() -> None:
    """Import Gradio; while it waits for the disk, other things can load."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before it is imported
    # It keeps every event for statistics, and at each puts all into a table of pandas; nobody sees them.
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**12)
    import gradio  # noqa: F401


def build_page(gate: Gate, examples: Callable[[], Sequence[str]], feedback: FeedbackLog) -> FastAPI:
    """Return the page as an application. Slow the first time, so call it in a thread of its own."""
    import_gradio()
    # Gradio makes an event loop for each of its locks where none is running, and never closes them.
    return asyncio.run(_built(gate, examples, feedback))


async def _built(gate: Gate, examples: Callable[[], Sequence[str]], feedback: FeedbackLog) -> FastAPI:
    import gradio as gr

    from web.page import create_page
    from web.page_ask import ASKING

    built = FastAPI(openapi_url=None)
    page = create_page(gate, examples, feedback)
    page.state_session_capacity = SESSIONS
    asking = [number for number, event in page.fns.items() if event.concurrency_id == ASKING]
    built.state.asks = partial(_asks, asking)
    built.state.leave = partial(_leave, asking)
    gr.mount_gradio_app(
        built,
        page,
        path="/",
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=1,
    )
    return built


def _asks(events: Container[int], body: bytes) -> bool:
    """Say whether what is sent to Gradio's queue is one of these events."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(sent, dict) and sent.get("fn_index") in events


async def _leave(events: Iterable[int], session: str) -> None:
    """Stop these events of a session."""
    from gradio.utils import cancel_tasks

    await cancel_tasks({f"{session}_{number}" for number in events})
