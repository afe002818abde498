"""Adding, removing and listing articles under /v1: a real server, a real library, files of real formats."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from index.fetch import Web
from index.library import Library
from index.search import Search
from tests.fakes_web import FakeAnswerer, FakeLibrary
from tests.index.documents import pdf, word, zipped
from tests.libraries import add, another_writer, news, opened
from tests.web.conftest import clients_of, wait_for
from tests.web.test_api import error_of
from web.gate import Gate, Services
from web.jobs import Desk
from web.keys import Keys

BRIDGE = "The old bridge was closed in March. Mayor Lena Ortiz said the repair would cost nine million euros."
MARKET = "The market moved to the square. Forty traders sell fish, bread and flowers there."


@contextmanager
def serving(search: Search, *, read_only: bool = False, web: Web | None = None, **options: Any) -> Iterator[httpx.Client]:
    desk = None if read_only else Desk(search, web or Web())
    if desk:
        desk.start()
    gate = Gate()
    gate.open(Services(FakeAnswerer(FakeLibrary()), search.library, search, desk))
    with clients_of(gate, **options) as client:
        yield client


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    with opened(tmp_path / "data") as search:
        yield search


@pytest.fixture
def client(search: Search) -> Iterator[httpx.Client]:
    with serving(search) as client:
        yield client


def sent(client: httpx.Client, *files: tuple[str, bytes]) -> httpx.Response:
    return client.post("/v1/articles", files=[("files", file) for file in files])


def finished(client: httpx.Client, response: httpx.Response) -> dict[str, Any]:
    """The job of an answer, when it has ended."""
    assert response.status_code == 202
    where = response.headers["location"]
    wait_for(lambda: client.get(where).json()["state"] in {"done", "failed"}, 60)
    return dict(client.get(where).json())


def outcomes(job: dict[str, Any]) -> dict[str, str]:
    return {result["name"]: result["outcome"] for result in job["results"]}


def test_files_of_every_format_are_added_at_once_and_found_at_once(client: httpx.Client) -> None:
    packed = zipped({"inside/ferry.txt": b"The ferry leaves every hour. It carries bicycles too."})
    page = "<html><head><title>Harbour</title></head><body><article><p>The harbour froze over in January.</p></article></body>"
    response = sent(
        client,
        ("bridge.txt", BRIDGE.encode()),
        ("market.md", f"---\ntitle: Market\n---\n{MARKET}".encode()),
        ("harbour.html", page.encode()),
        ("mill.pdf", pdf([["The mill burned down on Sunday night."]])),
        ("tower.docx", word(["The tower leans by two degrees."])),
        ("rows.jsonl", b'{"text": "The tram stopped for good."}\n{"text": "The canal was drained."}\n'),
        ("all.zip", packed),
    )
    assert response.status_code == 200, response.text
    job = response.json()
    assert (job["state"], job["done"], job["total"], job["added"], job["refused"]) == ("done", 7, 7, 8, 0)
    assert {result["name"] for result in job["results"]} >= {"bridge.txt", "tower.docx", "rows.jsonl", "all.zip"}
    for told in ("mayor", "traders", "harbour", "mill", "tower", "tram", "canal", "bicycles"):
        assert told in client.get("/v1/search", params={"q": told}).json()["hits"][0]["text"].lower()


def test_the_same_file_again_is_unchanged_and_a_changed_one_a_new_version(client: httpx.Client) -> None:
    first = sent(client, ("bridge.txt", BRIDGE.encode())).json()["results"][0]
    assert outcomes(sent(client, ("bridge.txt", BRIDGE.encode())).json()) == {"bridge.txt": "unchanged"}
    changed = sent(client, ("bridge.txt", BRIDGE.replace("nine", "ten").encode())).json()["results"][0]
    assert (changed["outcome"], changed["article_id"]) == ("updated", first["article_id"])
    whole = client.get(f"/v1/articles/{first['article_id']}").json()
    assert "ten million" in whole["text"]
    (version,) = whole["versions"]
    assert version["kept"]
    short = version["content_hash"].removeprefix("sha256:")[:8]
    before = client.get(f"/v1/articles/{first['article_id']}", params={"version": short}).json()
    assert (before["text"], before["content_hash"]) == (BRIDGE, version["content_hash"])
    missing = client.get(f"/v1/articles/{first['article_id']}", params={"version": "0" * 8})
    assert (missing.status_code, error_of(missing)["code"]) == (404, "version_not_kept")


def test_of_two_files_of_one_name_the_second_is_refused_and_does_not_replace_the_first(client: httpx.Client) -> None:
    response = sent(client, ("a/news.txt", BRIDGE.encode()), ("news.txt", BRIDGE.encode()), ("news.txt", MARKET.encode()))
    assert response.status_code == 200
    results = response.json()["results"]
    assert [(one["name"], one["outcome"]) for one in results[1:]] == [("news.txt", "unchanged"), ("news.txt", "refused")]
    assert "name of its own" in results[2]["reason"]
    assert outcomes(sent(client, ("market.txt", MARKET.encode())).json()) == {"market.txt": "added"}


def test_two_descriptions_of_one_folder_are_refused_and_nothing_is_added(client: httpx.Client) -> None:
    described = [("metadata.jsonl", f'{{"file": "news.txt", "title": "{title}"}}'.encode()) for title in ("One", "Two")]
    response = sent(client, *described, ("news.txt", BRIDGE.encode()))
    assert (response.status_code, error_of(response)["code"]) == (422, "described_twice")
    assert client.get("/v1/articles").json()["total"] == 0


def test_written_articles_come_with_what_is_known_of_them(client: httpx.Client) -> None:
    known = {"title": "Bridge", "url": "https://example.org/b", "source": "The Post", "published_at": "2024-03-05"}
    job = client.post("/v1/articles", json=[{"text": BRIDGE, **known}, {"text": MARKET, "id": "market-1"}]).json()
    assert outcomes(job) == {"Bridge": "added", "market-1": "added"}
    bridge = client.get(f"/v1/articles/{job['results'][0]['article_id']}").json()
    assert {name: bridge[name] for name in known} == known
    again = client.post("/v1/articles", json={"text": f"{MARKET} It is loud.", "id": "market-1"}).json()
    assert outcomes(again) == {"market-1": "updated"}


def test_each_result_has_the_name_of_what_was_sent_also_where_two_are_the_same_article(client: httpx.Client) -> None:
    sent = [{"id": "ferry", "title": title, "text": f"The ferry sails on {title}."} for title in ("Monday", "Tuesday")]
    results = client.post("/v1/articles", json=sent).json()["results"]
    assert [(one["name"], one["outcome"]) for one in results] == [("Monday", "added"), ("Tuesday", "updated")]


def test_of_a_batch_the_good_ones_are_in_and_the_others_named_with_the_reason(client: httpx.Client) -> None:
    files = sent(client, ("bridge.txt", BRIDGE.encode()), ("empty.txt", b" "), ("cat.jpg", b"\xff\xd8\xff\xe0cat"))
    assert files.status_code == 200
    assert outcomes(files.json()) == {"bridge.txt": "added", "empty.txt": "refused", "cat.jpg": "refused"}
    written = client.post("/v1/articles", json=[{"text": MARKET}, {"text": "", "title": "x"}, {"published_at": "soon"}, 7])
    assert written.status_code == 200
    reasons = [result["reason"] for result in written.json()["results"] if result["outcome"] == "refused"]
    assert len(reasons) == 3
    assert all(reasons)


def test_a_date_that_is_none_is_refused_in_plain_words(client: httpx.Client) -> None:
    answer = client.post("/v1/articles", json={"text": MARKET, "published_at": "soon"})
    assert answer.status_code == 422
    assert answer.json()["job"]["results"][0]["reason"] == "published_at must be a date such as 2024-12-31"


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("big.txt", b"word " * (4 * 1024 * 1024 + 1), 413, "too_big"),
        ("cat.jpg", b"\xff\xd8\xff\xe0cat", 415, "unsupported_type"),
        ("unknown.xyz", b"some words", 415, "unsupported_type"),
        ("empty.txt", b"", 422, "unusable"),
        ("damaged.pdf", b"%PDF-1.7 and then nothing", 422, "unusable"),
    ],
)
def test_one_file_that_cannot_be_used_is_an_error_that_names_it(
    client: httpx.Client, name: str, content: bytes, status: int, code: str
) -> None:
    response = sent(client, (name, content))
    assert response.status_code == status
    error = error_of(response)
    assert error["code"] == code
    assert name in error["message"]
    assert client.get("/v1/articles").json()["total"] == 0


BAD_BODIES = [
    (b"{", "application/json", 400),
    (b"\xff", "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b'{"text": "a", "tpo_k": 1}', "application/json", 422),
    (b'{"text": "a", "published_at": "2024-02-30"}', "application/json", 422),
    (b'{"text": "a", "id": "../../etc/passwd"}', "application/json", 422),
    (json.dumps([{"text": "a"}] * 1001).encode(), "application/json", 413),
    (b"text", "text/plain", 415),
    (b"text", "", 415),
    (b"no boundary", "multipart/form-data", 400),
    (b"--x--\r\n", "multipart/form-data; boundary=x", 422),
    (
        b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\nno file\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        422,
    ),
]


@pytest.mark.parametrize(("body", "kind", "status"), BAD_BODIES)
def test_a_body_that_is_no_articles_is_refused_in_the_one_shape(
    client: httpx.Client, body: bytes, kind: str, status: int
) -> None:
    response = client.post("/v1/articles", content=body, headers={"content-type": kind} if kind else {})
    assert response.status_code == status
    error_of(response)


def test_more_than_a_few_become_a_job_that_says_how_far_it_is_and_is_found_meanwhile(
    client: httpx.Client, search: Search
) -> None:
    rows = [{"text": one.text, "id": one.id, "title": one.title} for one in news(300)]
    response = client.post("/v1/articles", json=rows)
    assert (response.json()["total"], response.json()["state"] != "failed") == (300, True)
    job = finished(client, response)
    assert (job["state"], job["done"], job["added"], len(job["results"])) == ("done", 300, 300, 300)
    assert finished(client, client.post("/v1/articles", json=rows))["unchanged"] == 300
    assert search.library.state().articles == 300


def test_a_small_request_and_a_removal_do_not_wait_for_a_long_job_to_end(client: httpx.Client) -> None:
    # Long enough that it cannot be over before the others are handed in, however slow the machine: each waits for the last.
    rows = [{"text": " ".join([one.text] * 20), "id": one.id} for one in news(600)]
    sent(client, ("bridge.txt", BRIDGE.encode()))
    long = client.post("/v1/articles", json=rows).headers["location"]
    assert outcomes(sent(client, ("market.txt", MARKET.encode())).json()) == {"market.txt": "added"}
    (bridge,) = client.get("/v1/articles", params={"q": "bridge"}).json()["articles"]
    assert client.delete(f"/v1/articles/{bridge['id']}").json() == {"removed": bridge["id"]}
    assert client.get(long).json()["state"] == "running"


def test_what_is_removed_is_gone_from_every_address(client: httpx.Client) -> None:
    article_id = sent(client, ("bridge.txt", BRIDGE.encode())).json()["results"][0]["article_id"]
    assert client.delete(f"/v1/articles/{article_id}").status_code == 200
    assert client.get(f"/v1/articles/{article_id}").status_code == 404
    assert client.get("/v1/articles").json()["articles"] == []
    assert client.get("/v1/search", params={"q": "bridge"}).json()["hits"] == []
    response = client.delete(f"/v1/articles/{article_id}")
    assert (response.status_code, error_of(response)["code"]) == (404, "article_not_found")


def test_another_writer_is_a_409_that_names_it_and_a_moment_later_it_works(client: httpx.Client, search: Search) -> None:
    article_id = sent(client, ("bridge.txt", BRIDGE.encode())).json()["results"][0]["article_id"]
    with Library.open(search.library.folder, command="the other one") as other, other.writing():
        added, removed = sent(client, ("market.txt", MARKET.encode())), client.delete(f"/v1/articles/{article_id}")
        for response in (added, removed):
            assert (response.status_code, error_of(response)["code"]) == (409, "library_locked")
            assert "the other one" in response.json()["error"]["message"]
    assert outcomes(sent(client, ("market.txt", MARKET.encode())).json()) == {"market.txt": "added"}


def test_a_long_job_goes_on_after_another_process_took_the_library_in_the_middle_of_it(
    client: httpx.Client, search: Search
) -> None:
    rows = [{"text": " ".join([one.text] * 20), "id": one.id} for one in news(100)]
    with another_writer(search.library.folder) as other:
        response = client.post("/v1/articles", json=rows)
        where = response.headers["location"]
        wait_for(lambda: client.get(where).json()["added"], 60)
        other()  # takes it between two portions
        held = client.get(where).json()
        assert held["state"] == "running"
        assert held["added"] < len(rows)
        assert client.delete("/v1/articles/story0").status_code == 409  # a single change does not wait
        other()  # lets it go
        job = finished(client, response)
    assert (job["state"], job["done"], job["added"]) == ("done", len(rows), len(rows))


def test_a_library_that_is_read_only_is_read_and_not_changed(search: Search) -> None:
    add(search, news(1))
    with serving(search, read_only=True) as client:
        tried = [sent(client, ("a.txt", b"A text.")), client.delete("/v1/articles/story0"), client.get("/v1/jobs/x")]
        for response in tried:
            assert (response.status_code, error_of(response)["code"]) == (403, "read_only")
            assert "RAG_READ_ONLY" in response.text
        assert client.get("/v1/articles").json()["total"] == 1


def test_with_keys_only_an_editor_may_change_anything(search: Search) -> None:
    add(search, news(1))
    keys = Keys.parse(["ann:reader:one", "bob:editor:two"], is_local=True)
    with serving(search, keys=keys) as client:
        for key, status in (({}, 401), ({"authorization": "Bearer one"}, 403)):
            for method, path in (("POST", "/v1/articles"), ("DELETE", "/v1/articles/story0"), ("GET", "/v1/jobs/x")):
                response = client.request(method, path, headers=key)
                assert response.status_code == status
                error_of(response)
        editor = {"authorization": "Bearer two"}
        assert client.post("/v1/articles", json={"text": BRIDGE}, headers=editor).status_code == 200
        assert client.delete("/v1/articles/story0", headers=editor).status_code == 200


def test_an_address_is_fetched_only_where_that_is_allowed(client: httpx.Client) -> None:
    response = client.post("/v1/articles", json={"url": "https://example.org/a"})
    assert (response.status_code, error_of(response)["code"]) == (422, "address_refused")
    assert "RAG_ALLOW_URLS" in response.text


def test_an_allowed_address_that_leads_inside_is_refused(search: Search) -> None:
    with serving(search, web=Web(allow_urls=True)) as client:
        for url in ("http://127.0.0.1:7860/", "http://[::1]/", "file:///etc/passwd", "http://169.254.169.254/"):
            response = client.post("/v1/articles", json={"url": url})
            assert (response.status_code, error_of(response)["code"]) == (422, "address_refused")


NAMES = [
    "../../../evil.txt",
    "/etc/evil.txt",
    "C:\\evil.txt",
    "..\\..\\evil.txt",
    "a\u202eevil.txt",
    "x" * 5000 + ".txt",
    "<b>.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_came_with_a_file_never_becomes_a_path(client: httpx.Client, tmp_path: Path, name: str) -> None:
    before = {path for path in tmp_path.parent.rglob("*") if "data" not in path.parts}
    response = sent(client, (name, BRIDGE.encode()))
    assert response.status_code in {200, 400}  # 400: headers of a part have a limit
    assert {path for path in tmp_path.parent.rglob("*") if "data" not in path.parts} == before
    for listed in client.get("/v1/articles").json()["articles"]:
        assert "/" not in listed["id"]
        assert "\u202e" not in json.dumps(listed)


def test_a_job_of_before_a_restart_is_gone_and_says_what_to_do(client: httpx.Client) -> None:
    response = client.get("/v1/jobs/0123456789abcdef")
    assert (response.status_code, error_of(response)["code"]) == (404, "job_not_found")
    assert "unchanged" in response.json()["error"]["hint"]


def test_the_list_is_given_in_pages_and_searched_sorted_and_filtered_on_the_server(search: Search) -> None:
    add(search, news(60))
    with serving(search) as client:

        def listed(**query: object) -> list[str]:
            return [one["id"] for one in client.get("/v1/articles", params=query).json()["articles"]]  # type: ignore[arg-type]

        assert listed() == [f"story{n}" for n in range(59, 9, -1)]
        assert listed(offset=50) == [f"story{n}" for n in range(9, -1, -1)]
        assert listed(limit=2, sort="title") == ["story0", "story1"]
        assert listed(q="STORY7") == ["story7"]
        assert listed(q="hill story7 times") == ["story7"]
        assert listed(source="The Hill Times", sort="source", limit=1) == ["story59"]
        assert set(listed(since="2024-03-01", until="2024-03-31")) == {"story2", "story14", "story26", "story38", "story50"}
        newest = client.get("/v1/articles", params={"sort": "published", "limit": 1}).json()
        assert newest["articles"][0]["published_at"] == newest["library"]["newest"]
        assert newest["total"] == 60
        assert newest["sources"] == [{"name": "The Harbour Post", "articles": 30}, {"name": "The Hill Times", "articles": 30}]
        for wrong in ({"limit": 0}, {"limit": 201}, {"offset": -1}, {"sort": "size"}, {"since": "soon"}):
            assert client.get("/v1/articles", params=wrong).status_code == 422


def described(*lines: object) -> tuple[str, bytes]:
    return "metadata.jsonl", "\n".join(json.dumps(line) for line in lines).encode()


def test_a_metadata_file_describes_the_files_it_came_with_as_it_does_in_a_folder(client: httpx.Client) -> None:
    known = {"title": "Bridge closed", "source": "The Post", "url": "https://example.org/b", "published": "2024-03-05"}
    sheet = described({"file": "bridge.txt", "id": "bridge", **known}, {"file": "market.txt", "title": "x" * 2000})
    job = sent(client, ("bridge.txt", BRIDGE.encode()), sheet, ("market.txt", MARKET.encode()), ("a/bridge.txt", b"A."))
    assert outcomes(job.json()) == {"bridge.txt": "added", "market.txt": "added", "a/bridge.txt": "added"}
    assert job.json()["total"] == 3
    bridge = client.get("/v1/articles/bridge").json()
    assert (bridge["title"], bridge["source"], bridge["url"], bridge["published_at"]) == tuple(known.values())
    market, elsewhere = (one["title"] for one in job.json()["results"][1:])
    assert len(market) == 1000
    assert elsewhere == "A"


@pytest.mark.parametrize(
    ("files", "code", "told"),
    [
        ([described({"file": "bridge.txt", "title": "Bridge"})], "nothing_sent", "none came with it"),
        ([("bridge.txt", b"A bridge."), ("metadata.jsonl", b"{}\n{")], "unusable", "line 2"),
        ([("bridge.txt", b"A bridge."), ("metadata.jsonl", b"\xff")], "unusable", "UTF-8"),
        ([("bridge.txt", b"A bridge."), ("metadata.jsonl", b"\n" * 20_971_521)], "too_big", "20 MB"),
    ],
    ids=["alone", "not JSON", "not text", "too big"],
)
def test_a_metadata_file_that_cannot_be_used_is_named_and_nothing_is_added(
    client: httpx.Client, files: list[tuple[str, bytes]], code: str, told: str
) -> None:
    response = sent(client, *files)
    assert (response.status_code, error_of(response)["code"]) == (413 if code == "too_big" else 422, code)
    assert told in response.json()["error"]["message"]
    assert client.get("/v1/articles").json()["total"] == 0


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse every write beyond this size, in the words of a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


FULL = [
    pytest.param(200_000, "Sentence {} of many. " * 2, 20_000, id="of the library"),
    pytest.param(1_200_000, "Sentence {} of very many. " * 2, 40_000, id="of what arrives"),
]


@pytest.mark.parametrize(("limit", "sentence", "count"), FULL)
def test_a_full_disk_is_a_507_that_leaves_nothing_half_done_and_goes_when_there_is_space(
    client: httpx.Client, search: Search, limit: int, sentence: str, count: int
) -> None:
    sent(client, ("bridge.txt", BRIDGE.encode()))
    before = search.library.state()
    long = "".join(sentence.format(n, n) for n in range(count)).encode()
    with no_file_longer_than(limit):
        response = sent(client, ("long.txt", long))
        assert (response.status_code, error_of(response)["code"]) == (507, "disk_full")
        assert client.get("/v1/search", params={"q": "mayor"}).json()["hits"]
    assert search.library.state() == before
    assert client.get("/v1/articles").json()["total"] == 1
    assert outcomes(sent(client, ("market.txt", MARKET.encode())).json()) == {"market.txt": "added"}


def test_a_job_that_fills_the_disk_fails_and_says_so_and_sending_again_finishes_it(client: httpx.Client) -> None:
    rows = [{"text": one.text, "id": one.id} for one in news(600)]
    with no_file_longer_than(1_500_000):
        job = finished(client, client.post("/v1/articles", json=rows))
        assert (job["state"], job["error"]["code"]) == ("failed", "disk_full")
        for result in job["results"]:
            assert client.get(f"/v1/articles/{result['article_id']}").status_code == 200
    assert 0 < job["added"] < len(rows)
    again = finished(client, client.post("/v1/articles", json=rows))
    assert (again["state"], again["added"] + again["unchanged"]) == ("done", len(rows))
    assert again["unchanged"] >= job["added"]


def in_parts(client: httpx.Client, body: bytes, boundary: str = "; boundary=b") -> httpx.Response:
    return client.post("/v1/articles", content=body, headers={"content-type": f"multipart/form-data{boundary}"})


def part(name: str, text: str) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n{text}\r\n'.encode()


@pytest.mark.parametrize("body", [part("first.txt", BRIDGE) + part("second.txt", MARKET), part("first.txt", BRIDGE)[:-30]])
def test_an_upload_that_ends_in_the_middle_adds_nothing_and_says_so(search: Search, client: httpx.Client, body: bytes) -> None:
    response = in_parts(client, body)
    assert (response.status_code, error_of(response)["code"]) == (400, "not_multipart")
    assert search.library.state().articles == 0


def test_an_upload_that_is_no_form_or_holds_too_much_says_which(client: httpx.Client) -> None:
    without = in_parts(client, part("first.txt", BRIDGE), boundary="")
    assert (without.status_code, error_of(without)["code"]) == (400, "not_multipart")
    assert "boundary" in error_of(without)["message"]
    many = in_parts(client, b"".join(part(f"{n}.txt", "A word.") for n in range(1001)) + b"--b--\r\n")
    assert (many.status_code, error_of(many)["code"]) == (413, "too_many")
    field = b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n' + b"a" * 1_100_000 + b"\r\n--b--\r\n"
    assert (in_parts(client, field).status_code, error_of(in_parts(client, field))["code"]) == (413, "too_big")


def test_a_field_beside_the_files_is_refused_by_name_and_nothing_is_added(search: Search, client: httpx.Client) -> None:
    response = client.post("/v1/articles", files={"files": ("bridge.txt", BRIDGE.encode())}, data={"title": "The bridge"})
    assert (response.status_code, error_of(response)["code"]) == (422, "unknown_field")
    assert "'title'" in error_of(response)["message"]
    assert "metadata.jsonl" in error_of(response)["hint"]
    assert search.library.state().articles == 0


@pytest.mark.parametrize("names", [("a b.txt", "a  b.txt"), ("x" * 305 + "1.txt", "x" * 305 + "2.txt")])
def test_files_whose_names_look_alike_do_not_replace_each_other(client: httpx.Client, names: tuple[str, str]) -> None:
    for _ in range(2):
        job = sent(client, (names[0], BRIDGE.encode()), (names[1], MARKET.encode())).json()
        assert len({result["article_id"] for result in job["results"]}) == 2
    assert [result["outcome"] for result in job["results"]] == ["unchanged", "unchanged"]


def test_rows_whose_long_addresses_differ_at_their_end_do_not_replace_each_other(client: httpx.Client) -> None:
    address = "https://example.org/" + "p" * 1010
    rows = [{"text": BRIDGE, "url": f"{address}1"}, {"text": MARKET, "url": f"{address}2"}]
    job = sent(client, ("rows.jsonl", "\n".join(map(json.dumps, rows)).encode())).json()
    assert (job["added"], job["refused"]) == (2, 0)


def test_words_that_are_there_already_are_kept_again_under_an_id_or_a_date_of_their_own(client: httpx.Client) -> None:
    told = [{"text": BRIDGE, "id": "a"}, {"text": BRIDGE, "id": "b", "published_at": "2024-03-05"}]
    job = client.post("/v1/articles", json=told).json()
    assert [(result["outcome"], result["article_id"]) for result in job["results"]] == [("added", "a"), ("added", "b")]
    assert client.get("/v1/articles/b").json()["published_at"] == "2024-03-05"
    dated = (
        {"text": BRIDGE, "url": "https://example.org/b"},
        {"text": BRIDGE, "url": "https://example.org/b", "published_at": "2024-03-06"},
    )
    outcomes_of = [client.post("/v1/articles", json=one).json()["results"][0]["outcome"] for one in dated]
    assert outcomes_of == ["added", "updated"]


def test_a_description_may_hold_any_character_that_json_allows_in_a_string(client: httpx.Client) -> None:
    line = json.dumps({"file": "bridge.txt", "title": "Bridge\u2028closed\u0085today"}, ensure_ascii=False)
    job = sent(client, ("bridge.txt", BRIDGE.encode()), ("metadata.jsonl", line.encode())).json()
    assert job["added"] == 1
