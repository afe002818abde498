"""How good answers are: the field's metrics over (question, answer) pairs. Pure: no library, no files.

Short answers: SQuAD's normalisation, exact match and token F1, the best over the reference answers. Retrieval: by article.
Refusing: AUC of the confidence for answerable against unanswerable questions, and both error rates side by side.
"""

import re
import statistics
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.types import Answer

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—…")


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is known of its right answer. An empty tuple means: not known, leave that metric out."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    unanswerable: bool = False
    kind: str = "all"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: the answer, the articles in the order in which they were found, and what the page would show."""

    case: Case
    answer: Answer
    ranking: tuple[str, ...]
    citations_exact: int
    milliseconds: float

    @property
    def right_sentence(self) -> bool:
        """Whether the first citation quotes (or lies in) one of the right sentences."""
        quotes = [citation.quotation.quote for citation in self.answer.citations[:1]]
        return any(right in quote or quote in right for right in self.case.sentences for quote in quotes)

    @property
    def is_right(self) -> bool:
        """Whether it refused what cannot be answered, and for the rest quoted a right sentence first, or, where only answers
        are known, holds one of them in its short answer or in words that it quotes."""
        if self.case.unanswerable or self.answer.abstained:
            return self.case.unanswerable and self.answer.abstained
        if self.case.sentences or not self.case.answers:
            return self.right_sentence or not self.case.sentences
        told = [self.answer.short_answer or "", *(citation.quotation.quote for citation in self.answer.citations)]
        return any(f" {normalized(right)} " in f" {normalized(words)} " for right in self.case.answers for words in told)


def normalized(text: str) -> str:
    """Return the text as SQuAD compares it: lower case, no punctuation, no articles, single spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(given: str, answers: Sequence[str]) -> float:
    """Return 1 when the answer equals a reference after normalisation, else 0."""
    return float(any(normalized(given) == normalized(answer) for answer in answers))


def token_f1(given: str, answers: Sequence[str]) -> float:
    """Return the best F1 of shared tokens with a reference, 0 to 1."""
    return max((_f1(normalized(given).split(), normalized(answer).split()) for answer in answers), default=0.0)


def _f1(given: Sequence[str], right: Sequence[str]) -> float:
    shared = sum((Counter(given) & Counter(right)).values())
    return 2 * shared / (len(given) + len(right)) if shared else 0.0


def auc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the probability that a positive scores above a negative, ties counting half; None without both."""
    if not positive or not negative:
        return None
    labelled = sorted([(score, 1) for score in positive] + [(score, 0) for score in negative])
    rank_sum, below = 0.0, 0
    for _, group in groupby(labelled, key=lambda pair: pair[0]):
        tied = [label for _, label in group]
        rank_sum += sum(tied) * (below + (len(tied) + 1) / 2)
        below += len(tied)
    wins = rank_sum - len(positive) * (len(positive) + 1) / 2
    return wins / (len(positive) * len(negative))


def report(outcomes: Sequence[Outcome]) -> dict[str, float | int | None]:
    """Return every metric over these outcomes; one that no case can tell is None."""
    answerable = [outcome for outcome in outcomes if not outcome.case.unanswerable]
    unanswerable = [outcome for outcome in outcomes if outcome.case.unanswerable]
    citations = [citation for outcome in outcomes for citation in outcome.answer.citations]
    return {
        "questions": len(outcomes),
        **_retrieval([outcome for outcome in answerable if outcome.case.articles]),
        **_short_answers([outcome for outcome in answerable if outcome.case.answers]),
        "right_sentence_first": _mean([outcome.right_sentence for outcome in answerable if outcome.case.sentences]),
        "answered": _mean([not outcome.answer.abstained for outcome in answerable]),
        "refused_rightly": _mean([outcome.answer.abstained for outcome in unanswerable]),
        "refusal_auc": auc([o.answer.confidence for o in answerable], [o.answer.confidence for o in unanswerable]),
        "citations": len(citations),
        "citations_exact": sum(outcome.citations_exact for outcome in outcomes) / len(citations) if citations else None,
        "median_ms": round(statistics.median(outcome.milliseconds for outcome in outcomes), 1) if outcomes else None,
    }


def _retrieval(outcomes: Sequence[Outcome]) -> Mapping[str, float | None]:
    ranks = [
        next((rank for rank, found in enumerate(dict.fromkeys(o.ranking), start=1) if found in o.case.articles), None)
        for o in outcomes
    ]
    return {
        "hit@1": _mean([rank == 1 for rank in ranks]),
        "hit@3": _mean([rank is not None and rank <= 3 for rank in ranks]),
        "mrr@10": _mean([1 / rank if rank and rank <= 10 else 0.0 for rank in ranks]),
    }


def _short_answers(outcomes: Sequence[Outcome]) -> Mapping[str, float | None]:
    given = [(outcome.answer.short_answer or "", outcome.case.answers) for outcome in outcomes]
    return {"short_em": _mean([exact_match(*pair) for pair in given]), "short_f1": _mean([token_f1(*pair) for pair in given])}


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
