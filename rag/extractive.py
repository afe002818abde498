"""The writer that quotes: readings become one to three claims, each whole sentences of an article. Invents no word."""

import re
from collections.abc import Sequence

from index.passages import Span, sentences
from rag.evidence import shown
from rag.sentences import SentenceScorer
from rag.speech import covering, standing_alone
from rag.terms import content_stems
from rag.types import Claim, Query, Reading

MAX_CLAIMS = 3
_READ_FOR_MORE = 5  # passages whose other sentences may join the answer
_MUCH_WORSE = 0.75  # of the best sentence's score: below that a further sentence is off the point
_REASON_BONUS = 0.15  # for a sentence that gives a reason, when the question wants one
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|as a result|result(?:s|ed)? (?:of|from)|caused? by|reasons?"
    r"|so that|in order to"
    r"|to (?:avoid|prevent|counter|secure|ensure|protect)|fear(?:s|ing|ed)?|concern(?:s|ed)?|citing|amid"
    r"|aim(?:s|ed|ing)? (?:to|at))\b",
    re.IGNORECASE,
)
_SAME_WORDS = 0.6  # Jaccard overlap of stems from which two sentences say the same


class ExtractiveWriter:
    """Chooses and quotes sentences."""

    mode = "extractive"

    def __init__(self, scorer: SentenceScorer) -> None:
        self._scorer = scorer

    def write(self, query: Query, readings: Sequence[Reading]) -> list[Claim]:
        """Return the claims of an answer, best first. `readings` are ordered by `rank_score`, best first, and not empty."""
        lead = _claim(readings[0], readings[0].start, readings[0].end)
        if query.wants_span:
            return [lead]
        return self._with_more(query, lead, readings[:_READ_FOR_MORE])

    def _with_more(self, query: Query, lead: Claim, readings: Sequence[Reading]) -> list[Claim]:
        """Add sentences that score nearly as well as the best and say something else."""
        found = [(reading, start, end) for reading in readings for start, end in _sentences_of(reading)]
        texts = [reading.hit.article.text[start:end] for reading, start, end in found]
        reasons = [_REASON_BONUS if query.kind == "why" and _REASON.search(text) else 0.0 for text in texts]
        scores = (self._scorer.scores(query.text, texts) + reasons).tolist()
        ranked = sorted(zip(scores, found, strict=True), key=lambda pair: -pair[0])
        claims = [lead]
        for score, (reading, start, end) in ranked:
            if len(claims) == MAX_CLAIMS or score < _MUCH_WORSE * ranked[0][0]:
                break
            claim = _claim(reading, start, end)
            if not any(_repeats(claim, other) for other in claims):
                claims.append(claim)
        return claims


def _claim(reading: Reading, start: int, end: int) -> Claim:
    """Return the words around a span of the article that can be quoted on their own."""
    text = reading.hit.article.text
    article_sentences = sentences(text)
    touched = covering(article_sentences, start, end)
    if touched:
        start, end = standing_alone(text, article_sentences, *touched)
    return Claim(text=shown(text[start:end]), reading=reading, start=start, end=end)


def _sentences_of(reading: Reading) -> list[Span]:
    passage = reading.hit.passage
    return [(passage.start + start, passage.start + end) for start, end in sentences(passage.text)]


def _repeats(claim: Claim, other: Claim) -> bool:
    same_article = claim.reading.hit.article.id == other.reading.hit.article.id
    if same_article and claim.start < other.end and other.start < claim.end:
        return True
    here, there = set(content_stems(claim.text)), set(content_stems(other.text))
    return len(here & there) > _SAME_WORDS * len(here | there)
