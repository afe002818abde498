"""The articles under /v1: list, give, add, remove, and how far a large addition has come. Knows routes, not how it is done."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request, Response

from index.errors import LibraryReadOnly
from index.listing import MOST_LISTED, Listing, Order
from index.rows import Version
from web import models
from web.article_models import (
    ArticleIn,
    ArticlesOut,
    JobOut,
    ListedOut,
    RemovedOut,
    SourceOut,
    WholeArticleOut,
)
from web.dates import Day
from web.gate import Gate
from web.jobs import Desk, Job
from web.keys import requires_editor
from web.limits import IN_DIGITS
from web.problems import JSON, Problem, of_library, request_id
from web.reading import ONLY_KNOWN
from web.sent import items_of

_EDITORS = [Depends(requires_editor)]
_AT_ONCE = 10  # things; more are a job from the start
_PATIENCE_SECONDS = 30.0  # for those that are answered at once
_STATUS = {"too_big": 413, "unsupported_type": 415}
_MOST_SOURCES = 1_000
_VERSION = "^(sha256:)?[0-9a-f]{8,64}$"
_ARTICLE = ArticleIn.model_json_schema()
_SEVERAL = {"description": "Articles. An item that is none is refused by name, and the others are added."}
_JSON_BODY = {"anyOf": [_ARTICLE, {"type": "array", "items": _SEVERAL, "minItems": 1}]}
_FILES = "Articles, and a metadata.jsonl if one describes them."
_FILES_BODY = {
    "type": "object",
    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": _FILES}},
    "required": ["files"],
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": _FILES_BODY}, "application/json": {"schema": _JSON_BODY}},
    }
}


def add_articles(api: FastAPI, gate: Gate) -> None:
    """Add the routes to the API."""
    _add_list(api, gate)
    _add_article(api, gate)
    _add_adding(api, gate)
    _add_removing(api, gate)


def _add_list(api: FastAPI, gate: Gate) -> None:
    @api.get(
        "/v1/articles",
        tags=["library"],
        response_model=ArticlesOut,
        responses=models.errors(401, 422, 429, 503),
        dependencies=[ONLY_KNOWN],
    )
    def articles(
        q: Annotated[str, Query(max_length=200)] = "",
        since: Day = None,
        until: Day = None,
        source: Annotated[str | None, Query(max_length=1000)] = None,
        sort: Order = "added",
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED), IN_DIGITS] = 50,
        offset: Annotated[int, Query(ge=0, le=1_000_000_000), IN_DIGITS] = 0,
    ) -> Response:
        """List articles, a page at a time."""
        library = gate.services().library
        rows, total = library.listed(Listing(q, since, until, source, sort, limit, offset))
        outlets = [SourceOut(name=name, articles=count) for name, count in library.sources()[:_MOST_SOURCES]]
        listed = ArticlesOut(
            articles=[ListedOut.of_listed(row) for row in rows],
            total=total,
            offset=offset,
            sources=outlets,
            library=models.LibraryOut.of(library.state()),
        )
        return JSON(listed.model_dump())


def _add_article(api: FastAPI, gate: Gate) -> None:
    @api.get(
        "/v1/articles/{article_id}",
        tags=["library"],
        response_model=WholeArticleOut,
        responses=models.errors(401, 404, 422, 429, 503),
        dependencies=[ONLY_KNOWN],
    )
    def article(article_id: str, version: Annotated[str | None, Query(pattern=_VERSION)] = None) -> Response:
        """Give one article with the exact text that offsets refer to.

        With `version`, the beginning of a content hash, as it was in that version, if that is kept.
        """
        library = gate.services().library
        found, versions = library.get(article_id), library.versions_of(article_id)
        whole = WholeArticleOut.of_both(found, versions)
        wanted = (version or "").removeprefix("sha256:")
        if not found.content_hash.removeprefix("sha256:").startswith(wanted):
            whole = _as_it_was(whole, versions, wanted)
        return JSON(whole.model_dump())


def _as_it_was(whole: WholeArticleOut, versions: Sequence[Version], wanted: str) -> WholeArticleOut:
    for one in reversed(versions):
        if one.text is not None and one.content_hash.removeprefix("sha256:").startswith(wanted):
            return whole.model_copy(update={"text": one.text, "content_hash": one.content_hash})
    hint = "Its `versions` say which are kept; without `version` you get the article as it is now."
    raise Problem(404, "version_not_kept", "This version of the article is not kept.", hint)


def _add_adding(api: FastAPI, gate: Gate) -> None:
    @api.post(
        "/v1/articles",
        tags=["library"],
        response_model=JobOut,
        responses={202: {"model": JobOut}, **models.errors(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 507)},
        openapi_extra=_BODY,
        dependencies=[*_EDITORS, ONLY_KNOWN],
    )
    async def add(request: Request) -> Response:
        """Add articles, or bring them up to date: files of every known format, written articles, or addresses to fetch.

        At most 10 are answered at once, with the result of each; more, or what takes longer than 30 seconds, with 202 and
        a job to ask about. The good ones are in even where others are refused. Where all are, that is an error.
        """
        desk = _desk(gate)
        items = await items_of(request, desk.web)
        job = desk.add(items)
        if len(items) <= _AT_ONCE:
            await asyncio.wait([asyncio.wrap_future(job.finished)], timeout=_PATIENCE_SECONDS)
        if not job.finished.done():
            return JSON(JobOut.of(job, request_id(request)).model_dump(), 202, headers={"Location": f"/v1/jobs/{job.id}"})
        return _finished(job, request)

    @api.get(
        "/v1/jobs/{job_id}",
        tags=["library"],
        response_model=JobOut,
        responses=models.errors(401, 403, 404, 422, 429, 503),
        dependencies=[*_EDITORS, ONLY_KNOWN],
    )
    async def job(job_id: str, request: Request) -> Response:
        """Say how far a job has come."""
        return JSON(JobOut.of(_desk(gate).job(job_id), request_id(request)).model_dump())


def _add_removing(api: FastAPI, gate: Gate) -> None:
    @api.delete(
        "/v1/articles/{article_id}",
        tags=["library"],
        response_model=RemovedOut,
        responses=models.errors(401, 403, 404, 409, 422, 429, 503, 507),
        dependencies=[*_EDITORS, ONLY_KNOWN],
    )
    def remove(article_id: str) -> Response:
        """Remove an article, its earlier versions with it: from now on no answer, search or list has it."""
        _desk(gate)
        gate.services().library.remove([article_id])
        return JSON(RemovedOut(removed=article_id).model_dump())


def _desk(gate: Gate) -> Desk:
    desk = gate.services().desk
    if desk is None:
        raise of_library(LibraryReadOnly())
    return desk


def _finished(job: Job, request: Request) -> Response:
    problem = job.problem or (None if set(job.counts) - {"refused"} else _all_refused(job))
    out = JobOut.of(job, request_id(request)).model_dump()
    if problem is None:
        return JSON(out)
    return JSON({**problem.as_dict(request_id(request)), "job": out}, problem.status, headers=problem.headers)


def _all_refused(job: Job) -> Problem:
    first = job.results[0]
    codes = {result.code for result in job.results}
    code = first.code if len(codes) == 1 and first.code else "unusable"
    more = f" Refused, too: {len(job.results) - 1} more." if len(job.results) > 1 else ""
    hint = "Nothing was added. The results say why, for each; /docs lists what can be read."
    return Problem(_STATUS.get(code, 422), code, f"{first.name}: {first.reason}.{more}", hint)
