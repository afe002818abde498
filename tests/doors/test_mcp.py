"""MCP's door with its own client: what is there, what each tool returns, and what it says when it cannot."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from tests.fakes_web import BRIDGE, MARKET

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
ACCEPT = {"accept": "application/json, text/event-stream"}


def with_client(url: str, use: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
    async def run() -> Any:
        async with Client(f"{url}/mcp", **options) as client:
            return await use(client)

    return asyncio.run(run())


def called(url: str, tool: str, **arguments: Any) -> Any:
    return with_client(url, lambda client: client.call_tool(tool, arguments))


def test_there_are_three_tools_and_a_resource_that_say_what_they_take(door_url: str) -> None:
    async def look(client: Client) -> tuple[Any, Any]:
        return await client.list_tools(), await client.list_resource_templates()

    tools, templates = with_client(door_url, look)
    assert {tool.name: list(tool.input_schema["properties"]) for tool in tools.tools} == {
        "ask": ["question", "history", "as_of", "since", "until"],
        "search": ["query", "as_of", "since", "until"],
        "fetch": ["id"],
    }
    assert all(tool.description and tool.output_schema for tool in tools.tools)
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools.tools)
    assert [template.uri_template for template in templates.resource_templates] == ["article://{id}"]


def test_search_returns_each_article_once_as_connectors_expect_it(door_url: str) -> None:
    result = called(door_url, "search", query="old bridge repair and ferries, fish in the market square")
    found = result.structured_content["results"]
    assert all(set(one) == {"id", "title", "url"} and all(one.values()) for one in found)
    assert [one["id"] for one in found] == list(dict.fromkeys(one["id"] for one in found))
    assert {one["id"]: one["url"] for one in found}[BRIDGE.id] == BRIDGE.url
    assert {one["id"]: one["url"] for one in found}[MARKET.id].startswith(f"{door_url}/#src={MARKET.id}:")


def test_fetch_returns_the_text_that_offsets_refer_to(door_url: str) -> None:
    document = called(door_url, "fetch", id=BRIDGE.id).structured_content
    assert set(document) == {"id", "title", "text", "url", "metadata"}
    assert document["text"] == BRIDGE.text
    assert document["metadata"]["content_hash"] == BRIDGE.content_hash
    cited = called(door_url, "ask", question="How much would the bridge repair cost?").structured_content["citations"][0]
    assert document["text"][cited["start_char_index"] : cited["end_char_index"]] == cited["cited_text"]


def test_an_article_is_a_resource(door_url: str) -> None:
    async def look(client: Client) -> Any:
        with pytest.raises(MCPError, match="no article nope"):
            await client.read_resource("article://nope")
        return await client.read_resource(f"article://{BRIDGE.id}")

    read = with_client(door_url, look)
    assert [(one.text, one.mime_type) for one in read.contents] == [(BRIDGE.text, "text/plain")]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": " "}, "The question is empty"),
        ("ask", {"question": "x" * 4001}, "the limit is 4,000"),
        ("ask", {"question": "Why?", "as_of": "last week"}, "2024-12-31"),
        ("ask", {"question": "Why?", "history": [{"role": "user", "content": "x"}] * 51}, "the limit is 50"),
        ("search", {"query": "?"}, "no words"),
        ("fetch", {"id": "nope"}, "no article nope. The tool `search` finds articles"),
        ("ask", {"question": "Why?", "asof": "1990-01-01"}, "asof: there is no such field."),
        ("search", {}, "query: it is missing."),
        ("ask", {"question": "Why?", "history": [{"role": "system", "content": "x"}]}, "history.0.role: "),
    ],
)
def test_what_is_wrong_is_said_so_that_a_model_can_do_better(door_url: str, tool: str, arguments: Any, said: str) -> None:
    result = called(door_url, tool, **arguments)
    assert result.is_error
    assert said in result.content[0].text
    assert "pydantic" not in result.content[0].text


def test_while_the_models_load_the_tools_are_listed_and_say_so(closed_url: str) -> None:
    assert called(closed_url, "search", query="bridge").is_error
    assert "readyz" in called(closed_url, "ask", question="Why?").content[0].text


def test_clients_of_earlier_versions_of_the_protocol_are_answered(door_url: str) -> None:
    result = with_client(door_url, lambda client: client.call_tool("fetch", {"id": MARKET.id}), mode="legacy")
    assert result.structured_content["id"] == MARKET.id


def test_no_session_is_kept_and_none_is_asked_for(door_url: str) -> None:
    response = httpx.post(f"{door_url}/mcp", json=INITIALIZE, headers=ACCEPT, trust_env=False)
    assert response.status_code == 200
    assert "mcp-session-id" not in response.headers
    assert response.json()["result"]["serverInfo"]["name"] == "footnote"
    assert httpx.get(f"{door_url}/mcp", trust_env=False).status_code == 405
    assert httpx.delete(f"{door_url}/mcp", trust_env=False).status_code == 405


@pytest.mark.parametrize(("headers", "status"), [({"host": "evil.test"}, 421), ({"origin": "https://evil.test"}, 403)])
def test_the_shield_stands_in_front_of_it(door_url: str, headers: dict[str, str], status: int) -> None:
    response = httpx.post(f"{door_url}/mcp", json=INITIALIZE, headers={**ACCEPT, **headers}, trust_env=False)
    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_a_body_of_another_type_is_a_415_in_the_shape_of_every_error(door_url: str, kind: str) -> None:
    headers = {**ACCEPT, "content-type": kind}
    response = httpx.post(f"{door_url}/mcp", json=INITIALIZE, headers=headers, trust_env=False)
    assert response.status_code == 415
    assert set(response.json()["error"]["data"]) == {"code", "message", "hint", "request_id"}
