"""How routes take a request: HEAD as GET without a body, and no parameter that they do not have."""

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from web.problems import Problem


class ReadingRoute(APIRoute):
    """A route that answers HEAD where it answers GET, as Starlette's own do. Not one of its `methods`: the API's description
    would have everything twice."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(_as_get(scope))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await super().handle(_as_get(scope), receive, bodiless if scope["method"] == "HEAD" else send)


def _as_get(scope: Scope) -> Scope:
    return {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope


async def _knows_all(request: Request) -> None:
    known = [parameter.alias for parameter in request.scope["route"].dependant.query_params]
    unknown = next((name for name in request.query_params if name not in known), None)
    if unknown is not None:
        hint = f"There are {', '.join(known)}." if known else "This address takes none."
        raise Problem(422, "unknown_parameter", f"There is no parameter {unknown[:80]!r} here.", hint, param=unknown[:80])


# Of every route under /v1 that is not OpenAI's: a filter that is misspelt, or a field of the body that stands in the address,
# would otherwise be one that is not there.
ONLY_KNOWN = Depends(_knows_all)
