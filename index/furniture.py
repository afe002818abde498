"""Which lines of an article are page furniture (headings, teasers, sign-up lines, disclaimers) rather than its story.

Furniture stays in the stored text, so that offsets and hashes mean the text as published; it only never becomes a
passage. The rules are about form and grammar, not about any publisher. Knows no passages, no vectors.
"""

import re
from collections.abc import Iterator, Sequence

# What may stand behind the last sentence of a story: an agency's name, the sign that it ends, the mark of a note.
_BEHIND = (
    r"\([^().!?]{1,40}\)|[-–—]{1,2}\s?[A-Z][\w.&'’-]{1,30}(?:[ /][A-Z&][\w.&'’-]{0,30}){0,3}"
    r"|[■□▪▫◼◾◆●•∎*#]{1,3}|(?:\[\d{1,3}\]){1,9}"
)
_SENTENCE_END = re.compile(rf"[.!?…。！？؟।:;][\"'”’»)\]\s]*$|[.!?…。！？؟।][\"'”’»)\]]*\s{{0,3}}(?:{_BEHIND})[.)\]\s]*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*•‣–—]\s|\(?\d{1,3}[.)]\s|[a-z][.)]\s)", re.IGNORECASE)
_FACT = re.compile(r":\s*[^\s:/]*\d")  # "Population: 23 million" is a short line worth quoting
# "Capital: Oslo" in a box of facts is one, too; "Exclusive: Mayor resigns" and "Opinion: Why the ferry matters" are headlines.
_ENTRY = re.compile(r"^\s*(?:[•►▪●]\s*)?(?P<name>[^\s:]+(?: [^\s:]+){0,3}):\s+(?P<value>\S.*)$")
_ENTRY_WORDS, _LONE_NAME_WORDS, _LONE_VALUE_WORDS = 5, 2, 2  # benchmarks/LOG.md, 2026-11-21
_PRESS = re.compile(
    r"^\W*(?:analysis|breaking|claim|column|comment|editorial|exclusive|explainer|fact\s?check|gallery|(?:learn|read)\s+more|live"
    r"|more|opinion|photos?|pictures?|podcasts?|poll|quiz|review|updates?|videos?|watch)\b",
    re.IGNORECASE,
)
_ROW = re.compile(r"^\s*\|.*\|\s*$")  # a row of a table, as the readers write it
_HEADING_WORDS = 18

# Imperatives by which a page speaks to its visitor, with their objects: "Support our work", not "Support for our troops" or
# "Follow-up talks"; and what they are asked to act on.
_INVITES = re.compile(
    r"^(?:please\s+)?(?:(?:subscribe|sign\s+(?:up|in)|log\s+in|register|donate)"
    r"(?:\s+(?:to|for|with|via|by|at|and|or|now|today|below|here)\b|\s*[.,:!]|\s*$)"
    r"|(?:click|tap)\s+(?:here|below|on|this|the|our|to)\b"
    r"|(?:follow|read|watch|listen\s+to|join|download|leave|discover|support|contact|e-?mail|print|visit|check\s+out)"
    r"\s+(?:us|our|your|the|a|an|this|these|more|here)\b"
    r"|get\s+the\s+latest\b|post\s+a\s+comment\b|(?:like|get|post|share)\s+(?:us|our|this|your)\b)",
    re.IGNORECASE,
)
_VISITOR = re.compile(
    r"\b(?:us|our|you|your|newsletters?|inbox|e-?mail|app|comments?|reply|podcasts?)\b"
    r"|^(?:please\s+)?(?:\w+\s+){1,2}here\b|\bhere\W*$",  # "Sign up here", "Read the whole report here."
    re.IGNORECASE,
)
# "Watch out for ice on your way home, police said." begins like an invitation and is news.
_REPORTED = re.compile(r"\b(?:said|says|told|tells|warned|warns|advised|advises|urged|urges|added|wrote)\b", re.IGNORECASE)
# The text speaking of itself as a publication: "This article was translated by ...", "The views expressed here ..."; but
# "This report, published by the UN, ..." speaks of another one.
_ITSELF = re.compile(
    r"\b(?:this|the\s+(?:above|following|original|present))\s+(?:article|story|report|piece|post|text|content|interview|op-?ed"
    r"|translation|transcript|column|press\s+release)\b(?!,)|\bviews?\s+(?:and\s+opinions?\s+)?(?:expressed|set\s+out)\s+"
    r"(?:here|herein|in\s+(?:this|the)|on\s+(?:this|the)|are|do(?:es)?\s+not\s+necessarily"
    r"|by\s+(?:the\s+)?(?:authors?|writers?|contributors?|columnists?))\b",
    re.IGNORECASE,
)
_PUBLISHING = re.compile(
    r"\b(?:(?:was|were|is|are|be|been)\s+(?:\w+\s+){0,2}(?:translated|edited|(?:re)?published|reproduced|reprinted|syndicated"
    r"|verified|corrected)|updated\s+(?:on|at|to)|originally|first\s+(?:appeared|published)|endorse\w*"
    r"|(?:no|not|nor|any|sole)\s+(?:\w+\s+){0,2}(?:responsib|liab)\w+|do(?:es)?\s+not\s+(?:necessarily\s+)?reflect)\b",
    re.IGNORECASE,
)
# "Copyright 2024 Bay Radio", "Copyright Bay Radio 2024", and not "Copyright law will change in May".
_RIGHTS = re.compile(
    r"©|\ball\s+rights\s+reserved\b"
    r"|^\s*copyright\W{0,9}(?:(?:19|20)\d\d\b|(?:(?-i:[A-Z])[^\s\d]{0,30}\W{1,3}){1,5}(?:19|20)\d\d\W*$)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\s*(?:original\s+)?(?:source|via|photos?|images?|credits?|by|authors?|contribut(?:ing|ors?)|tags?|topics?|filed\s+under"
    r"|related(?:\s+\w+)?|see\s+also"
    r"|also\s+read|read\s+(?:more|also|next)|more\s+on|editor'?s?\s+note)\s*:",
    re.IGNORECASE,
)


def furniture(lines: Sequence[str], title: str = "") -> list[bool]:
    """Say for each line of an article whether it is page furniture. Blank lines are not.

    Lines without sentence punctuation count as headings only in a text that is otherwise prose, and only where they are no
    entries of a box of facts: a list of short notes or a poem is all content. One that repeats the `title` is a heading
    beside any sentence. Disclaimers are looked for at the edges, where publishers put them.
    """
    filled = [index for index, line in enumerate(lines) if line.strip()]
    ended = sum(len(lines[index]) for index in filled if _SENTENCE_END.search(lines[index]))
    is_prose = ended >= 0.6 * sum(len(lines[index]) for index in filled)
    marked = [is_prose and bool(line.strip()) and _is_heading(line) for line in lines]
    for index in _facts([(index, lines[index]) for index in filled]):
        marked[index] = False
    for index in filled:
        marked[index] = marked[index] or _speaks_to_visitor(lines[index])
    has_sentence = any(_SENTENCE_END.search(lines[index]) for index in filled if not marked[index])
    for index in filled if has_sentence and title else ():
        marked[index] = marked[index] or _is_title(lines[index], title)
    body = [index for index in filled if not marked[index]]
    # Never the whole article: a text that is nothing but a disclaimer is content to whoever added it.
    for edge in {*body[:1], *body[-2:]} if len(body) > 2 else ():
        marked[edge] = _is_disclaimer(lines[edge])
    return marked


def _is_heading(line: str) -> bool:
    is_short = len(line.split()) <= _HEADING_WORDS
    return is_short and not (_SENTENCE_END.search(line) or _LIST_ITEM.match(line) or _FACT.search(line) or _ROW.match(line))


def _is_title(line: str, title: str) -> bool:
    """Say whether the line is the title again; a title that is a whole statement may be told nowhere else and stays."""
    return len(line) < 2 * len(title) + 20 and " ".join(line.split()) == title and not title.endswith((".", "。"))


def _facts(filled: Sequence[tuple[int, str]]) -> Iterator[int]:
    """Yield which lines are entries of a box of facts: very short ones, and short ones beside another entry."""
    entries = [None if _PRESS.match(line) else _ENTRY.match(line) for _, line in filled]
    for place, entry in enumerate(entries):
        if entry is None:
            continue
        name, value = (len(entry[part].split()) for part in ("name", "value"))
        is_beside_another = any(entries[max(place - 1, 0) : place]) or any(entries[place + 1 : place + 2])
        if (name <= _LONE_NAME_WORDS and value <= _LONE_VALUE_WORDS) or (is_beside_another and value <= _ENTRY_WORDS):
            yield filled[place][0]


def _speaks_to_visitor(line: str) -> bool:
    words = len(line.split())
    invites = words <= 25 and _INVITES.match(line.strip()) and _VISITOR.search(line) and not _REPORTED.search(line)
    return bool(invites or (words <= 15 and _CREDIT.match(line)) or (words <= 30 and _RIGHTS.search(line)))


def _is_disclaimer(line: str) -> bool:
    return bool(_ITSELF.search(line) and _PUBLISHING.search(line))
