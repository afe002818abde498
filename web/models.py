"""The shapes of requests and responses under /v1, as the API describes them. Only shapes: what they mean is elsewhere."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from index.search import Hit
from rag.asking import QUESTION_CHARACTERS
from web.dates import Dated
from web.gate import State
from web.limits import HISTORY_MESSAGES, MOST_HITS, QUESTION_PATTERN, TEXT_PATTERN


def _whole_number(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("it must be a whole number")  # noqa: TRY004 - pydantic reports ValueError, not TypeError
    return value


# What breaks a limit is refused with 413, what is not a question with 422; a schema can only say the second.
_LONGEST = f"At most {QUESTION_CHARACTERS:,} characters; more are refused with 413."
Question = Annotated[str, Field(description=_LONGEST, json_schema_extra={"minLength": 1, "pattern": QUESTION_PATTERN})]
"""A question as it arrives; `rag.asking.checked_question` decides."""


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Message(_Request):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(json_schema_extra={"pattern": TEXT_PATTERN})]


class AskRequest(_Request, Dated):
    """A question, and how to answer it."""

    question: Question
    history: Annotated[
        list[Message], Field(description=f"At most {HISTORY_MESSAGES} messages; more are refused with 413.")
    ] = []
    k: Annotated[int, Field(ge=1, le=MOST_HITS), BeforeValidator(_whole_number)] = 8
    stream: StrictBool = False


class CopyOut(BaseModel):
    """Another article in which the same words stand, small edits aside."""

    article_id: str
    title: str
    source: str | None
    published_at: str | None


class Source(BaseModel):
    """Exact words of an article: `text[start_char_index:end_char_index] == cited_text` at /v1/articles/{article_id}."""

    article_id: str
    title: str
    source: str | None
    url: str | None
    published_at: str | None
    passage_id: str
    start_char_index: int
    end_char_index: int
    cited_text: str
    content_hash: str
    score: float
    permalink: str
    also_in: list[CopyOut]


class CitationOut(Source):
    """A mark `[number]`: the claim `answer[start_index:end_index]`, mark included, rests on these words."""

    number: int
    start_index: int
    end_index: int


class LibraryOut(BaseModel):
    """What the library held when it was asked: `newest` is the latest known date of publication, `last_change` when anything
    in it was added, changed or removed last."""

    articles: int
    passages: int
    fingerprint: str
    newest: str | None
    last_change: str

    @classmethod
    def of(cls, state: State) -> Self:
        return cls(
            articles=state.articles,
            passages=state.passages,
            fingerprint=state.fingerprint,
            newest=state.newest,
            last_change=state.last_change,
        )


class AnswerOut(BaseModel):
    """An answer with the words it rests on. Abstaining is an answer too: `abstained`, a `reason`, and no citations."""

    id: str
    question: str
    searched_for: str
    answer: str
    short_answer: str | None
    short_answer_confidence: float | None
    abstained: bool
    reason: Literal["nothing_relevant", "not_answered_by_sources", "outside_dates", "empty_library"] | None
    confidence: float
    mode: Literal["extractive", "generative"]
    citations: list[CitationOut]
    near_misses: list[Source]
    library: LibraryOut
    timings_ms: dict[str, float]


class HitOut(BaseModel):
    """A passage that was found, with every score; higher is better, everywhere."""

    rank: int
    score: float
    keyword_score: float | None
    vector_score: float | None
    passage_id: str
    article_id: str
    title: str
    source: str | None
    url: str | None
    published_at: str | None
    start_char_index: int
    end_char_index: int
    text: str
    permalink: str
    also_in: list[CopyOut]

    @classmethod
    def of(cls, hit: Hit) -> Self:
        passage, article = hit.passage, hit.article
        return cls(
            rank=hit.rank,
            score=hit.score,
            keyword_score=hit.keyword_score,
            vector_score=hit.vector_score,
            passage_id=passage.id,
            article_id=article.id,
            title=article.title,
            source=article.source,
            url=article.url,
            published_at=article.published,
            start_char_index=passage.start,
            end_char_index=passage.end,
            text=passage.text,
            permalink=f"/#src={passage.id}",
            also_in=[
                CopyOut(article_id=copy.id, title=copy.title, source=copy.source, published_at=copy.published)
                for copy in hit.also_in
            ],
        )


class SearchOut(BaseModel):
    """What a search found, best first."""

    query: str
    hits: list[HitOut]


class Ready(BaseModel):
    """The library and the models are loaded."""

    status: Literal["ready"]
    library: LibraryOut


class Alive(BaseModel):
    """The process is up."""

    status: Literal["ok"]


class ErrorBody(BaseModel):
    """What was wrong, and what to do."""

    code: str
    message: str
    hint: str
    request_id: str


class ErrorOut(BaseModel):
    """Every error has this shape."""

    error: ErrorBody


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the error responses of a route, as its description names them."""
    return {status: {"model": ErrorOut} for status in statuses}
