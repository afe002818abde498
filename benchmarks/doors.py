"""How much time each door adds to the plain call: python -m benchmarks.doors [ROUNDS]

One server on loopback over a tiny library whose answers take next to no time, one connection kept open, one request after
another. The median of what a request takes, minus the median of `Answerer.ask` itself, is what the door adds.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable

import httpx
from mcp import Client

from tests.fakes_web import BRIDGE, MARKET, FakeAnswerer, FakeLibrary
from tests.web.conftest import serving
from web.door import Door
from web.front import create_front
from web.gate import Gate, Services
from web.metrics import Metrics, Watched

QUESTION = "How much would the bridge repair cost?"
CHAT = {"model": "footnote", "messages": [{"role": "user", "content": QUESTION}]}
RESPONSE = {"model": "footnote", "input": QUESTION}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": QUESTION}}}
BOTH = {"accept": "application/json, text/event-stream"}
BODIES = {
    "REST": ("/v1/ask", {"question": QUESTION}),
    "chat completions": ("/v1/chat/completions", CHAT),
    "responses": ("/v1/responses", RESPONSE),
}


def main(rounds: int) -> None:
    gate = Gate()
    metrics = Metrics(gate)
    library = FakeLibrary(BRIDGE, MARKET)
    answerer = FakeAnswerer(library)
    gate.open(Services(Watched(answerer, metrics), library, library))
    plain = timed(rounds, lambda: answerer.ask(QUESTION))
    with serving(create_front(gate, Door(gate), metrics=metrics)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        nothing = timed(rounds, lambda: client.get("/healthz"))
        print(f"{'the plain call':36} {plain:7.2f} ms\n{'a request that does nothing':36} {nothing:7.2f} ms")
        for name, (path, body) in BODIES.items():
            for told, sent in ((name, body), (f"{name}, streamed", {**body, "stream": True})):
                took = timed(rounds, lambda sent=sent, path=path: client.post(path, json=sent).raise_for_status())
                print(f"{told:36} {took:7.2f} ms   adds {took - plain:6.2f} ms")
        took = timed(rounds, lambda: client.post("/mcp", json=CALL, headers=BOTH).raise_for_status())
        print(f"{'MCP over HTTP':36} {took:7.2f} ms   adds {took - plain:6.2f} ms")
        took = asyncio.run(mcp(url, rounds))
        print(f"{'MCP over HTTP, with its client':36} {took:7.2f} ms   adds {took - plain:6.2f} ms")


def timed(rounds: int, call: Callable[[], object]) -> float:
    return median([measure(call) for _ in range(rounds)])


def measure(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


async def mcp(url: str, rounds: int) -> float:
    took = []
    async with Client(f"{url}/mcp") as client:
        for _ in range(rounds):
            began = time.perf_counter()
            await client.call_tool("ask", {"question": QUESTION})
            took.append(time.perf_counter() - began)
    return median(took)


def median(took: list[float]) -> float:
    """Return the median in milliseconds, without the first tenth, which warms up."""
    return 1000 * statistics.median(took[len(took) // 10 :])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
