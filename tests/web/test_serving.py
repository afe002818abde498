"""Clients that send or take too slowly are let go, and the others do not notice. Real sockets, short limits."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from tests.web.conftest import services, serving, wait_for
from web import incoming
from web.door import Door
from web.front import create_front
from web.gate import Gate
from web.serving import Impatient, create_server

HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class VeryImpatient(Impatient):
    head_seconds = 0.3


class LessImpatient(Impatient):
    """Enough for a client that does what it should, on a machine that has other things to do."""

    head_seconds = taking_seconds = 3.0


@contextmanager
def waiting(protocol: type[Impatient]) -> Iterator[str]:
    gate = Gate()
    gate.open(services())
    with serving(create_front(gate, Door(gate)), http=protocol) as url:
        yield url


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(incoming, "BODY_SECONDS", 0.3)
    with waiting(VeryImpatient) as url:
        yield url


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port or 0), timeout=60) as connection:
        yield connection


def is_closed(connection: socket.socket) -> bool:
    """Read until the server has ended the connection; a time-out is an error."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"POST",
        HEAD,
        HEAD + b"X-Half: ",
        HEAD + b"Content-Length: 30\r\n\r\n",
        HEAD + b"Content-Length: 30\r\n\r\n{",
    ],
    ids=["nothing", "an empty line", "a word", "half a head", "half a header", "no body", "half a body"],
)
def test_who_sends_half_a_request_is_let_go(url: str, sent: bytes) -> None:
    with connected(url) as connection:
        connection.sendall(sent)
        assert is_closed(connection)


def test_who_goes_on_sending_a_little_is_let_go_too(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(HEAD)
        stop = threading.Event()

        def drip() -> None:
            try:
                while not stop.wait(0.02):
                    connection.sendall(b"X-More: 1\r\n")
            except OSError:
                pass

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert is_closed(connection)
        finally:
            stop.set()
            dripping.join()


def test_who_drips_a_body_after_being_refused_is_let_go(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(HEAD.replace(b"localhost", b"evil.test") + b"Content-Length: 1000000\r\n\r\n")
        stop = threading.Event()

        def drip() -> None:
            try:
                while not stop.wait(0.02):
                    connection.sendall(b"x")
            except OSError:
                pass

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert is_closed(connection)
        finally:
            stop.set()
            dripping.join()


def test_a_second_request_on_a_connection_has_its_time_too() -> None:
    with waiting(LessImpatient) as url, connected(url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200" in connection.recv(65536)
        connection.sendall(b"GET /healthz HT")
        assert is_closed(connection)


def test_others_are_answered_while_many_send_nothing() -> None:
    with waiting(LessImpatient) as url, ExitStack() as stack:
        slow = [stack.enter_context(connected(url)) for _ in range(50)]
        for connection in slow:
            connection.sendall(HEAD)
        assert httpx.get(f"{url}/healthz", trust_env=False, timeout=60).status_code == 200
        assert all(is_closed(connection) for connection in slow)


def test_who_does_not_take_an_answer_is_let_go_and_who_takes_it_gets_it_whole() -> None:
    ended = threading.Event()
    size, piece = 300, b"x" * 100_000  # more than the system keeps for a connection

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for n in range(size):
            await send({"type": "http.response.body", "body": piece, "more_body": n < size - 1})
        ended.set()

    with serving(large, http=LessImpatient) as url, connected(url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_for(ended.is_set, 60)  # what it sends goes nowhere once the connection is gone
        assert len(httpx.get(url, trust_env=False, timeout=60).content) == size * len(piece)
        connection.settimeout(60)
        assert is_closed(connection)


def test_a_connection_without_a_request_is_kept_longer_than_the_usual_clients_keep_theirs() -> None:
    async def front(scope: Scope, receive: Receive, send: Send) -> None: ...

    longest_of_clients = 15  # seconds: aiohttp; httpx has 5
    assert longest_of_clients < create_server(front).config.timeout_keep_alive < 30
