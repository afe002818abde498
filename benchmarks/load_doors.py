"""Asking a running server through each of its doors, and the answer's text as it comes out there. Knows no clock."""

import json
import random
import re
from collections.abc import Awaitable, Callable

import httpx

from web.openai_sources import without_source_list

Ask = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response | str]]


async def rest(client: httpx.AsyncClient, question: str) -> httpx.Response | str:
    response = await client.post("/v1/ask", json={"question": question})
    return response if response.is_error else str(response.json()["answer"])


async def rest_streamed(client: httpx.AsyncClient, question: str) -> httpx.Response | str:
    response = await client.post("/v1/ask", json={"question": question, "stream": True})
    return response if response.is_error else str(json.loads(response.text.rpartition("data: ")[2])["answer"])


async def chat(client: httpx.AsyncClient, question: str) -> httpx.Response | str:
    sent = {"model": "footnote", "messages": [{"role": "user", "content": question}]}
    response = await client.post("/v1/chat/completions", json=sent)
    return response if response.is_error else without_source_list(response.json()["choices"][0]["message"]["content"])


async def responses(client: httpx.AsyncClient, question: str) -> httpx.Response | str:
    response = await client.post("/v1/responses", json={"model": "footnote", "input": question})
    return response if response.is_error else without_source_list(response.json()["output"][0]["content"][0]["text"])


async def mcp(client: httpx.AsyncClient, question: str) -> httpx.Response | str:
    params = {"name": "ask", "arguments": {"question": question}}
    sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    response = await client.post("/mcp", json=sent, headers={"accept": "application/json, text/event-stream"})
    if response.is_error:
        return response
    result = response.json()["result"]
    if busy := re.search(r"Ask again in (\d+) seconds", result["content"][0]["text"]) if result["isError"] else None:
        return httpx.Response(503, headers={"retry-after": busy[1]})  # a tool's error is for the model to read
    return str(result["structuredContent"]["answer"])


async def page(client: httpx.AsyncClient, question: str) -> httpx.Response | str:
    """The event that a browser sends when a question is entered; the answer as it is shown, without its markup."""
    session = f"load{random.getrandbits(40):x}"
    sent = {"data": [question, []], "fn_index": client.headers["x-load-event"], "session_hash": session}
    joined = await client.post("/gradio_api/queue/join", json={**sent, "fn_index": int(sent["fn_index"])})
    if joined.is_error:
        return joined
    response = await client.get("/gradio_api/queue/data", params={"session_hash": session})
    return "answered" if '"process_completed"' in response.text and '"success":true' in response.text else response.text[-300:]


DOORS: dict[str, Ask] = {
    "REST": rest,
    "REST, streamed": rest_streamed,
    "chat completions": chat,
    "responses": responses,
    "MCP": mcp,
    "page": page,
}
