"""What somebody sends to be added: files (web/uploads.py), written articles, web addresses. Each becomes an item that can be
read once, later."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NoReturn

from fastapi import Request
from pydantic import ValidationError

from index.article import Article, clean, content_hash
from index.errors import UnusableContent
from index.fetch import Web, read_url
from index.readers import MAX_BYTES, from_text
from index.readers.raw import one_line
from web.article_models import ArticleIn
from web.faults import fault
from web.jobs import Item
from web.limits import SENT_ITEMS
from web.problems import Problem
from web.uploads import NAME_CHARACTERS, files_of

_MULTIPART, _JSON = "multipart/form-data", "application/json"


async def items_of(request: Request, web: Web) -> list[Item]:
    """Take the body of a request apart. Raises Problem: 400 malformed, 413 too much at once, 415 of another type, 422 nothing
    to add, 507 no room for it."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == _MULTIPART:
        return await files_of(request)
    if content_type == _JSON:
        return _written(await _json(request), web)
    hint = f"Send files as {_MULTIPART}, or articles as {_JSON}; /docs describes both."
    raise Problem(415, "unsupported_type", "The body is neither files nor JSON.", hint)


async def _json(request: Request) -> Any:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            message = f"The JSON is over the limit of {MAX_BYTES // 1024 // 1024} MB."
            raise Problem(413, "body_too_big", message, "Send fewer articles at a time.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not_json", "The body is not JSON.", "Send an article or a list of articles, in UTF-8.") from error


def _written(document: Any, web: Web) -> list[Item]:
    several: Sequence[Any] = document if isinstance(document, list) else [document]
    if not several:
        raise Problem(422, "nothing_sent", "The list is empty.", "Send at least one article.")
    if len(several) > SENT_ITEMS:
        message = f"The list has {len(several):,} articles; the limit is {SENT_ITEMS:,}."
        raise Problem(413, "too_many", message, "Send them in several requests.")
    return [_one_written(one, f"article {number}", web) for number, one in enumerate(several, start=1)]


def _one_written(document: Any, place: str, web: Web) -> Item:
    try:
        sent = ArticleIn.model_validate(document)
    except ValidationError as error:
        return Item(place, partial(_refuse, ": ".join(part for part in fault(error.errors()) if part)))
    if sent.text is None:
        url = sent.url or ""
        return Item(one_line(url, NAME_CHARACTERS), partial(read_url, url, web))
    name = sent.title or sent.id or sent.url or place
    return Item(one_line(name, NAME_CHARACTERS), partial(_read_text, sent, sent.text))


def _origin(sent: ArticleIn, text: str) -> str:
    """Return what makes it the same article when it is sent again: its id, its address, or else its very words."""
    return f"sent:{sent.id}" if sent.id else sent.url or f"sent:{content_hash(clean(text))}"


def _read_text(sent: ArticleIn, text: str) -> Iterator[Article]:
    yield from_text(text, origin=_origin(sent, text), known=sent.facts())


def _refuse(reason: str) -> NoReturn:
    raise UnusableContent(reason)
