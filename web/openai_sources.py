"""The sources of an answer as OpenAI's clients take them: annotations, and a short list under the text. Pure.

Many clients show nothing but text, so the marks stay in the text and the list is put under it; it comes back with the
conversation and is taken off again. An annotation `url_citation` has every field of ours too, and `quote`, because some
clients drop `cited_text`.
"""

import re
from collections.abc import Sequence

from rag.types import Answer, Citation, Quotation
from web.links import address_of

Object = dict[str, object]
MODEL = "footnote"
_OURS = (
    "id",
    "searched_for",
    "short_answer",
    "short_answer_confidence",
    "abstained",
    "reason",
    "confidence",
    "mode",
    "library",
    "timings_ms",
)
_LIST = re.compile(r"(?<!\s)\s*^Sources:\r?\n(?:- \[\d+\] [^\n]*(?:\n|\Z))+\s*\Z", re.MULTILINE)
# What would make a link, a picture or a tag of an article's title where a client reads Markdown.
_ACTIVE = re.compile(r"[\[\]<>`*_|\\]|https?://|www\.", re.IGNORECASE)


def source_list(citations: Sequence[Citation], base: str) -> str:
    """Return a line for each mark, to be put under the text; `base` is where this server is reached."""
    lines = [f"- [{citation.number}] {_about(citation.quotation)}: {_address(citation, base)}" for citation in citations]
    return "\n".join(["\n\nSources:", *lines]) if lines else ""


def without_source_list(text: str) -> str:
    """Return an earlier answer as it was before the list was put under it."""
    return _LIST.sub("", text)


def annotation(citation: Citation, base: str) -> Object:
    """Return every field of a citation, with a title and an address that are never empty."""
    quotation = citation.quotation
    named: Object = {
        "title": quotation.title or quotation.article_id,
        "url": _address(citation, base),
        "quote": quotation.quote,
    }
    return {**citation.as_dict(), **named}


def rest(answer: Answer) -> Object:
    """Return what OpenAI's shapes have no place for, such as whether the answer is a refusal."""
    whole = answer.as_dict()
    return {name: whole[name] for name in _OURS}


def usage(answer: Answer, none: Object) -> Object | None:
    """Return `none`, a door's words for no tokens, or None where a language model was asked: only its provider counts those."""
    return None if "generate" in answer.timings_ms else none


def _address(citation: Citation, base: str) -> str:
    quotation = citation.quotation
    return address_of(quotation.url, base, quotation.article_id, quotation.start, quotation.end)


def _about(quotation: Quotation) -> str:
    told = ", ".join(filter(None, (quotation.title, quotation.source, (quotation.published or "")[:10])))
    return " ".join(_ACTIVE.sub(" ", told).split())
