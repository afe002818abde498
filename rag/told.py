"""What is told by plain words, whatever the reader makes of it: what somebody said, how old they are, what there is about a
topic. Pure.

The reader learned to find a few words that answer; of "What did Ali Vaez say?" and "What do the articles say about Aleppo?" any
sentence of his, or about it, is an answer, and whether there is one can be read off the words. So can "Vaez, 49, said".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.article import Article
from rag.kinds import AUXILIARY, WH
from rag.reported import AskedWords, asked_words, is_meant, says
from rag.terms import NAME, content_stems, plain
from rag.types import Query, Reading

PLAINLY_TOLD = 0.85  # the probability that such an answer is right; benchmarks/LOG.md, 2026-11-30
# "Russia's role in Syria" is told of by what tells of Russia in Syria.
_GENERAL = frozenset(
    content_stems("role part place situation involvement position background details information developments issue matter")
)
_KEYWORDS = re.compile(r"\W*[\w’'.-]+(?:\s+[\w’'.-]+){0,2}\W*")
_ASKS = re.compile(rf"\b(?:{WH}|{AUXILIARY})\b", re.IGNORECASE)
_HOW_OLD = re.compile(r"(?:and |but )?how old (?:is|was) ([^?,]{2,60}?)(?: now| today)?\W*", re.IGNORECASE)
_AGED = re.compile(rf"({NAME})(?:,\s|\s\()(\d{{1,3}})(?=[,.;)])")
_SURE = 9.0  # the reader's score of an age that stands behind its name
_LABEL = re.compile(rf"(?:A|({NAME})):\s")  # of a line of an interview
_BEFORE = 200  # characters in front of a sentence in which its topic may be named


def told(query: Query, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings that tell plainly what is asked for, in their order; none where that is not for words to say."""
    if query.kind == "summary":
        return [reading for reading in readings if _is_about(query, reading)]
    how_old = _HOW_OLD.fullmatch(query.text)
    if how_old and content_stems(how_old[1]):
        return [aged for reading in readings for aged in _at_age(how_old[1], reading)]
    asked = asked_words(query.text)
    return [reading for reading in readings if _says(asked, reading)] if asked else []


def is_a_topic(query: Query) -> bool:
    """Whether a query is no question but a few words: "Hezbollah", "Iran and Russia"."""
    return bool(_KEYWORDS.fullmatch(query.text)) and not _ASKS.search(query.text)


def as_told(query: Query) -> Query:
    """Return the query as one for what somebody said, unless it is for a summary or an age."""
    return query if query.kind == "summary" or _HOW_OLD.fullmatch(query.text) else replace(query, kind="said")


def _at_age(who: str, reading: Reading) -> Iterator[Reading]:
    """Yield a reading at the age that its sentence tells of somebody, if it does: "Vaez, 49, said" where he is Ali Vaez."""
    text = reading.hit.article.text
    ages = [one.span(2) for one in _AGED.finditer(text, *reading.sentence) if is_meant(one[1], who)]
    if ages and plain(who) in plain(text):
        yield replace(reading, start=ages[0][0], end=ages[0][1], score=_SURE)


def _is_about(query: Query, reading: Reading) -> bool:
    """Whether a sentence holds a word of the topic, and its passage and title all of them."""
    article, passage = reading.hit.article, reading.hit.passage
    topic, here = set(query.terms) - _GENERAL or set(query.terms), set(content_stems(article.text[slice(*reading.sentence)]))
    return bool(topic & here) and topic <= set(content_stems(f"{article.title} {passage.text}"))


def _says(asked: AskedWords, reading: Reading) -> bool:
    """Whether a sentence is the speaker's, and holds with what stands directly before it and the title all of the topic."""
    (start, end), article = reading.sentence, reading.hit.article
    near = f"{article.title} {article.text[max(0, start - _BEFORE) : end]}"
    is_theirs = says(article.text, start, end, asked.speaker) or _is_labelled(article, start, asked.speaker)
    return is_theirs and asked.topic <= set(content_stems(near))


def _is_labelled(article: Article, start: int, speaker: str) -> bool:
    """Whether the line around `start` is the speaker's in an interview: "Brandt: No.", or "A: No." where the title or the
    beginning names them."""
    label = _LABEL.match(article.text, article.text.rfind("\n", 0, start) + 1)
    if not label:
        return False
    beginning = f"{article.title} {article.text[:_BEFORE]}"
    return is_meant(label[1], speaker) if label[1] else set(content_stems(speaker)) <= set(content_stems(beginning))
