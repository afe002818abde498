"""The one stack in front of every route: names, origins, sizes, headers, ids, and the last word on errors."""

import base64
import logging
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.web.conftest import clients_of, services
from tests.web.test_api import QUESTION, error_of
from web import incoming
from web.gate import Gate
from web.keys import Key, Keys
from web.limits import BODY_BYTES

# One route of each face: page, page's own calls, REST, docs, files, and one that is not there.
ROUTES = [
    ("GET", "/"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/v1/ask"),
    ("GET", "/v1/articles"),
    ("GET", "/docs"),
    ("GET", "/page/page.js"),
    ("GET", "/nope"),
]
CHANGING = [route for route in ROUTES if route[0] != "GET"] + [("DELETE", "/v1/articles/x"), ("PUT", "/"), ("PATCH", "/nope")]


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "localhost.", "127.0.0.1:80:80", "", "127.0.0.2"]
)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_foreign_host_name_is_refused_on_every_route(client: httpx.Client, method: str, path: str, host: str) -> None:
    response = client.request(method, path, headers={"host": host})
    assert response.status_code == 421
    assert error_of(response)["code"] == "host_not_allowed"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1", "[::1]:7860", "[::1]"])
def test_loopback_goes_by_all_its_names(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_a_name_that_was_allowed_is_served() -> None:
    gate = Gate()
    with clients_of(gate, hosts=["News.Example"]) as client:
        assert client.get("/healthz", headers={"host": "news.example:443"}).status_code == 200
        assert client.get("/healthz", headers={"host": "other.example"}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://127.0.0.1:1", "http://localhost", "127.0.0.1", ""])
@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_another_site_may_not_change_anything(client: httpx.Client, method: str, path: str, origin: str) -> None:
    files = {"files": ("a.txt", b"stored?")}
    for body in ({"json": {"question": QUESTION}}, {"files": files}, {"data": {"question": QUESTION}}):
        response = client.request(method, path, headers={"origin": origin}, **body)  # type: ignore[arg-type]  # a body each
        assert response.status_code == 403
        assert error_of(response)["code"] == "origin_not_allowed"


def test_a_browser_that_says_cross_site_is_believed(client: httpx.Client) -> None:
    for site in ("cross-site", "same-site", "nonsense"):
        response = client.post("/v1/ask", json={"question": QUESTION}, headers={"sec-fetch-site": site})
        assert response.status_code == 403


def test_the_own_page_and_programs_may_ask(client: httpx.Client) -> None:
    own = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    for headers in (own, {}):
        assert client.post("/v1/ask", json={"question": QUESTION}, headers=headers).status_code == 200


def test_a_websocket_is_never_opened(client: httpx.Client) -> None:
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "eA=="}
    assert client.get("/", headers=upgrade).status_code != 101


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_response_carries_the_security_headers(client: httpx.Client, method: str, path: str) -> None:
    headers = client.request(method, path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_nonce_is_used_once(client: httpx.Client) -> None:
    policies = {client.get("/healthz").headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5


def test_what_people_ask_is_not_kept_by_caches_and_files_are_checked_again(client: httpx.Client) -> None:
    assert client.post("/v1/ask", json={"question": QUESTION}).headers["cache-control"] == "no-store"
    assert client.get("/").headers["cache-control"] == "no-store"
    assert "etag" in client.get("/page/page.css").headers


def test_a_request_keeps_the_id_it_came_with_if_that_is_one(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "order-66"}).headers["x-request-id"] == "order-66"
    for odd in ("a b", "<script>", "x" * 65, ""):
        assert re.fullmatch(r"[0-9a-f]{16}", client.get("/healthz", headers={"x-request-id": odd}).headers["x-request-id"])


@pytest.mark.parametrize("path", ["/v1/ask", "/gradio_api/queue/join", "/nope"])
def test_a_body_over_the_limit_is_a_413_whether_announced_or_not(client: httpx.Client, path: str) -> None:
    big = b" " * (BODY_BYTES + 1)
    chunks = (big[start : start + 65536] for start in range(0, len(big), 65536))
    for content in (big, chunks):
        response = client.post(path, content=content, headers={"content-type": "application/json"})
        assert response.status_code == 413
        assert error_of(response)["code"] == "body_too_big"


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions", "/v1/articles", "/mcp", "/gradio_api/queue/join"])
def test_json_that_is_nested_too_deeply_is_refused_and_no_crash(client: httpx.Client, path: str) -> None:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    assert 400 <= client.post(path, content=b"[" * 100_000, headers=headers).status_code < 500


def test_a_body_that_does_not_come_is_given_up(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "BODY_SECONDS", 0.2)
    head = "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=5) as connection:
        connection.sendall(head.encode())
        assert b" 408 " in connection.recv(65536).split(b"\r\n")[0]


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


class Broken:
    ask = stream = staticmethod(raising(RuntimeError("secret /home/me/thing")))


def test_a_crash_is_a_500_in_the_same_shape_and_only_the_log_knows_more(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    gate.open(services(Broken()))
    with clients_of(gate) as client, caplog.at_level(logging.ERROR, "footnote.web"):
        response = client.post("/v1/ask", json={"question": QUESTION})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "content-security-policy" in response.headers
    assert error_of(response)["request_id"] in caplog.text
    assert "secret" in caplog.text


@pytest.fixture(scope="module")
def locked() -> Iterator[httpx.Client]:
    gate = Gate()
    gate.open(services())
    with clients_of(gate, keys=Keys([Key("ann", "reader", "right"), Key("bob", "editor", "also-right")])) as client:
        yield client


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"someone:{password}".encode()).decode()


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer wrong", "Bearer right2", "right", basic("wrong"), "Basic right", "Basic ////", b"Basic \xe9"],
)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_with_keys_nothing_is_had_without_one(locked: httpx.Client, method: str, path: str, given: str | bytes) -> None:
    response = locked.request(method, path, headers={"authorization": given})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Basic realm="Footnote"'
    assert error_of(response)["code"] == "key_needed"


@pytest.mark.parametrize("given", ["Bearer right", "bearer  also-right", basic("right")])
def test_a_key_opens_as_a_bearers_or_as_the_password_of_a_browser(locked: httpx.Client, given: str) -> None:
    assert locked.post("/v1/ask", json={"question": QUESTION}, headers={"authorization": given}).status_code == 200


def test_whether_the_server_is_well_is_said_without_a_key(locked: httpx.Client) -> None:
    assert locked.get("/healthz").status_code == locked.get("/readyz").status_code == 200
