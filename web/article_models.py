"""The shapes of adding, removing and listing articles. Only shapes: what they mean is elsewhere."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from index.adding import LINKABLE
from index.article import Article, iso_date
from index.readers.raw import MAX_URL_CHARS
from index.rows import Listed, Version
from web.gate import ArticleRow
from web.jobs import Job
from web.models import ErrorBody, LibraryOut


def _as_links_need(written: str) -> str:
    if not LINKABLE.fullmatch(written):
        raise ValueError("it must be of letters, digits and . _ ~ - (at most 128), as a link needs")
    return written


_Id = Annotated[str, AfterValidator(_as_links_need), Field(json_schema_extra={"pattern": f"^{LINKABLE.pattern}$"})]


class ArticleIn(BaseModel):
    """An article that is sent as words; without `text`, the address of a page that is to be fetched.

    Sent again with the same `id`, or else the same `url`, it is a new version of the same article.
    """

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str | None, Field(min_length=1)] = None
    id: _Id | None = None
    title: Annotated[str | None, Field(max_length=1000)] = None
    url: Annotated[str | None, Field(min_length=1, max_length=MAX_URL_CHARS)] = None
    source: Annotated[str | None, Field(max_length=1000)] = None
    author: Annotated[str | None, Field(max_length=1000)] = None
    published_at: str | None = None
    updated_at: str | None = None

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if self.text is None and (self.url is None or self.model_fields_set - {"url", "text"}):
            raise ValueError("it needs a text; a url alone is fetched")
        for name in ("published_at", "updated_at"):
            written = getattr(self, name)
            if written and not iso_date(written):
                raise ValueError(f"{name} must be a date such as 2024-12-31")
        return self

    def facts(self) -> dict[str, str]:
        """Return what is known of the article besides its text, by the library's names."""
        named = {"published_at": "published", "updated_at": "updated"}
        given = self.model_dump(exclude={"text"}, exclude_none=True)
        return {named.get(name, name): value for name, value in given.items() if value}


class RowOut(BaseModel):
    """What became of one article, or of a file that holds none. `reason` and `code` say why it was refused."""

    name: str
    outcome: Literal["added", "updated", "unchanged", "refused"]
    article_id: str | None
    title: str | None
    passages: int
    reason: str | None
    code: str | None


class JobOut(BaseModel):
    """How far adding has come: `done` of `total` things that were sent; the results of what is in the library for good.

    After 1,000 results further ones are only counted, in `results_left_out`.
    """

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    done: int
    total: int
    added: int
    updated: int
    unchanged: int
    refused: int
    results: list[RowOut]
    results_left_out: int
    error: ErrorBody | None

    @classmethod
    def of(cls, job: Job, request_id: str) -> Self:
        results = [RowOut(**asdict(result)) for result in list(job.results)]
        counts = {outcome: job.counts[outcome] for outcome in ("added", "updated", "unchanged", "refused")}
        return cls(
            id=job.id,
            state=job.state,
            done=job.done,
            total=len(job.items),
            **counts,
            results=results,
            results_left_out=max(0, sum(counts.values()) - len(results)),
            error=ErrorBody(**job.problem.as_dict(request_id)["error"]) if job.problem else None,
        )


class RemovedOut(BaseModel):
    """The article is gone, from every answer and every list."""

    removed: str


class ArticleRowOut(BaseModel):
    """An article without its text."""

    id: str
    title: str
    source: str | None
    url: str | None
    published_at: str | None

    @classmethod
    def of_row(cls, row: ArticleRow) -> Self:
        return cls(id=row.id, title=row.title, source=row.source, url=row.url, published_at=row.published)


class ArticleOut(ArticleRowOut):
    """A whole article. Offsets count Unicode code points of this `text`, in the version with this `content_hash`."""

    text: str
    content_hash: str
    updated_at: str | None
    added_at: str
    metadata: dict[str, str]

    @classmethod
    def of(cls, article: Article) -> Self:
        return cls(
            id=article.id,
            title=article.title,
            source=article.source,
            url=article.url,
            published_at=article.published,
            text=article.text,
            content_hash=article.content_hash,
            updated_at=article.updated,
            added_at=article.added,
            metadata=dict(article.metadata),
        )


class ListedOut(ArticleRowOut):
    """An article in a list: everything but its text."""

    updated_at: str | None
    added_at: str
    passages: int
    characters: int

    @classmethod
    def of_listed(cls, row: Listed) -> Self:
        facts = ArticleRowOut.of_row(row).model_dump()
        return cls(**facts, updated_at=row.updated, added_at=row.added, passages=row.passages, characters=row.characters)


class SourceOut(BaseModel):
    """An outlet and how many articles of it there are; null stands for an unknown one."""

    name: str | None
    articles: int


class ArticlesOut(BaseModel):
    """A page of the list of articles; `total` counts those on all pages, `sources` those of the whole library."""

    articles: list[ListedOut]
    total: int
    offset: int
    sources: list[SourceOut]
    library: LibraryOut


class VersionOut(BaseModel):
    """What an article was until `replaced_at`; `kept` says whether its text can still be asked for, with `?version=`."""

    content_hash: str
    replaced_at: str
    kept: bool

    @classmethod
    def of(cls, version: Version) -> Self:
        return cls(content_hash=version.content_hash, replaced_at=version.replaced_at, kept=version.text is not None)


class WholeArticleOut(ArticleOut):
    """A whole article with the versions that it replaced, oldest first."""

    versions: list[VersionOut]

    @classmethod
    def of_both(cls, article: Article, versions: Sequence[Version]) -> Self:
        return cls(**ArticleOut.of(article).model_dump(), versions=[VersionOut.of(version) for version in versions])
