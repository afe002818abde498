"""RSS and Atom: every item of a feed is an article. Knows no addresses and follows none."""

import html
import re
from collections.abc import Iterator
from typing import Any

from index.article import clean, content_hash
from index.errors import UnusableContent
from index.readers.dates import dated
from index.readers.markup import text_of_fragment
from index.readers.raw import Outcome, Raw, Refused

_MAX_ITEMS = 5000


def read(data: bytes) -> Iterator[Outcome]:
    """Yield the items in the feed's order; one without words is refused by name.

    An item's `part` is its own id, its link or, because its place changes with every newer item, made of its words.
    Raises `UnusableContent` when this is no feed, or an empty one.
    """
    import feedparser

    feed = feedparser.parse(data)
    if not feed.entries:
        raise UnusableContent(
            "the feed is damaged or has no items" if feed.version or feed.bozo else "it is no RSS or Atom feed"
        )
    if len(feed.entries) > _MAX_ITEMS:
        raise UnusableContent(f"the feed has {len(feed.entries):,} items, more than {_MAX_ITEMS:,}")
    seen: set[str] = set()
    for number, entry in enumerate(feed.entries, start=1):
        part = _fact(entry, "id") or _fact(entry, "link") or _named_after_words(entry) or f"item {number}"
        if part not in seen:  # the same item twice in one feed is one article
            seen.add(part)
            yield _item(entry, part, _words(feed.feed, "title"))


def _item(entry: Any, part: str, feed_title: str) -> Outcome:
    text, origin = _text(entry)
    if not text:
        return Refused(_fact(entry, "title") or part, "the item holds no text")
    facts = {"text_from": origin} | _stated("title", _words(entry, "title"), "feed item")
    facts |= _stated("author", _fact(entry, "author"), "feed item") | _stated("source", feed_title, "feed title")
    link = _fact(entry, "link")
    facts |= _stated("url", link if link.startswith(("http://", "https://")) else "", "feed item")
    facts |= dated("published", _fact(entry, "published"), "feed item") | dated("updated", _fact(entry, "updated"), "feed item")
    return Raw(text, facts, part)


def _named_after_words(entry: Any) -> str:
    text = _text(entry)[0]
    return f"words-{content_hash(clean(text)).removeprefix('sha256:')[:16]}" if text else ""


def _words(entry: Any, name: str) -> str:
    """Return a title without the tags and entities that feeds escape in it."""
    written = _fact(entry, name)
    return text_of_fragment(written) if re.search(r"</?[a-zA-Z]", written) else html.unescape(written)


def _fact(entry: Any, name: str) -> str:
    """Return what the feed says itself: feedparser's own lookup answers "updated" with the day of publication."""
    value = dict.get(entry, name)
    return value.strip() if isinstance(value, str) else ""


def _text(entry: Any) -> tuple[str, str]:
    """Return the item's longest text and where it stands: its full content, or its summary."""
    written = [(_plain(part), "feed content") for part in dict.get(entry, "content", [])]
    written.append((_plain(dict.get(entry, "summary_detail") or {"value": _fact(entry, "summary")}), "feed summary"))
    return max(written, key=lambda pair: len(pair[0]))


def _plain(part: Any) -> str:
    value = part.get("value") or ""
    return str(value).strip() if part.get("type") == "text/plain" and "<" not in value else text_of_fragment(str(value))


def _stated(name: str, value: str, origin: str) -> dict[str, str]:
    return {name: value, f"{name}_from": origin} if value else {}
