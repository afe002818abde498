"""A question too many is refused at every door, in its own shape; one that nobody waits for any more is not answered."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import httpx
import openai
import pytest
from gradio_client import Client as Gradio
from gradio_client.utils import Status
from mcp import Client, MCPError
from starlette.types import Receive, Scope, Send

from index.snapshot import EVERYTHING, Within
from rag.types import Delta, Event, Searched, Turn
from tests.fakes_web import BRIDGE, FakeAnswerer, FakeLibrary
from tests.web.conftest import clients_of, open_page, wait_for
from tests.web.test_api import QUESTION, error_of
from web.admission import Admission
from web.door import Door
from web.gate import Gate, Services
from web.problems import Problem
from web.workers import Workers

MESSAGES = [{"role": "user", "content": QUESTION}]
CALL = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": QUESTION}}}
MCP_HEADERS = {"accept": "application/json, text/event-stream"}


class HeldAnswerer(FakeAnswerer):
    """Answers when it is let; counts how many answers were stopped before their end."""

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__(library)
        self.let, self.began, self.stopped = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)

    def stream(self, question: str, history: Sequence[Turn] = (), within: Within = EVERYTHING, k: int = 8) -> Iterator[Event]:
        try:
            yield Searched(question)
            self.began.release()
            while not self.let.wait(0.02):
                yield Delta("so ")
            yield from list(super().stream(question, history, within, k))[1:]
        except GeneratorExit:
            self.stopped.release()
            raise


@contextmanager
def held(waiting: int = 1) -> Iterator[tuple[httpx.Client, HeldAnswerer, Gate, Door]]:
    gate, library = Gate(Workers(1, waiting)), FakeLibrary(BRIDGE)
    door, answerer = Door(gate), HeldAnswerer(library)
    gate.open(Services(answerer, library, library))
    with clients_of(gate, door) as client:
        try:
            yield client, answerer, gate, door
        finally:
            answerer.let.set()


def number_of(client: httpx.Client, event: str) -> int:
    """Return the number under which the page knows an event, by what begins it or by the name it has for others."""
    events = client.get("/config").json()["dependencies"]
    begun_by = {int(one["id"]): {one["api_name"], *(target[1] for target in one["targets"])} for one in events}
    return next(number for number, names in begun_by.items() if event in names)


def joining(number: int, session: str) -> dict[str, Any]:
    """What is sent for a question; the page's own event takes it with the conversation, the one for others with dates, too."""
    return {"data": [QUESTION, [], None, None, None], "fn_index": number, "session_hash": session}


@contextmanager
def full(client: httpx.Client, gate: Gate) -> Iterator[None]:
    """Have one question answered and one waiting; they are answered once they are let."""
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(client.post, "/v1/ask", json={"question": QUESTION}, timeout=120) for _ in range(2)]
        wait_for(lambda: (gate.workers.running, gate.workers.waiting) == (1, 1), 60)
        yield
        assert [one.result().status_code for one in asked] == [200, 200]


def test_every_door_refuses_at_once_in_its_own_shape_and_answers_again_afterwards() -> None:
    with held() as (client, answerer, gate, door):
        open_page(gate, door, str(client.base_url))
        number = number_of(client, "submit")
        with full(client, gate):
            for path, body in (
                ("/v1/ask", {"question": QUESTION}),
                ("/v1/ask", {"question": QUESTION, "stream": True}),
                ("/v1/search?q=bridge", None),
                ("/v1/chat/completions", {"model": "footnote", "messages": MESSAGES}),
                ("/v1/responses", {"model": "footnote", "input": QUESTION, "stream": True}),
                ("/mcp", CALL),
                ("/gradio_api/queue/join", joining(number, "s")),
            ):
                refused = client.post(path, json=body, headers=MCP_HEADERS) if body else client.get(path)
                assert refused.status_code == 503, path
                assert int(refused.headers["retry-after"]) >= 1
                assert "Too many questions" in refused.text
                if path in {"/v1/ask", "/v1/search?q=bridge"}:
                    assert error_of(refused)["code"] == "busy"
                elif path == "/mcp":
                    assert refused.json()["error"]["data"]["code"] == "busy"
                elif path.startswith("/gradio_api"):
                    assert refused.json()["detail"]
                else:
                    assert refused.json()["error"]["type"] == "server_error"
            for path in ("/healthz", "/readyz", "/v1/articles", "/metrics"):
                assert client.get(path).status_code == 200
            answerer.let.set()
        assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200


def test_clients_of_openai_and_mcp_say_what_is_the_matter() -> None:
    async def ask(url: str) -> str:
        async with Client(f"{url}/mcp") as mcp:
            with pytest.raises(MCPError) as refused:
                await mcp.call_tool("ask", {"question": QUESTION})
            return str(refused.value)

    with held() as (client, answerer, gate, _), full(client, gate):
        url = str(client.base_url).rstrip("/")
        with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as chat:
            messages: Any = MESSAGES
            with pytest.raises(openai.InternalServerError, match="Too many questions"):
                chat.chat.completions.create(model="footnote", messages=messages)
        with ThreadPoolExecutor(1) as thread:
            assert "Too many questions" in thread.submit(asyncio.run, ask(url)).result()
        answerer.let.set()


def test_the_line_is_measured() -> None:
    with held() as (client, answerer, gate, _), full(client, gate):
        measured = client.get("/metrics").text
        assert "footnote_questions_running 1.0" in measured
        assert "footnote_questions_waiting 1.0" in measured
        answerer.let.set()


@contextmanager
def sending(client: httpx.Client, method: str, path: str, body: bytes = b"") -> Iterator[socket.socket]:
    """A request on a connection that is dropped at the end, whatever has come by then."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(head.encode() + b"Accept: application/json, text/event-stream\r\n\r\n" + body)
        yield connection


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": QUESTION}),
        ("/v1/ask", {"question": QUESTION, "stream": True}),
        ("/v1/chat/completions", {"model": "footnote", "messages": MESSAGES}),
        ("/v1/chat/completions", {"model": "footnote", "messages": MESSAGES, "stream": True}),
        ("/v1/responses", {"model": "footnote", "input": QUESTION}),
        ("/v1/responses", {"model": "footnote", "input": QUESTION, "stream": True}),
        ("/mcp", CALL),
    ],
)
def test_when_the_connection_is_dropped_the_work_stops(path: str, body: dict[str, Any]) -> None:
    with held() as (client, answerer, gate, _):
        with sending(client, "POST", path, json.dumps(body).encode()):
            assert answerer.began.acquire(timeout=60)
        assert answerer.stopped.acquire(timeout=60)
        wait_for(lambda: gate.workers.running == 0, 60)


def test_a_question_whose_connection_is_dropped_while_it_waits_is_never_begun() -> None:
    with held() as (client, answerer, gate, _), sending(client, "POST", "/v1/ask", json.dumps({"question": QUESTION}).encode()):
        assert answerer.began.acquire(timeout=60)
        with sending(client, "POST", "/v1/ask", json.dumps({"question": QUESTION}).encode()):
            wait_for(lambda: gate.workers.waiting == 1, 60)
        wait_for(lambda: gate.workers.waiting == 0, 60)
        assert not answerer.began.acquire(blocking=False)


@pytest.mark.parametrize("event", ["submit", "ask"])  # the page's own, and the endpoint for gradio_client
def test_who_leaves_gradios_events_or_cancels_one_stops_the_work(event: str) -> None:
    with held() as (client, answerer, gate, door):
        open_page(gate, door, str(client.base_url))
        number = number_of(client, event)
        for session in ("closed", "stopped"):
            joined = client.post("/gradio_api/queue/join", json=joining(number, session)).json()["event_id"]
            with sending(client, "GET", f"/gradio_api/queue/data?session_hash={session}") as events:
                assert events.recv(1)
                assert answerer.began.acquire(timeout=60)
                if session == "stopped":
                    cancel = {"session_hash": session, "fn_index": number, "event_id": joined}
                    assert client.post("/gradio_api/cancel", json=cancel).json() == {"success": True}
                    assert answerer.stopped.acquire(timeout=60)
            if session == "closed":
                assert answerer.stopped.acquire(timeout=60)
            wait_for(lambda: gate.workers.running == 0, 60)


@pytest.mark.parametrize("event", ["submit", "ask"])
def test_who_leaves_gradios_events_while_a_question_waits_takes_it_out_of_the_line(event: str) -> None:
    with held() as (client, answerer, gate, door):
        open_page(gate, door, str(client.base_url))
        with sending(client, "POST", "/v1/ask", json.dumps({"question": QUESTION}).encode()):
            assert answerer.began.acquire(timeout=60)
            client.post("/gradio_api/queue/join", json=joining(number_of(client, event), "waiting"))
            with sending(client, "GET", "/gradio_api/queue/data?session_hash=waiting") as events:
                assert events.recv(1)
                wait_for(lambda: gate.workers.waiting == 1, 60)
            wait_for(lambda: gate.workers.waiting == 0, 60)
            assert not answerer.began.acquire(blocking=False)


def test_a_job_of_gradio_client_that_is_cancelled_stops_the_work() -> None:
    with held() as (client, answerer, gate, door):
        open_page(gate, door, str(client.base_url))
        with closing(Gradio(str(client.base_url), verbose=False, analytics_enabled=False)) as caller:
            job = caller.submit(QUESTION, api_name="/ask")
            assert answerer.began.acquire(timeout=60)
            wait_for(lambda: job.status().code is Status.PROCESSING, 60)  # else it does not yet know what to cancel
            assert job.cancel()
            assert answerer.stopped.acquire(timeout=60)
            wait_for(lambda: gate.workers.running == 0, 60)


def test_of_many_at_once_those_too_many_are_refused_before_anything_is_done_for_them() -> None:
    reached, begun, ended = [], asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["path"])
        await begun.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await ended.wait()

    async def nothing(_: object = None) -> Any: ...

    async def many() -> None:
        admission = Admission(slow, Workers(1, 1))

        def asked(path: str) -> asyncio.Task[None]:
            return asyncio.create_task(admission({"type": "http", "method": "POST", "path": path}, nothing, nothing))

        tasks = [asked("/v1/ask") for _ in range(5)] + [asked("/v1/articles")]
        await asyncio.sleep(0)
        assert reached == ["/v1/ask", "/v1/ask", "/v1/articles"]
        for refused in tasks[2:5]:
            with pytest.raises(Problem, match="Too many questions"):
                await refused
        begun.set()
        await asyncio.sleep(0)
        tasks.append(asked("/v1/ask"))  # the first two are being answered, and wait no more
        await asyncio.sleep(0)
        assert len(reached) == 4
        ended.set()
        await asyncio.gather(*tasks[:2], *tasks[5:])

    asyncio.run(many())
