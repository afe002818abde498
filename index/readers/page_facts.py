"""What a web page says of its own article: JSON-LD first, then meta elements, then what is visible. Nothing is guessed.

Every fact carries where it stands in the page as `NAME_from`. Dates in addresses or prose are not looked at.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.readers.dates import dated

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_META: dict[str, tuple[str, ...]] = {
    "title": ("og:title", "twitter:title", "dc.title", "citation_title", "parsely-title"),
    "source": ("og:site_name", "dc.publisher", "citation_journal_title", "publisher"),
    "author": ("author", "article:author", "dc.creator", "citation_author", "parsely-author", "byl"),
    "published": (
        "article:published_time",
        "datepublished",
        "dc.date.issued",
        "dcterms.issued",
        "parsely-pub-date",
        "sailthru.date",
        "citation_publication_date",
        "pubdate",
        "publish-date",
        "publish_date",
        "dc.date",
        "date",
    ),
    "updated": ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "lastmod", "last-modified"),
    "url": ("og:url",),
}
_MAX_SCRIPTS, _MAX_OBJECTS = 20, 2000


def page_facts(tree: "HtmlElement") -> dict[str, str]:
    """Return title, source, author, url, published, updated of the page's article, as far as it states them."""
    facts: dict[str, str] = {}
    linked = _linked_data(tree, _canonical(tree))
    for found in (linked, _meta(tree), _visible(tree)):
        for name in ("title", "source", "author", "url", "published", "updated"):
            if name not in facts and f"{name}_as_written" not in facts:
                facts |= {key: found[key] for key in (name, f"{name}_as_written", f"{name}_from") if key in found}
    return facts


def _canonical(tree: "HtmlElement") -> str | None:
    return next((link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"), None)


def _meta(tree: "HtmlElement") -> dict[str, str]:
    contents: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = " ".join((element.get("content") or "").split())
        if name and content:
            contents.setdefault(name.strip().lower(), content)
    facts = _address(_canonical(tree), "link canonical")
    for fact, names in _META.items():
        for name in names:
            value = contents.get(name)
            if value and fact not in facts and f"{fact}_as_written" not in facts:
                facts |= _fact(fact, value, f"meta {name}")
    return facts


def _fact(fact: str, value: str, origin: str) -> dict[str, str]:
    if fact in {"published", "updated"}:
        return dated(fact, value, origin)
    if fact == "url":
        return _address(value, origin)
    is_profile_link = fact == "author" and value.lower().startswith(("http:", "https:"))
    return {} if is_profile_link else {fact: value, f"{fact}_from": origin}


def _address(value: object, origin: str) -> dict[str, str]:
    """Return the url fact for a complete web address, nothing for anything else."""
    address = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(address)
        is_complete = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return {}
    return {"url": address, "url_from": origin} if is_complete else {}


def _visible(tree: "HtmlElement") -> dict[str, str]:
    """Return what the page shows: its only h1, else its title element, and a time element that says it is the date."""
    facts: dict[str, str] = {}
    for element in tree.iter("time"):
        stated = element.get("datetime")
        if stated and (element.get("itemprop") == "datePublished" or element.get("pubdate") is not None):
            facts |= dated("published", stated, "time element")
            break
    else:
        stated_times = {element.get("datetime") for place in tree.iter("article") for element in place.iter("time")} - {None}
        facts |= dated("published", stated_times.pop(), "time element") if len(stated_times) == 1 else {}
    headings = [" ".join(element.text_content().split()) for element in tree.iter("h1")]
    title = next((" ".join(element.text_content().split()) for element in tree.iter("title")), "")
    if len(headings) == 1 and headings[0]:
        facts |= {"title": headings[0], "title_from": "h1"}
    elif title:
        facts |= {"title": title, "title_from": "title element"}
    return facts


def _linked_data(tree: "HtmlElement", canonical: str | None) -> dict[str, str]:
    """Return the facts of the JSON-LD article that is the page's own: the one at its address, else the first."""
    articles = []
    scripts = (
        element for element in tree.iter("script") if (element.get("type") or "").strip().lower() == "application/ld+json"
    )
    for element, _ in zip(scripts, range(_MAX_SCRIPTS), strict=False):
        try:
            data = json.loads((element.text or "").strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue  # a broken script says nothing; the page's other words still count
        articles += [item for item in _objects(data) if _is_article(item)]
    own = [item for item in articles if canonical and canonical in _addresses(item)]
    return _article_facts((own or articles)[0]) if articles else {}


def _objects(data: object) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in the order they are written, those inside lists, graphs and main entities included."""
    waiting, seen = [data], 0
    while waiting and seen < _MAX_OBJECTS:
        item = waiting.pop()
        seen += 1
        if isinstance(item, dict):
            yield item
            waiting += [item[key] for key in ("mainEntity", "@graph") if key in item]
        elif isinstance(item, list):
            waiting += reversed(item)


def _is_article(item: dict[str, Any]) -> bool:
    types = item.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.endswith(("Article", "Posting", "Report")) for name in names)


def _article_facts(item: dict[str, Any]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name, key in (("published", "datePublished"), ("updated", "dateModified")):
        facts |= dated(name, item.get(key) if isinstance(item.get(key), str) else None, "json-ld")
    for name, value in (("title", item.get("headline")), ("source", item.get("publisher")), ("author", item.get("author"))):
        words = _names(value)
        facts |= {name: words, f"{name}_from": "json-ld"} if words else {}
    return facts | _address(next(filter(None, _addresses(item)), None), "json-ld")


def _addresses(item: dict[str, Any]) -> tuple[str | None, str | None]:
    return _identity(item.get("url")), _identity(item.get("mainEntityOfPage"))


def _identity(value: object) -> str | None:
    identity = value.get("@id") if isinstance(value, dict) else value
    return identity if isinstance(identity, str) else None


def _names(value: object) -> str:
    """Return a name, the name of an object, or the names of a list of them, commas between."""
    if isinstance(value, list):
        return ", ".join(name for name in map(_names, value[:20]) if name)
    name = value.get("name") if isinstance(value, dict) else value
    return " ".join(name.split()) if isinstance(name, str) and not name.startswith(("http:", "https:")) else ""
