"""An answer as a message of the chat: HTML in which every character that came from outside is inert. Pure.

Gradio reads messages as Markdown and then as HTML. Text is therefore written with numeric references for everything but
letters, digits and spaces, and without line ends, so that neither reading finds anything in it.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

from rag.remarks import ALSO_IN
from web.models import AnswerOut, Source

_ACTIVE = re.compile(r"[!-/:-@\[-`{-~]")  # ASCII punctuation; nothing else means anything in Markdown or HTML
_MARK = re.compile(r"(?<!\s)(\s*)\[(\d{1,6})\]")
_CONFIDENCE = ((0.8, "The quoted words answer this directly"), (0.5, "The quoted words probably answer this"))
# What stands between two claims when articles differ: "Later, The Harbour Post (2024-03-05) tells it differently:".
_INTRODUCTION = re.compile(rf"(?:{ALSO_IN})? (?=\S.*: $)")
_SURE = 0.7  # from here the short answer stands above what it is taken from, else it is marked there; benchmarks/LOG.md
_VERSION_DIGITS = 12  # of the content hash: enough to tell the versions of an article apart
_NEAREST = "The nearest passages, which do not answer it"
_LOW_CONFIDENCE = "The quoted words may not answer this; read them in their article"


def inert(text: str) -> str:
    """Return the text as HTML that reads the same and does nothing, on one line."""
    return _ACTIVE.sub(_reference, " ".join(text.split()))


def asked(question: str) -> str:
    """Return a question as a message."""
    return f'<div class="asked" dir="auto">{"<br>".join(map(inert, question.splitlines()))}</div>'


def arriving(text: str, query: str) -> str:
    """Return the part of an answer that has come so far."""
    said = f'<p class="said" dir="auto">{inert(text)}</p>' if text else '<p class="waiting">Reading the articles…</p>'
    return f'<div class="answer arriving" title="{inert(query)}">{said}</div>'


def answered(answer: AnswerOut) -> str:
    """Return a whole answer: the short answer, the sentences with their marks, and what to make of them."""
    if answer.abstained:
        return _refusal(answer)
    is_sure = answer.short_answer_confidence is None or answer.short_answer_confidence >= _SURE
    lead = f'<p class="lead" dir="auto">{inert(answer.short_answer)}</p>' if answer.short_answer and is_sure else ""
    words = None if is_sure else _only_place(answer)
    said = "".join(
        f'<p class="said" dir="auto">{_with_marks(line, answer, words)}</p>' for line in _paragraphs(answer) if line.strip()
    )
    remark = next((remark for least, remark in _CONFIDENCE if answer.confidence >= least), _LOW_CONFIDENCE)
    return f'<div class="answer">{lead}{said}{_footnotes(answer)}{_note(remark, answer)}</div>'


def noted(note: str) -> str:
    """Return a remark in the place of an answer."""
    return f'<div class="answer"><p class="note">{inert(note)}</p></div>'


def link(source: Source, label: str, style: str) -> str:
    """Return a link that opens the article at these words; it needs nothing else to work, and survives copying."""
    version = source.content_hash.removeprefix("sha256:")[:_VERSION_DIGITS]
    where = f"#src={quote(source.article_id, safe='')}:{source.start_char_index}-{source.end_char_index}@{version}"
    return f'<a class="{style}" href="{where}" title="{inert(_about(source))}">{label}</a>'


def _paragraphs(answer: AnswerOut) -> Iterator[str]:
    """Give the lines of an answer; an article that is introduced by its name begins a new one."""
    begun = 0
    for before, after in pairwise(answer.citations):
        if found := _INTRODUCTION.match(answer.answer[before.end_index : after.start_index]):
            end = before.end_index + found.end()
            yield from answer.answer[begun:end].split("\n")
            begun = end
    yield from answer.answer[begun:].split("\n")


def _footnotes(answer: AnswerOut) -> str:
    items = [f"<li>{link(one, f'<b>{one.number} </b>{_origin(one)}', 'foot')}</li>" for one in answer.citations]
    return f'<ul class="footnotes">{"".join(items)}</ul>' if items else ""


def _origin(source: Source) -> str:
    return f"{inert(source.source or 'Outlet unknown')} · {inert(source.title)}"


def _about(source: Source) -> str:
    return ", ".join(filter(None, (source.title, source.source, (source.published_at or "undated")[:10])))


def _only_place(answer: AnswerOut) -> re.Pattern[str] | None:
    """Return what finds the short answer in the text, where it stands there once."""
    words = re.compile(rf"(?<!\w){re.escape(' '.join((answer.short_answer or '').split()))}(?!\w)")
    return words if answer.short_answer and len(words.findall(answer.answer)) == 1 else None


def _with_marks(line: str, answer: AnswerOut, words: re.Pattern[str] | None) -> str:
    """Return a line as HTML, its marks as links, and what `words` finds in bold."""
    cited = {citation.number: citation for citation in answer.citations}
    html, at = "", 0
    for mark in _MARK.finditer(line):
        label = inert(f"[{mark[2]}]")
        citation = cited.get(int(mark[2]))
        gap = "&#160;" if mark[1] else ""  # no line begins with a mark
        html += _inert_inside(line[at : mark.start()], words) + gap + (link(citation, label, "cite") if citation else label)
        at = mark.end()
    return html + _inert_inside(line[at:], words)


def _inert_inside(text: str, words: re.Pattern[str] | None = None) -> str:
    if words and (found := words.search(text)):
        return f"{_inert_inside(text[: found.start()])}<b>{inert(found[0])}</b>{_inert_inside(text[found.end() :])}"
    left, right = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * left}{inert(text)}{' ' * right}"


def _refusal(answer: AnswerOut) -> str:
    said = f'<p class="said" dir="auto">{inert(answer.answer)}</p>'
    near = "".join(
        f"<li>{link(one, inert(one.title), 'near')}<q>{inert(one.cited_text)}</q></li>" for one in answer.near_misses
    )
    nearest = f"<details><summary>{_NEAREST}</summary><ul>{near}</ul></details>" if near else ""
    return f'<div class="answer refusal">{said}{_note("", answer)}{nearest}</div>'


def _note(words: str, answer: AnswerOut) -> str:
    is_as_asked = answer.searched_for.casefold() == answer.question.casefold()
    searched = "" if is_as_asked else f"Searched for: {answer.searched_for}"
    parts = [inert(part) for part in (words, searched) if part]
    if not answer.abstained:
        parts.append('<a class="copy" role="button" href="#copy">Copy with sources</a>')
    return f'<p class="note">{" · ".join(parts)}</p>' if parts else ""


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"
