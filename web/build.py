"""Makes Gradio's page ready to be served: imports Gradio (which takes seconds) and closes what it would open by itself."""

import asyncio
import os
from collections.abc import Sequence

from fastapi import FastAPI

from web.feedback import FeedbackLog
from web.gate import Gate


def import_gradio() -> None:
    """Import Gradio; while it waits for the disk, other things can load."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before it is imported
    import gradio  # noqa: F401


def build_page(gate: Gate, examples: Sequence[str], feedback: FeedbackLog) -> FastAPI:
    """Return the page as an application. Slow the first time, so call it in a thread of its own."""
    import_gradio()
    # Gradio makes an event loop for each of its locks where none is running, and never closes them.
    return asyncio.run(_built(gate, examples, feedback))


async def _built(gate: Gate, examples: Sequence[str], feedback: FeedbackLog) -> FastAPI:
    import gradio as gr

    from web.page import create_page

    built = FastAPI(openapi_url=None)
    gr.mount_gradio_app(
        built,
        create_page(gate, examples, feedback),
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
