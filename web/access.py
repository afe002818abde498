"""Sees every request go by, outside the shield: counts it and writes one line of JSON about it, without what was asked.

A line has the route's pattern, not the address, because addresses hold search words and article ids; and the name of the key
(`client`), never a key nor where a request came from.
"""

import json
import logging
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.metrics import Metrics

_LOG = logging.getLogger("footnote.access")
_PAGE = "page"  # everything of Gradio's, and addresses that do not exist: too many to count each, too quick to log
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds by machines; that all is well is no news
_AT_THE_DOOR = frozenset({401, 403, 421, 429})  # refused before there is a route: somebody guesses keys, or floods
_OURS = frozenset({"route", "method", "status", "ms", "request_id", "client"})


class Access:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 499  # as nginx calls a client that went away

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with self._metrics.in_flight.track_inprogress():
                await self._app(scope, receive, watched)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(getattr(scope.get("route"), "path", _PAGE))
        method = scope["method"] if scope["method"] in {"GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS"} else "other"
        self._metrics.requested(method, route, status, seconds)
        if status in _AT_THE_DOOR or (route != _PAGE and not (route in _PROBES and status == 200)):
            state = scope.get("state", {})
            told = {"request_id": state.get("request_id", "-"), "client": state.get("client")}
            told |= {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            _LOG.info("request", extra=told)


class JsonLines(logging.Formatter):
    """Writes each record as one line of JSON; a trace is a field of it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name in _OURS},
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Write warnings of everything, and a line for each request, to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    _LOG.setLevel(logging.INFO)
