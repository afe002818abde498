"""Puts our header, our article viewer and our style and scripts around Gradio's page. Pure: HTML in, HTML out.

The viewer itself is `assets/page.js`: it fetches an article from /v1/articles and shows its text as text nodes only.
"""

import re
from html import escape

from web.docs import ASSETS
from web.gate import State

# Gradio's page names pictures on other hosts for link previews, and a manifest for installing it as an app.
_UNWANTED = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>|\s*<link rel="manifest"[^>]*>')
_HEAD = (ASSETS / "head.html").read_text(encoding="utf-8")
_FRAME = (ASSETS / "frame.html").read_text(encoding="utf-8")


def dressed(page: str, nonce: str, library_line: str, may: str) -> str:
    """Return Gradio's page inside ours; only scripts with this nonce will run in it.

    `may` says what this reader may do with the library: nothing, "change", or "change fetch".
    """
    page = _UNWANTED.sub("", page)
    page = page.replace("</head>", f"{_HEAD}</head>", 1)
    page = page.replace(
        "<gradio-app", _FRAME.replace("{library}", escape(library_line)).replace("{may}", may) + "<gradio-app", 1
    )
    return page.replace("<script", f'<script nonce="{nonce}"')


def library_line(state: State, sources: set[str | None]) -> str:
    """Return what the library holds, in one line."""
    if not state.articles:
        return "The library is empty"
    outlets = len(sources - {None})
    parts = [
        f"{state.articles:,} article{'s' * (state.articles != 1)}",
        f"{outlets:,} outlet{'s' * (outlets != 1)}" if outlets else "outlets unknown",
        f"newest {state.newest[:10]}" if state.newest else "undated",
        f"changed {state.last_change[:10]}",
    ]
    return " · ".join(parts)
