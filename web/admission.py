"""Refuses a question too many before anything is done for it: when hundreds come at once, all would otherwise be prepared for a
line that has no room for them. The line itself is in `web/workers.py`."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.workers import Workers

_ASKING = frozenset({"/v1/ask", "/v1/chat/completions", "/v1/responses"})


class Admission:
    """Lets as many requests in as `workers` can take on, counted until their answer begins. Raises Problem (503) for others."""

    def __init__(self, app: ASGIApp, workers: Workers) -> None:
        self._app, self._workers = app, workers
        self._unanswered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in _ASKING:
            await self._counted(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._unanswered >= self._workers.most:
            raise self._workers.busy()
        self._unanswered += 1
        waits = True

        async def watched(message: Message) -> None:
            nonlocal waits
            self._unanswered -= waits
            waits = False
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._unanswered -= waits
