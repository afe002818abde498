"""The library in MCP's words: tools `ask`, `search` and `fetch`, resource `article://{id}`. Knows no transport.

`search` and `fetch` return what connectors of chat programs expect of tools with these names.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from pydantic import BaseModel, Field, ValidationError

from index.article import Article
from index.errors import ArticleMissing, LibraryError
from index.search import Hit
from index.snapshot import Within
from rag.types import Answer, Event, Turn
from web.dates import AsOf, Since, Until
from web.faults import fault
from web.gate import Services
from web.limits import checked_history, checked_question
from web.links import address_of
from web.models import AnswerOut, Message
from web.problems import Problem, of_fault, of_library
from web.stream import answered
from web.workers import Workers

_MOST_FOUND = 20
_ABOUT = (
    "Footnote answers questions from a library of news articles by quoting them. Behind what an answer says stands a "
    "mark [n]; citation n has the exact words it rests on. When the articles do not answer, it says so "
    "(`abstained`)."
)


class Found(BaseModel):
    """An article that deals with the query."""

    id: str
    title: str
    url: str


class SearchResults(BaseModel):
    """The articles, best first."""

    results: list[Found]


class Document(BaseModel):
    """A whole article."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


def create_server(services: Callable[[], Services], workers: Workers, base: str) -> MCPServer[Any]:
    """Return the server. `services` may raise Problem while there are none; `workers` do the work; `base` is where the
    page is reached."""
    tools = [_ask(services, workers, base), _search(services, workers, base), _fetch(services, base)]
    server: MCPServer[Any] = MCPServer("footnote", title="Footnote", instructions=_ABOUT, tools=tools, log_level="WARNING")
    _add_resource(server, services)
    return server


class _Tool(Tool):
    """A tool that refuses arguments which it does not have, and says what is wrong with one as POST /v1/ask does."""

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Tool:
        tool = cls.from_function(function)
        arguments = tool.fn_metadata.arg_model
        arguments.model_config["extra"] = "forbid"
        arguments.model_rebuild(force=True)
        tool.parameters = arguments.model_json_schema(by_alias=True)
        return tool

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            if isinstance(error, UnexpectedToolError) or not isinstance(error.__cause__, ValidationError):
                raise
            told = of_fault(*fault(error.__cause__.errors()), "The tool's input schema describes what it takes.").told
            raise ToolError(f"Error executing tool {self.name}: {told}") from error.__cause__


def _ask(services: Callable[[], Services], workers: Workers, base: str) -> Tool:
    async def ask(
        question: Annotated[str, Field(description="The question, 1 to 4,000 characters")],
        context: Context[Any, Any],
        history: Annotated[list[Message] | None, Field(description="Earlier messages, when it is a follow-up")] = None,
        as_of: AsOf = None,
        since: Since = None,
        until: Until = None,
    ) -> AnswerOut:
        """Answer a question from the news articles, each sentence with the exact words of an article that it rests on."""
        try:
            turns = checked_history(Turn(turn.role, turn.content) for turn in history or ())
            asked = checked_question(question)

            def events() -> Iterator[Event]:  # in a worker: it may wait for the models
                yield from services().answerer.stream(asked, turns, Within(since, until, as_of=as_of))

            answer = await answered(workers, events(), "of the MCP door")
        except (Problem, LibraryError) as error:
            raise _told(error) from error
        return _out(answer, _base(context, base))

    return _Tool.of(ask)


def _search(services: Callable[[], Services], workers: Workers, base: str) -> Tool:
    async def search(
        query: Annotated[str, Field(description="Words or a question")],
        context: Context[Any, Any],
        as_of: AsOf = None,
        since: Since = None,
        until: Until = None,
    ) -> SearchResults:
        """Find articles that deal with something; read them with fetch."""
        try:
            asked = checked_question(query)
            within = Within(since, until, as_of=as_of)
            hits = await workers.run(lambda: services().searcher.search(asked, _MOST_FOUND, within))
        except (Problem, LibraryError) as error:
            raise _told(error) from error
        return _found(hits, _base(context, base))

    return _Tool.of(search)


def _found(hits: Sequence[Hit], base: str) -> SearchResults:
    """Return each article once, by the best of its passages."""
    best = {hit.article.id: hit for hit in reversed(hits)}
    in_order = [best[article] for article in dict.fromkeys(hit.article.id for hit in hits)]
    return SearchResults(
        results=[
            Found(
                id=hit.article.id,
                title=hit.article.title or hit.article.id,
                url=address_of(hit.article.url, base, hit.article.id, hit.passage.start, hit.passage.end),
            )
            for hit in in_order
        ]
    )


def _fetch(services: Callable[[], Services], base: str) -> Tool:
    def fetch(
        id: Annotated[str, Field(description="An article's id, from search or from a citation")],
        context: Context[Any, Any],
    ) -> Document:
        """Read a whole article; the offsets of citations count the characters of its text."""
        try:
            article = services().library.get(id)
        except (Problem, LibraryError) as error:
            raise _told(error) from error
        url = address_of(article.url, _base(context, base), article.id, 0, len(article.text))
        return Document(
            id=article.id, title=article.title or article.id, text=article.text, url=url, metadata=_metadata(article)
        )

    return _Tool.of(fetch)


def _add_resource(server: MCPServer[Any], services: Callable[[], Services]) -> None:
    @server.resource("article://{id}", name="article", description="The text of an article", mime_type="text/plain")
    def article(id: str) -> str:
        try:
            return services().library.get(id).text
        except ArticleMissing as error:
            raise ResourceNotFoundError(error.message) from error


def _out(answer: Answer, base: str) -> AnswerOut:
    """Return the answer as everywhere, but with an address for every source."""
    out = AnswerOut.model_validate(answer.as_dict())
    for source in (*out.citations, *out.near_misses):
        source.url = address_of(source.url, base, source.article_id, source.start_char_index, source.end_char_index)
    return out


def _metadata(article: Article) -> dict[str, str]:
    known = {
        "source": article.source,
        "published_at": article.published,
        "updated_at": article.updated,
        "content_hash": article.content_hash,
    }
    return {**article.metadata, **{name: value for name, value in known.items() if value}}


def _base(context: Context[Any, Any], base: str) -> str:
    request = context.request_context.request
    return str(request.base_url) if request else base


def _told(error: Problem | LibraryError) -> ToolError:
    problem = error if isinstance(error, Problem) else of_library(error, "The tool `search` finds articles and their ids.")
    return ToolError(problem.told)
