"""Every door as a caller would use it, with the client library that callers use; each returns what was seen, in one shape."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import httpx2
import openai
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_openai import ChatOpenAI
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from web.openai_sources import without_source_list

History = Sequence[Mapping[str, str]]
Ask = Callable[[str, History], "Seen"]
AskAll = Callable[[Iterable[tuple[str, History]]], "list[Seen]"]
"""Asks one question after the other; the next is taken when the one before it is answered."""
# How each door calls the place in the article, where it does not say the same as POST /v1/ask.
_CITED = (
    "number",
    "article_id",
    "passage_id",
    "start_char_index",
    "end_char_index",
    "content_hash",
    "start_index",
    "end_index",
    "published_at",
    "source",
    "score",
    "also_in",
)


@dataclass(frozen=True)
class Seen:
    """The text without the list of sources, and each citation's fields."""

    text: str
    citations: tuple[Mapping[str, Any], ...]


def seen(text: str, citations: Sequence[Mapping[str, Any]]) -> Seen:
    return Seen(text, tuple({name: one.get(name) for name in _CITED} | {"quote": _quote(one)} for one in citations))


def _quote(citation: Mapping[str, Any]) -> Any:
    return citation.get("quote") or citation["cited_text"]


def rest(url: str) -> Ask:
    def ask(question: str, history: History) -> Seen:
        asked = {"question": question, "history": list(history)}
        answer = httpx.post(f"{url}/v1/ask", json=asked, trust_env=False, timeout=300).raise_for_status().json()
        return seen(answer["answer"], answer["citations"])

    return ask


def rest_stream(url: str) -> Ask:
    def ask(question: str, history: History) -> Seen:
        asked = {"question": question, "history": list(history), "stream": True}
        text, citations = "", []
        with httpx.stream("POST", f"{url}/v1/ask", json=asked, trust_env=False, timeout=300) as response:
            name = ""
            for line in response.iter_lines():
                kind, _, value = line.partition(": ")
                if kind == "event":
                    name = value
                elif kind == "data" and name == "delta":
                    text += json.loads(value)["text"]
                elif kind == "data" and name == "citation":
                    citations.append(json.loads(value))
        return seen(text, citations)

    return ask


def chat_completions(client: openai.OpenAI) -> Ask:
    def ask(question: str, history: History) -> Seen:
        message = client.chat.completions.create(model="footnote", messages=_messages(question, history)).choices[0].message
        annotations = [one.url_citation.model_dump() for one in message.annotations or ()]
        return _with_addresses(message.content or "", annotations)

    return ask


def chat_completions_stream(client: openai.OpenAI) -> Ask:
    def ask(question: str, history: History) -> Seen:
        text, annotations = "", []
        chunks = client.chat.completions.create(model="footnote", messages=_messages(question, history), stream=True)
        for chunk in chunks:
            delta = chunk.choices[0].delta
            text += delta.content or ""
            annotations += [one["url_citation"] for one in getattr(delta, "annotations", ())]
        return _with_addresses(text, annotations)

    return ask


def responses(client: openai.OpenAI) -> Ask:
    def ask(question: str, history: History) -> Seen:
        response = client.responses.create(model="footnote", input=_messages(question, history))
        return _of_response(response)

    return ask


def responses_stream(client: openai.OpenAI) -> Ask:
    def ask(question: str, history: History) -> Seen:
        text, annotations = "", []
        with client.responses.stream(model="footnote", input=_messages(question, history)) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    text += event.delta
                elif event.type == "response.output_text.annotation.added":
                    annotations.append(dict(event.annotation))  # type: ignore[call-overload] # a model, whatever its type says
            whole = stream.get_final_response()
        streamed = _with_addresses(text, annotations)
        assert streamed == _of_response(whole)
        return streamed

    return ask


def _of_response(response: Any) -> Seen:
    part = response.output[0].content[0]
    assert response.output_text == part.text
    return _with_addresses(part.text, [one.model_dump() for one in part.annotations])


def langchain_chat(model: ChatOpenAI) -> Ask:
    """LangChain drops the annotations of chat completions, so only the text and its list of sources arrive."""

    def ask(question: str, history: History) -> Seen:
        return Seen(without_source_list(str(model.invoke(_langchain(question, history)).text)), ())

    return ask


def langchain_responses(model: ChatOpenAI) -> Ask:
    def ask(question: str, history: History) -> Seen:
        return _of_message(model.invoke(_langchain(question, history)))

    return ask


def langchain_responses_stream(model: ChatOpenAI) -> Ask:
    def ask(question: str, history: History) -> Seen:
        whole: Any = None
        for chunk in model.stream(_langchain(question, history)):
            whole = chunk if whole is None else whole + chunk
        return _of_message(whole)

    return ask


def _of_message(message: Any) -> Seen:
    (block,) = [block for block in message.content_blocks if block["type"] == "text"]
    citations = [{**one, **one.get("extras", {})} for one in block.get("annotations", ())]
    return _with_addresses(block["text"], citations)


def mcp_http(url: str) -> AskAll:
    return _mcp(lambda: Client(f"{url}/mcp"))


def mcp_stdio(environment: Mapping[str, str], folder: str) -> AskAll:
    own = StdioServerParameters(command=sys.executable, args=["-m", "web.mcp"], env=dict(environment), cwd=folder)
    return mcp_started(own)


def mcp_started(server: StdioServerParameters) -> AskAll:
    """Ask a server that the client starts for as long as it asks."""
    return _mcp(lambda: Client(stdio_client(server)))


def _mcp(connect: Callable[[], Client]) -> AskAll:
    async def call(questions: Iterable[tuple[str, History]]) -> list[Seen]:
        async with connect() as client:
            return [await mcp_ask(client, question, history) for question, history in questions]

    return lambda questions: asyncio.run(call(questions))


async def mcp_ask(client: Client, question: str, history: History) -> Seen:
    result: Any = await client.call_tool("ask", {"question": question, "history": list(history)})
    assert not result.is_error, result.content
    answer = result.structured_content
    assert json.loads(result.content[0].text) == answer
    assert all(one["url"].startswith("http") for one in answer["citations"])
    return seen(answer["answer"], answer["citations"])


@contextmanager
def gradio(url: str) -> Iterator[AskAll]:
    from gradio_client import Client as Gradio

    def ask(question: str, history: History) -> Seen:
        answer = client.predict(question, [dict(turn) for turn in history], api_name="/ask")
        return seen(answer["answer"], answer["citations"])

    with closing(Gradio(url, verbose=False, analytics_enabled=False)) as client:
        yield each(ask)


def command_line(environment: Mapping[str, str], folder: str) -> Ask:
    def ask(question: str, history: History) -> Seen:
        assert not history, "the command line asks one question"
        command = [sys.executable, "-m", "rag", "ask", "--json", question]
        done = subprocess.run(command, env=dict(environment), cwd=folder, capture_output=True, text=True, check=True)
        answer = json.loads(done.stdout)
        return seen(answer["answer"], answer["citations"])

    return ask


def openai_client(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key="not needed", max_retries=0, timeout=300)


def _messages(question: str, history: History) -> Any:
    return [{"role": "system", "content": "Be brief."}, *history, {"role": "user", "content": question}]


def _langchain(question: str, history: History) -> list[BaseMessage]:
    kinds = {"user": HumanMessage, "assistant": AIMessage}
    return [*(kinds[turn["role"]](turn["content"]) for turn in history), HumanMessage(question)]


def _with_addresses(text: str, annotations: Sequence[Mapping[str, Any]]) -> Seen:
    """Check what these doors add: a title and an address for each mark, and the list under the text that names them."""
    for one in annotations:
        assert one["title"]
        assert one["url"].startswith("http")
        assert f"\n- [{one['number']}] " in text
        assert one["url"] in text
    assert bool(annotations) == ("\n\nSources:\n" in text)
    return seen(without_source_list(text), annotations)


def each(ask: Ask) -> AskAll:
    return lambda questions: [ask(question, history) for question, history in questions]


@contextmanager
def doors(url: str) -> Iterator[dict[str, AskAll]]:
    """Give every door of a server, by name."""
    with openai_client(url) as client, httpx2.Client(trust_env=False) as http:
        options: dict[str, Any] = {"model": "footnote", "base_url": f"{url}/v1", "api_key": "not needed", "http_client": http}
        on_chat = ChatOpenAI(**options, use_responses_api=False)
        on_responses = ChatOpenAI(**options, use_responses_api=True)
        yield {
            "REST": each(rest(url)),
            "REST, streamed": each(rest_stream(url)),
            "chat completions": each(chat_completions(client)),
            "chat completions, streamed": each(chat_completions_stream(client)),
            "responses": each(responses(client)),
            "responses, streamed": each(responses_stream(client)),
            "LangChain over chat completions": each(langchain_chat(on_chat)),
            "LangChain over responses": each(langchain_responses(on_responses)),
            "LangChain over responses, streamed": each(langchain_responses_stream(on_responses)),
            "MCP over HTTP": mcp_http(url),
        }
