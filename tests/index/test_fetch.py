import gzip
import shutil
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from index.adding import add_files
from index.errors import AddressFailed, AddressRefused, UnusableContent
from index.fetch import Web, fetch, read_url
from tests.libraries import opened

LOOPBACK = ip_network("127.0.0.0/8")
PAGE = "<!doctype html><title>Ferry</title><h1>Ferry returns</h1><p>The ferry crossed the bay on Monday, after ten weeks.</p>"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>
<item><guid>a-1</guid><title>Ferry</title><description>The ferry is back.</description></item>
<item><guid>a-2</guid><title>Bridge</title><description>The bridge is shut.</description></item></channel></rss>"""
HTML = ("Content-Type", "text/html; charset=utf-8")
ANSWERS: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {
    "/page": (200, [HTML, ("Set-Cookie", "a=b")], PAGE.encode()),
    "/latin": (200, [("Content-Type", "text/html; charset=iso-8859-1")], "<p>Ein schöner Tag</p>".encode("latin-1")),
    "/feed": (200, [("Content-Type", "application/rss+xml")], FEED.encode()),
    "/packed": (200, [HTML, ("Content-Encoding", "gzip")], gzip.compress(PAGE.encode())),
    "/members": (
        200,
        [HTML, ("Content-Encoding", "gzip")],
        gzip.compress(PAGE[:50].encode()) + gzip.compress(PAGE[50:].encode()),
    ),
    "/followed": (200, [HTML, ("Content-Encoding", "gzip")], gzip.compress(PAGE.encode()) + b"\n"),
    "/bombs": (200, [HTML, ("Content-Encoding", "gzip")], gzip.compress(b"a" * 3_000_000) * 10),
    "/half": (200, [HTML, ("Content-Encoding", "gzip")], gzip.compress(PAGE.encode()) + gzip.compress(PAGE.encode())[:-9]),
    "/zlib": (200, [HTML, ("Content-Encoding", "deflate")], zlib.compress(PAGE.encode())),
    "/bomb": (200, [HTML, ("Content-Encoding", "gzip")], gzip.compress(b"a" * 30_000_000)),
    "/cut": (200, [HTML, ("Content-Encoding", "gzip")], gzip.compress(PAGE.encode())[:-9]),
    "/garbled": (200, [HTML, ("Content-Encoding", "gzip")], b"no gzip at all"),
    "/brotli": (200, [HTML, ("Content-Encoding", "br")], b"x"),
    "/large": (200, [HTML], b"a" * 5000),
    "/picture": (200, [("Content-Type", "image/png")], b"\x89PNG"),
    "/untyped": (200, [], b"text"),
    "/missing": (404, [HTML], b"no"),
    "/accented": (302, [("Location", "/voilà".encode().decode("latin-1"))], b""),  # the bytes of UTF-8, as some servers send
    "/voil%C3%A0": (200, [HTML], PAGE.encode()),
    "/moved": (301, [("Location", "/page")], b""),
    "/around": (302, [("Location", "/around")], b""),
    "/inside": (302, [("Location", "http://169.254.169.254/latest/meta-data/")], b""),
    "/local": (307, [("Location", "http://localhost/")], b""),
    "/private": (308, [("Location", "//10.0.0.1/")], b""),
    "/file": (302, [("Location", "file:///etc/passwd")], b""),
    "/port": (302, [("Location", "http://news.example:22/")], b""),
    "/broken": (302, [("Location", "http://[::1")], b""),
    "/rebound": (302, [("Location", "http://rebound.example/")], b""),
}


class Server(ThreadingHTTPServer):
    asked: list[tuple[str, dict[str, str]]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        if self.path == "/slow":
            return self._drip()
        status, headers, body = ANSWERS[self.path]
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True
        return None

    def _drip(self) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server(served: Server) -> Server:
    served.asked.clear()
    return served


@pytest.fixture
def web(server: Server) -> Web:
    """The guarded web, told that this one port of this machine is allowed and where every name leads."""
    return Web(True, (server.server_port,), (LOOPBACK,), lambda host, port: ["127.0.0.1"], seconds=5.0)


def at(server: Server, path: str, host: str = "news.example") -> str:
    return f"http://{host}:{server.server_port}{path}"


def test_nothing_is_fetched_unless_it_is_allowed(server: Server, web: Web) -> None:
    with pytest.raises(AddressRefused, match="switched off"):
        fetch(at(server, "/page"), replace(web, allow_urls=False))
    with pytest.raises(AddressRefused, match="switched off"):
        fetch("http://example.com/", Web())
    assert not server.asked


def test_a_page_comes_with_its_type_and_final_address(server: Server, web: Web) -> None:
    page = fetch(at(server, "/moved"), web)
    assert page == (PAGE.encode(), HTML[1], at(server, "/page"))
    assert [path for path, _ in server.asked] == ["/moved", "/page"]


def test_no_cookie_no_referrer_and_a_plain_user_agent_are_sent(server: Server, web: Web) -> None:
    fetch(at(server, "/page"), web)
    fetch(at(server, "/page"), web)
    headers = server.asked[-1][1]
    assert headers["user-agent"] == "Footnote"
    assert headers["host"] == f"news.example:{server.server_port}"
    assert not {"cookie", "referer", "authorization"} & headers.keys()


@pytest.mark.parametrize("path", ["/packed", "/members", "/followed", "/zlib"])
def test_a_packed_page_is_unpacked_whole(server: Server, web: Web, path: str) -> None:
    assert fetch(at(server, path), web).data == PAGE.encode()


@pytest.mark.parametrize("path", ["/bomb", "/bombs", "/cut", "/half", "/garbled", "/brotli", "/missing", "/around"])
def test_what_is_too_large_damaged_or_missing_fails_with_the_reason(server: Server, web: Web, path: str) -> None:
    with pytest.raises(AddressFailed, match=r"larger|damaged|incomplete|packed|status 404|redirects"):
        fetch(at(server, path), web)


@pytest.mark.parametrize("path", ["/picture", "/untyped"])
def test_only_types_of_articles_are_fetched(server: Server, web: Web, path: str) -> None:
    with pytest.raises(AddressRefused, match="content type"):
        fetch(at(server, path), web)


def test_the_size_limit_holds_at_the_byte(server: Server, web: Web) -> None:
    assert len(fetch(at(server, "/large"), replace(web, max_bytes=5000)).data) == 5000
    with pytest.raises(AddressFailed, match="larger"):
        fetch(at(server, "/large"), replace(web, max_bytes=4999))


@pytest.mark.parametrize("path", ["/inside", "/local", "/private", "/file", "/port", "/broken"])
def test_every_redirect_is_checked_like_the_first_address(server: Server, web: Web, path: str) -> None:
    with pytest.raises(AddressRefused):
        fetch(at(server, path), web)
    assert len(server.asked) == 1


def test_a_server_that_drips_bytes_is_left_at_the_deadline(server: Server, web: Web) -> None:
    begun = time.monotonic()
    with pytest.raises(AddressFailed, match="within"):
        fetch(at(server, "/slow"), replace(web, seconds=0.5))
    assert time.monotonic() - begun < 2


def test_a_resolver_that_hangs_is_left_at_the_deadline(server: Server, web: Web) -> None:
    def hang(host: str, port: int) -> list[str]:
        time.sleep(1.0)
        return []

    with pytest.raises(AddressFailed, match="within"):
        fetch(at(server, "/page"), replace(web, seconds=0.2, resolve=hang))


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(server: Server, web: Web) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    fetch(at(server, "/page"), replace(web, resolve=lambda host, port: next(answers)))
    assert next(answers) == ["169.254.169.254"]


CONNECTIONS: list[object] = []
RECORDING = threading.Event()


def record(event: str, arguments: tuple[object, ...]) -> None:
    if RECORDING.is_set() and event in {"socket.connect", "socket.getaddrinfo"}:
        CONNECTIONS.append((event, arguments[1:]))


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["fd00::1"],
        [],
    ],
)
def test_a_name_that_leads_inside_is_never_connected_to(server: Server, addresses: list[str]) -> None:
    sys.addaudithook(record)
    CONNECTIONS.clear()
    RECORDING.set()
    try:
        with pytest.raises(UnusableContent):
            fetch(at(server, "/page"), Web(True, (server.server_port,), (), lambda host, port: addresses))
    finally:
        RECORDING.clear()
    assert not CONNECTIONS
    assert not server.asked


def test_an_unreachable_address_gives_way_to_the_next(server: Server, web: Web) -> None:
    assert fetch(at(server, "/page"), replace(web, resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"])).data
    with pytest.raises(AddressFailed, match="connection failed"):
        fetch(at(server, "/page"), replace(web, resolve=lambda host, port: ["127.0.0.2"]))


def test_proxies_in_the_environment_are_not_used(server: Server, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch(at(server, "/page"), web).data


def test_a_fetched_page_becomes_an_article_at_its_address(server: Server, web: Web) -> None:
    (article,) = read_url(at(server, "/moved"), web)
    assert (article.title, article.url, article.origin) == ("Ferry returns", at(server, "/page"), at(server, "/page"))
    assert article.metadata["url_from"] == "address"
    assert "after ten weeks" in article.text


def test_the_servers_word_on_the_encoding_counts(server: Server, web: Web) -> None:
    (article,) = read_url(at(server, "/latin"), web)
    assert article.text == "Ein schöner Tag"


def test_a_fetched_feed_becomes_an_article_for_each_item(server: Server, web: Web) -> None:
    articles = list(read_url(at(server, "/feed"), web))
    assert [article.text for article in articles] == ["The ferry is back.", "The bridge is shut."]
    assert [article.origin for article in articles] == [at(server, "/feed#a-1"), at(server, "/feed#a-2")]
    assert {article.source for article in articles} == {"Harbour Post"}


@pytest.fixture
def tls(served: Server, tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server with a certificate of its own making for news.example, and that certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked_for = ["-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example", "-days", "2"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
        *asked_for,
    ]
    subprocess.run(command, check=True, capture_output=True)
    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]  # refused handshakes are expected
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server, certificate
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_https_checks_the_certificate_against_the_name_not_the_address(
    tls: tuple[Server, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, certificate = tls
    web = Web(True, (server.server_port,), (LOOPBACK,), lambda host, port: ["127.0.0.1"], seconds=20.0)
    with pytest.raises(AddressFailed, match="connection failed"):
        fetch(at(server, "/page").replace("http:", "https:"), web)
    assert not server.asked
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch(at(server, "/page").replace("http:", "https:"), web).data == PAGE.encode()
    with pytest.raises(AddressFailed, match="connection failed"):
        fetch(at(server, "/page", "other.example").replace("http:", "https:"), web)


def test_pages_and_feeds_become_articles_of_the_library_and_nothing_twice(server: Server, web: Web, tmp_path: Path) -> None:
    places = [at(server, "/page"), at(server, "/feed")]
    with opened(tmp_path) as search:
        first = [result.outcome for result in add_files(search.library, search.embedder, places, web)]
        again = [result.outcome for result in add_files(search.library, search.embedder, places, web)]
    assert first == ["added"] * 3
    assert again == ["unchanged"] * 3


def test_of_a_fetched_feed_again_only_what_is_new_or_changed_is_taken(
    server: Server, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, headers, _ = ANSWERS["/feed"]
    newer = FEED.replace("<item>", "<item><guid>a-3</guid><description>The mill is sold.</description></item><item>", 1)
    with opened(tmp_path) as search:

        def taken() -> list[str]:
            return [result.outcome for result in add_files(search.library, search.embedder, [at(server, "/feed")], web)]

        assert taken() == ["added"] * 2
        monkeypatch.setitem(ANSWERS, "/feed", (status, headers, newer.encode()))
        assert taken() == ["added", "unchanged", "unchanged"]
        monkeypatch.setitem(ANSWERS, "/feed", (status, headers, newer.replace("is shut", "is open").encode()))
        assert taken() == ["unchanged", "unchanged", "updated"]
    assert [path for path, _ in server.asked] == ["/feed"] * 3


def test_a_redirect_in_utf8_leads_where_browsers_go(server: Server, web: Web) -> None:
    fetch(at(server, "/accented"), web)
    assert [path for path, _ in server.asked] == ["/accented", "/voil%C3%A0"]
