"""The types of a question's way to its answer, and those that leave this room. Knows no web."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

from index.rows import State
from index.search import Hit
from index.snapshot import EVERYTHING, Within

Reason = Literal["nothing_relevant", "not_answered_by_sources", "outside_dates", "empty_library"]
Mode = Literal["extractive", "generative"]
Kind = Literal["who", "when", "where", "number", "what", "why", "how", "list", "summary", "overview", "yes_no", "said"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question that stands alone, and what kind of answer it wants."""

    text: str
    kind: Kind
    terms: Mapping[str, str]  # the words that carry meaning, by stem, see rag/terms.py
    is_about_now: bool = False  # it asks for the present or the latest state of things
    first_part: str | None = None  # "Who won?" of "Who won, and when?", where both were asked in one

    @property
    def wants_span(self) -> bool:
        """Whether a few words are all it takes; a reason, a list, yes or no, what somebody said take sentences."""
        return self.kind not in {"why", "how", "list", "summary", "overview", "yes_no", "said"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A `sentence` of a hit's passage, and the words in it that answer best: `article.text[start:end]` (the whole sentence
    where the reader found none). All offsets are into the article. Scores: higher is better, comparable within one question.

    `score` is the reader's of these words, `no_answer_score` its of the passage, higher the less the passage answers;
    `cosine` is of question and sentence; `rank_score` orders the readings; `selection` is the log-odds that the sentence
    belongs to a complete answer; `ahead` is how much better the reader likes these words than any others of the passage,
    negative where it likes others better.
    """

    hit: Hit
    sentence: tuple[int, int]
    start: int
    end: int
    score: float
    no_answer_score: float
    cosine: float
    rank_score: float
    selection: float = 0.0
    ahead: float = 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """One part of an answer before it is numbered: the words to show, and the words of an article that they rest on.

    `before` stands in front of it and claims nothing itself: whose words these are, that another article differs.
    """

    text: str
    reading: Reading
    start: int
    end: int
    before: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article in which quoted words stand, too, small edits aside."""

    article_id: str
    title: str
    source: str | None
    published: str | None

    def as_dict(self) -> dict[str, object]:
        return {
            "article_id": self.article_id,
            "title": self.title,
            "source": self.source,
            "published_at": self.published,
        }


@dataclass(frozen=True, slots=True)
class Quotation:
    """Exact words of an article: `article.text[start:end] == quote` for the version with this `content_hash`."""

    passage_id: str
    article_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    start: int
    end: int
    quote: str
    content_hash: str
    score: float  # of the passage, 0 to 1, higher is better
    also_in: tuple[Copy, ...] = ()  # the original first; this article is the original of those that were searched

    @property
    def permalink(self) -> str:
        return f"/#src={self.article_id}:{self.start}-{self.end}"

    def as_dict(self) -> dict[str, object]:
        return {
            "article_id": self.article_id,
            "title": self.title,
            "source": self.source,
            "url": self.url,
            "published_at": self.published,
            "passage_id": self.passage_id,
            "start_char_index": self.start,
            "end_char_index": self.end,
            "cited_text": self.quote,
            "content_hash": self.content_hash,
            "score": self.score,
            "permalink": self.permalink,
            "also_in": [copy.as_dict() for copy in self.also_in],
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """The mark `[number]` in an answer: the claim `answer.text[claim_start:claim_end]`, mark included, rests on `source`."""

    number: int
    claim_start: int
    claim_end: int
    quotation: Quotation

    def as_dict(self) -> dict[str, object]:
        return {
            "number": self.number,
            **self.quotation.as_dict(),
            "start_index": self.claim_start,
            "end_index": self.claim_end,
        }


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the library held when it was asked. `newest` is the latest known publication date, `last_change` when anything was
    added, changed or removed last (UTC)."""

    articles: int
    passages: int
    fingerprint: str
    newest: str | None
    last_change: str

    @classmethod
    def of(cls, state: State) -> "LibraryState":
        return cls(state.articles, state.passages, state.fingerprint, state.newest, state.last_change)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, what is answered, and the exact words it rests on. Abstaining is an Answer with a `reason`."""

    id: str
    question: str
    searched_for: str
    text: str
    short_answer: str | None
    abstained: bool
    reason: Reason | None
    confidence: float  # 0 to 1: the estimated probability that the answer is right
    mode: Mode
    citations: tuple[Citation, ...]
    near_misses: tuple[Quotation, ...]
    library: LibraryState
    timings_ms: Mapping[str, int]
    short_answer_confidence: float | None = None  # 0 to 1: the estimated probability that these words are the right ones

    def as_dict(self) -> dict[str, object]:
        """Return the answer in the words of the public contract (`docs/api.md`); every door renames from here."""
        return {
            "id": self.id,
            "question": self.question,
            "searched_for": self.searched_for,
            "answer": self.text,
            "short_answer": self.short_answer,
            "short_answer_confidence": self.short_answer_confidence,
            "abstained": self.abstained,
            "reason": self.reason,
            "confidence": self.confidence,
            "mode": self.mode,
            "citations": [citation.as_dict() for citation in self.citations],
            "near_misses": [quotation.as_dict() for quotation in self.near_misses],
            "library": self.library.as_dict(),
            "timings_ms": dict(self.timings_ms),
        }


@dataclass(frozen=True, slots=True)
class Searched:
    """First event of a stream: the question as it is searched, a follow-up resolved. It comes again where the articles spell a
    word of it in another way."""

    query: str


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer's text; all pieces together are `Answer.text`. An empty one only says that it goes on."""

    text: str


Event = Searched | Delta | Citation | Answer
"""A stream is Searched, once or twice, then Deltas and Citations, then the whole Answer, last."""


class Answers(Protocol):
    """What answers questions, such as `rag.answer.Answerer`."""

    def stream(
        self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8
    ) -> Iterator[Event]: ...
