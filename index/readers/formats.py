"""The list of formats: each is read by one module, into outcomes that are cleaned and bounded. Knows no files."""

from collections.abc import Callable, Iterator

from index.errors import UnusableContent
from index.readers.archive import read as read_archive
from index.readers.feed import read as read_feed
from index.readers.html import read as read_html
from index.readers.kinds import Kind
from index.readers.markdown import read as read_markdown
from index.readers.pdf import read as read_pdf
from index.readers.plain import read as read_plain
from index.readers.raw import Outcome, Raw, Refused, bounded, one_line
from index.readers.rows import from_bytes, read_csv, read_json, read_jsonl
from index.readers.word import read as read_word

SHOWN_REFUSALS, _HOPELESS = 100, 10_000

_ONE: dict[Kind, Callable[[bytes, str | None], Raw]] = {
    "text": read_plain,
    "markdown": read_markdown,
    "html": read_html,
    "pdf": lambda data, _: read_pdf(data),
    "word": lambda data, _: read_word(data),
}
_MANY: dict[Kind, Callable[[bytes], Iterator[Outcome]]] = {
    "feed": read_feed,
    "jsonl": lambda data: read_jsonl(from_bytes(data)),
    "json": read_json,
    "csv": lambda data: read_csv(from_bytes(data)),
    "zip": lambda data: read_archive(data, parse),
}


def parse(kind: Kind, data: bytes, charset: str | None = None) -> Iterator[Outcome]:
    """Yield the articles in the bytes of a file of this kind, and the parts of it that are none.

    Raises `UnusableContent` when the whole file is unusable. Anything else that a parser raises on hostile bytes is not
    caught here: formats with a grammar are parsed in a process of their own (sandbox.py), which ends with it.
    """
    outcomes = iter((_ONE[kind](data, charset),)) if kind in _ONE else _MANY[kind](data)
    return checked(outcomes)


def checked(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Yield the outcomes cleaned and bounded; a part beyond the bounds is refused, a whole file raises.

    After `SHOWN_REFUSALS` the refused parts are only counted: a hostile file may have millions.
    """
    articles = shown = further = 0
    for outcome in map(_checked, outcomes):
        if isinstance(outcome, Raw):
            articles += 1
            yield outcome
        elif further > _HOPELESS and not articles:
            raise UnusableContent(f"none of its first {_HOPELESS:,} parts can be read, {outcome.part}: {outcome.reason}")
        elif shown < SHOWN_REFUSALS:
            shown += 1
            yield outcome
        else:
            further += outcome.count
    if further:
        yield Refused("further parts", "they were refused too", further)


def _checked(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Refused):
        return Refused(one_line(outcome.part, 120), one_line(outcome.reason, 300), outcome.count)
    try:
        return bounded(outcome)
    except UnusableContent as error:
        if outcome.part is None:
            raise
        return Refused(outcome.part, str(error))
