"""The writer that lets a language model write: every sentence is checked before it leaves. Knows no provider and no web.

readings -> numbered evidence -> the model's words -> finished sentences -> checked ones, with marks of our own numbering.
Where the model fails, the quotations that were found without it follow, behind a notice that says why.
"""

import logging
import re
import secrets
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.evidence import Composition
from rag.extractive import in_reading_order
from rag.marks import Said, SentenceStream
from rag.model import MOST_ANSWER_TOKENS, PULSE_SECONDS, LanguageModel, ModelFailed, tokens
from rag.prompt import FAILED, NO_ANSWER, PASSAGE, QUESTION, QUOTED_INSTEAD, RULES, UNDATED, UNKNOWN_SOURCE, UNSUPPORTED
from rag.provider import Why
from rag.support import Checker
from rag.types import Citation, Claim, Delta, Mode, Query, Reading

MOST_EVIDENCE_TOKENS = 2400
_LOG = logging.getLogger("footnote.rag")
_MOST_SENTENCES = 12
_REFUSAL = re.compile(
    r"(?:i(?:['’]m| am) sorry\b.*|sorry\b.*|i (?:cannot|can't|could not) (?:answer|find)\b.*"
    r"|(?:the|these|none of the) (?:\w+ )?(?:articles?|passages?|sources?|texts?|evidence)\b.*(?:\bno|n['’]t\b|\black).*)",
    re.IGNORECASE,
)
_REFUSED = re.compile(rf"(?<!\w){NO_ANSWER}\W*$", re.IGNORECASE)  # at the end of a sentence
_RULES_WORDS = 6  # in a row that a sentence shares with the rules: it repeats them


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: `mode` is "generative" when any sentence is the model's; `refused` when it found no answer."""

    text: str
    citations: tuple[Citation, ...]
    mode: Mode
    refused: bool = False


class GenerativeWriter:
    """Writes with a language model. `drop_unsupported` leaves sentences out that the articles do not support."""

    def __init__(self, model: LanguageModel, checker: Checker, *, drop_unsupported: bool = False) -> None:
        self._model, self._checker, self._drop = model, checker, drop_unsupported

    def write(
        self, query: Query, readings: Sequence[Reading], quotes: Sequence[Claim]
    ) -> Generator[Delta | Citation, None, Written]:
        """Yield checked sentences with their citations; `quotes`, with a notice, when the model fails. No readings, no call.

        While there is nothing to say, an empty Delta comes now and then, so that whoever has gone away need not be waited for.
        """
        answer = Composition(about_now=query.is_about_now)
        try:
            refused = yield from self._sentences(query, evidence(readings, self._model.window), answer)
        except ModelFailed as failure:
            _LOG.warning("the language model failed: %s (%s)", failure.why, type(failure.__cause__).__name__)
            mode: Mode = "generative" if answer.text else "extractive"
            yield from _quoted_instead(answer, failure.why, query, quotes)
            return Written(answer.text, tuple(answer.citations), mode)
        return Written(answer.text, tuple(answer.citations), "generative", refused)

    def _sentences(
        self, query: Query, found: Sequence[Reading], answer: Composition
    ) -> Generator[Delta | Citation, None, bool]:
        """Write the checked sentences into `answer`; return whether the model refused. Raises ModelFailed."""
        waiting: list[Said] = []  # unsupported ones are not shown before the first that is supported
        before: set[str] = set()
        for finished in self._said(query, found):
            if finished is None:
                yield Delta("")
                continue
            said, refuses = _without_refusal(finished)
            if refuses and not answer.text:
                return True
            if not said.text:
                continue
            if len(before) == _MOST_SENTENCES or said.text in before:
                break  # it says what it has said, or too much
            before.add(said.text)
            claims = self._claims(said, found)
            if not claims and not answer.text:
                waiting.append(said)
                continue
            for earlier in waiting:
                yield from self._unsupported(earlier, answer)
            waiting.clear()
            yield from answer.add(said.text, claims, _gap(said)) if claims else self._unsupported(said, answer)
        if not answer.text:
            if waiting and all(_REFUSAL.fullmatch(said.text) for said in waiting):
                return True
            raise ModelFailed("nonsense")
        return False

    def _said(self, query: Query, found: Sequence[Reading]) -> Iterator[Said | None]:
        """Yield the model's finished sentences, but for those that repeat its rules; None now and then while there is none."""
        fence = secrets.token_hex(6)  # an article cannot know it, so it cannot end the evidence and speak as somebody else
        rules, stream = RULES.format(fence=fence), SentenceStream()
        repeated = _runs(rules)

        def own(finished: Iterator[Said]) -> list[Said | None]:
            return [said for said in finished if not repeated & _runs(said.text) and fence not in said.text]

        pieces = self._model.say(rules, question(query.text, found, fence))
        try:
            heard = time.monotonic()
            for piece in pieces:
                said = own(stream.feed(piece))
                if said or time.monotonic() - heard >= PULSE_SECONDS:
                    yield from said or [None]
                    heard = time.monotonic()
            yield from own(stream.finish())
        finally:
            pieces.close()

    def _claims(self, said: Said, found: Sequence[Reading]) -> tuple[Claim, ...]:
        named = [found[number - 1] for number in said.numbers if 0 < number <= len(found)]
        return self._checker.check(said.text, named, found).claims

    def _unsupported(self, said: Said, answer: Composition) -> Iterator[Delta | Citation]:
        if not self._drop:
            yield from answer.add(f"{said.text} {UNSUPPORTED}", (), _gap(said))


def evidence(readings: Sequence[Reading], window: int) -> list[Reading]:
    """Return as many of the best readings as fit, whole, into what a model with this window can read."""
    room = min(MOST_EVIDENCE_TOKENS, window - MOST_ANSWER_TOKENS - tokens(RULES) - 200)
    passages: dict[str, Reading] = {}
    for reading in readings:  # one or more of each passage, the best first
        passages.setdefault(reading.hit.passage.id, reading)
    kept: list[Reading] = []
    for number, reading in enumerate(passages.values(), 1):
        room -= tokens(_passage(number, reading))
        if room < 0:
            break
        kept.append(reading)
    return kept


def question(asked: str, found: Sequence[Reading], fence: str) -> str:
    """Return what the model is asked: the evidence, numbered from 1 and fenced off as data, then the question."""
    passages = "\n\n".join(_passage(number, reading) for number, reading in enumerate(found, 1))
    return QUESTION.format(fence=fence, passages=passages, question=" ".join(asked.split()))


def _passage(number: int, reading: Reading) -> str:
    article, passage = reading.hit.article, reading.hit.passage
    return PASSAGE.format(
        number=number,
        title=article.title,
        source=article.source or UNKNOWN_SOURCE,
        published=article.published or UNDATED,
        text=passage.text,
    )


def _quoted_instead(answer: Composition, why: Why, query: Query, quotes: Sequence[Claim]) -> Iterator[Delta | Citation]:
    """Say why the model stopped, then quote what it has not cited already, as an answer without it would."""
    cited = {(one.quotation.article_id, one.quotation.start, one.quotation.end) for one in answer.citations}
    left = [quote for quote in quotes if (quote.reading.hit.article.id, quote.start, quote.end) not in cited]
    yield from answer.add(FAILED[why] + (QUOTED_INSTEAD if left else "."), (), "\n")
    for number, claim in enumerate(in_reading_order(query, left)):
        yield from answer.add(claim.text, (claim,), " " if number else "\n", claim.before)


def _without_refusal(said: Said) -> tuple[Said, bool]:
    """Return a sentence without the word for "no answer" at its end, and whether it was there."""
    if said.text.strip("\"'.!* ").upper().replace(" ", "_") == NO_ANSWER:
        return replace(said, text=""), True
    text = _REFUSED.sub("", said.text)
    return (said, False) if text == said.text else (replace(said, text=text.rstrip(" \"'(*—–-")), True)


def _gap(said: Said) -> str:
    return "\n" if said.begins_line else " "


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of `_RULES_WORDS` words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + _RULES_WORDS]) for start in range(len(words) - _RULES_WORDS + 1)}
