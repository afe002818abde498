"""What a caller is told when something is wrong: one shape, `{"error": {"code", "message", "hint", "request_id"}}`.

Knows the library's tree of errors and which status each is. Knows no routes. Nothing here carries a trace or a path.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.routing import Route

from index.errors import ArticleMissing, DiskFull, LibraryError, LibraryLocked, LibraryReadOnly
from web.faults import fault

RETRY_SECONDS = "2"
_OPENAI_PATHS = ("/v1/chat/", "/v1/responses", "/v1/models")
_GRADIO_PATHS = ("/gradio_api/",)
_JSON_RPC_ERROR = -32000  # of a server's own kind
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Problem(Exception):
    """A refusal with its HTTP status; the message names the thing, the hint says what to do."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        hint: str,
        headers: Mapping[str, str] | None = None,
        *,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint, self.param = status, code, message, hint, param
        self.headers = dict(headers or {})

    @property
    def told(self) -> str:
        """Message and hint as one text; the messages of the rooms below end without a full stop."""
        return f"{self.message.removesuffix('.')}. {self.hint}"

    def as_dict(self, request_id: str) -> dict[str, dict[str, str]]:
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint, "request_id": request_id}}

    def as_openai(self) -> dict[str, dict[str, str | None]]:
        """Return the same in OpenAI's shape, whose clients show the message and raise by status and type."""
        kind = _OPENAI_TYPES.get(self.status, "server_error" if self.status >= 500 else "invalid_request_error")
        return {"error": {"message": self.told, "type": kind, "param": self.param, "code": self.code}}

    def as_json_rpc(self, own: Mapping[str, object]) -> dict[str, object]:
        """Return the same as MCP's clients read it, with our shape (`own`) as its data; they know which request it answers."""
        error = {"code": _JSON_RPC_ERROR, "message": self.told, "data": own["error"]}
        return {"jsonrpc": "2.0", "id": None, "error": error}


class JSON(JSONResponse):
    """JSON as it is sent everywhere: readable characters, no spaces, no NaN; a lone surrogate as its escape."""

    def render(self, content: object) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace")


def response(problem: Problem, connection: HTTPConnection) -> JSON:
    """Return the problem as an answer to this request, in the shape that clients of this address read."""
    path = connection.scope["path"]
    own: dict[str, object] = {**problem.as_dict(request_id(connection))}
    if path.startswith(_OPENAI_PATHS):
        status = 400 if problem.status == 422 else problem.status
        return JSON(problem.as_openai(), status, headers=problem.headers)
    if path == "/mcp":
        return JSON(problem.as_json_rpc(own), problem.status, headers=problem.headers)
    if path.startswith(_GRADIO_PATHS):
        own = {**own, "detail": problem.told}
    return JSON(own, problem.status, headers=problem.headers)


def request_id(connection: HTTPConnection) -> str:
    """Return the id that the shield gave this request."""
    return str(connection.scope.get("state", {}).get("request_id", "-"))


def of_library(error: LibraryError, which_articles: str = "GET /v1/articles lists which there are.") -> Problem:
    """Return what a caller is told when the library refuses; `which_articles` says how this caller learns which there are."""
    known: dict[type[LibraryError], tuple[int, str]] = {
        ArticleMissing: (404, "article_not_found"),
        LibraryLocked: (409, "library_locked"),
        LibraryReadOnly: (403, "read_only"),
        DiskFull: (507, "disk_full"),
    }
    status, code = known.get(type(error), (503, "library_unavailable"))
    hint = which_articles if isinstance(error, ArticleMissing) else error.hint
    return Problem(status, code, error.message, hint, {"Retry-After": RETRY_SECONDS} if status == 503 else None)


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the problem for a bare status, such as an unknown address or a method that a route does not have."""
    code = HTTPStatus(status).name.lower()
    message, hint = {
        400: ("The body could not be read.", "Send JSON in UTF-8, as described at /docs."),
        404: ("There is nothing at this address.", "The routes are listed at /docs."),
        405: ("This address does not answer that method.", "The Allow header names those it answers; /docs says more."),
    }.get(status, (f"{HTTPStatus(status).phrase}.", "The routes and what they take are described at /docs."))
    return Problem(status, code, message, hint, headers)


def of_crash() -> Problem:
    """Return what a caller is told when the fault is ours; the log has the trace under the same request id."""
    return Problem(500, "internal_error", "Something went wrong in this server.", "Try again; the log has more under this id.")


def of_invalid(error: RequestValidationError, content_type: str) -> Problem:
    """Return what is wrong with a request that does not have the described shape; the value sent is not repeated."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return Problem(
            400, "not_json", f"The body is not JSON (at byte {first['loc'][-1]}).", "Send one JSON object, in UTF-8."
        )
    if first["loc"] == ("body",) and first["type"] != "missing" and "json" not in content_type:
        return not_json()
    where, said = fault([{**one, "loc": one["loc"][1:] or one["loc"]} for one in error.errors()])
    return of_fault(where, said, "The fields and their limits are described at /docs.")


def of_fault(where: str, said: str, hint: str) -> Problem:
    """Return what is wrong with one field."""
    return Problem(422, "invalid", f"{where}: {said}.", hint, param=where)


def not_json() -> Problem:
    """Return what is wrong with a body that says it is something else."""
    return Problem(415, "not_json", "The body's type is not JSON.", "Send JSON, with Content-Type: application/json.")


def _allowed(request: Request, error: HTTPException) -> dict[str, str]:
    """Name every method that the address answers: Starlette names those of one route. HEAD goes with GET (web/reading.py)."""
    if error.status_code != 405:
        return {}
    routes = (
        route for route in request.app.routes if isinstance(route, Route) and route.path_regex.match(request.scope["path"])
    )
    methods = set[str]().union(*(route.methods or () for route in routes))
    return {"Allow": ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))}


def add_error_handlers(app: FastAPI) -> None:
    """Answer every refusal and every bare status of this application in the one shape."""

    def handle(error_type: type[Exception], translate: Callable[[Request, Any], Problem]) -> None:
        async def answer(request: Request, error: Exception) -> JSON:
            return response(translate(request, error), request)

        app.add_exception_handler(error_type, answer)

    handle(Problem, lambda _, problem: problem)
    handle(LibraryError, lambda _, error: of_library(error))
    handle(
        HTTPException,
        lambda request, error: of_status(error.status_code, {**(error.headers or {}), **_allowed(request, error)}),
    )
    handle(RequestValidationError, lambda request, error: of_invalid(error, request.headers.get("content-type", "")))
