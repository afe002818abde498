"""REST under /v1, against a real server."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.fakes_web import BRIDGE
from web.article_models import ArticlesOut
from web.models import AnswerOut, SearchOut

QUESTION = "How much would the bridge repair cost?"
HEADERS = {"content-type": "application/json"}


def error_of(response: httpx.Response) -> dict[str, str]:
    error: dict[str, str] = response.json()["error"]
    assert set(error) == {"code", "message", "hint", "request_id"}
    assert all(error.values())
    assert error["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    assert "/web/" not in response.text
    return error


def test_a_question_gets_an_answer_whose_citations_are_the_articles_words(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION})
    answer = AnswerOut.model_validate_json(response.text, strict=True)
    assert response.status_code == 200
    assert answer.answer.startswith("Mayor Lena Ortiz said the repair would cost “nine million” euros. [1]")
    (citation,) = answer.citations
    text = client.get(f"/v1/articles/{citation.article_id}").json()["text"]
    assert text[citation.start_char_index : citation.end_char_index] == citation.cited_text


def test_the_same_question_gives_the_same_bytes(client: httpx.Client) -> None:
    first, second = (client.post("/v1/ask", json={"question": QUESTION}).content for _ in range(2))
    assert first == second


def test_a_question_that_is_not_answered_is_a_normal_answer_without_citations(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": "Who won the football match?"})
    assert response.status_code == 200
    assert response.json()["abstained"]
    assert response.json()["citations"] == []


def test_history_resolves_a_follow_up_and_the_answer_says_what_was_searched(client: httpx.Client) -> None:
    history = [{"role": "user", "content": "the bridge repair"}, {"role": "assistant", "content": "Closed."}]
    response = client.post("/v1/ask", json={"question": "And the cost?", "history": history})
    assert response.json()["searched_for"] == "the bridge repair And the cost?"


def test_search_gives_hits_with_every_score(client: httpx.Client) -> None:
    found = SearchOut.model_validate_json(client.get("/v1/search", params={"q": "bridge repair", "k": 2}).text, strict=True)
    assert [hit.rank for hit in found.hits] == [1, 2]
    for hit in found.hits:
        assert BRIDGE.text[hit.start_char_index : hit.end_char_index] == hit.text


def test_search_takes_days_and_refuses_what_is_none(client: httpx.Client) -> None:
    def found(**dates: str) -> set[str]:
        hits = client.get("/v1/search", params={"q": "bridge repair market", **dates}).json()["hits"]
        return {hit["article_id"] for hit in hits}

    assert len(found()) > 1
    assert found(since="2024-03-05", until="2024-03-05") == found(as_of="2024-03-05") == {BRIDGE.id}
    assert found(since="2024-03-06") == found(until="2024-03-04") == found(as_of="2024-03-04") == set()
    for name in ("as_of", "since", "until"):
        refused = client.get("/v1/search", params={"q": "bridge", name: "2024-2-3"})
        assert refused.status_code == 422
        assert name in error_of(refused)["message"]


def test_a_question_takes_days(client: httpx.Client) -> None:
    assert not client.post("/v1/ask", json={"question": QUESTION, "since": "2024-03-05"}).json()["abstained"]
    assert client.post("/v1/ask", json={"question": QUESTION, "until": "2024-03-04"}).json()["abstained"]


def test_readiness_says_how_fresh_the_library_is(client: httpx.Client) -> None:
    library = client.get("/readyz").json()["library"]
    assert (library["newest"], library["last_change"]) == ("2024-03-05", "2024-03-06T12:00:00+00:00")


def test_articles_are_listed_without_and_given_with_their_text(client: httpx.Client) -> None:
    listed = ArticlesOut.model_validate_json(client.get("/v1/articles").text, strict=True)
    assert listed.library.articles == len(listed.articles) == 3
    whole = client.get(f"/v1/articles/{BRIDGE.id}").json()
    assert (whole["text"], whole["content_hash"]) == (BRIDGE.text, BRIDGE.content_hash)


def test_an_unknown_article_is_a_404_that_says_how_to_find_one(client: httpx.Client) -> None:
    for unknown in ("nope", "%00", "%FF", "a" * 5000, "..%2f..%2fetc"):
        response = client.get(f"/v1/articles/{unknown}")
        assert response.status_code == 404
        error_of(response)
    assert error_of(client.get("/v1/articles/nope"))["hint"] == "GET /v1/articles lists which there are."


def test_a_4000_character_question_is_answered_and_one_more_is_refused(client: httpx.Client) -> None:
    assert client.post("/v1/ask", json={"question": "word " * 799 + "words"}).status_code == 200
    response = client.post("/v1/ask", json={"question": "w" * 4001})
    assert response.status_code == 413
    assert "4,001" in error_of(response)["message"]


def test_50_messages_of_history_are_taken_and_one_more_is_refused(client: httpx.Client) -> None:
    message = {"role": "user", "content": "bridge"}
    assert client.post("/v1/ask", json={"question": "cost?", "history": [message] * 50}).status_code == 200
    response = client.post("/v1/ask", json={"question": "cost?", "history": [message] * 51})
    assert response.status_code == 413
    assert "51" in error_of(response)["message"]


def test_20_000_characters_of_a_message_of_history_are_taken_and_one_more_is_refused(client: httpx.Client) -> None:
    def asked(message: str) -> httpx.Response:
        history = [{"role": "assistant", "content": message}]
        return client.post("/v1/ask", json={"question": "cost?", "history": history})

    assert asked("a" + 19_998 * " " + "b").status_code == 200
    response = asked("w" * 20_001)
    assert response.status_code == 413
    assert "20,001" in error_of(response)["message"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"question": ""}, "empty"),
        ({"question": " \n\t"}, "empty"),
        ({"question": "?!… —"}, "no words"),
        ({"question": "a\0b"}, "U+0000"),
        ({"question": 5}, "question"),
        ({"question": None}, "question"),
        ({}, "question"),
        ({"question": "a", "k": 0}, "k:"),
        ({"question": "a", "k": 51}, "k:"),
        ({"question": "a", "k": "8"}, "k:"),
        ({"question": "a", "k": True}, "k:"),
        ({"question": "a", "k": 1.5}, "k:"),
        ({"question": "a", "as_of": "yesterday"}, "as_of"),
        ({"question": "a", "as_of": "2024-02-30"}, "as_of"),
        ({"question": "a", "as_of": "2024-2-3"}, "as_of"),
        ({"question": "a", "as_of": 20240101}, "as_of"),
        ({"question": "a", "since": "last week"}, "since"),
        ({"question": "a", "until": "2024-02-30"}, "until"),
        ({"question": "a", "stream": "yes"}, "stream"),
        ({"question": "a", "history": "b"}, "history"),
        ({"question": "a", "history": [{"role": "system", "content": "b"}]}, "history.0.role"),
        ({"question": "a", "history": [{"role": "user", "content": "\x1b"}]}, "U+001B"),
        ({"question": "a", "tpo_k": 8}, "tpo_k"),
        ([], "body"),
        ("question", "body"),
    ],
)
def test_what_cannot_be_used_is_a_422_that_names_it(client: httpx.Client, fields: Any, named: str) -> None:
    response = client.post("/v1/ask", json=fields)
    assert response.status_code == 422
    assert named in error_of(response)["message"]


@pytest.mark.parametrize("surrogate", [b'{"question": "a \\ud800"}', b'{"question": "a", "\\udfff": 1}'])
def test_lone_surrogates_are_refused_cleanly(client: httpx.Client, surrogate: bytes) -> None:
    response = client.post("/v1/ask", content=surrogate, headers=HEADERS)
    assert response.status_code == 422
    error_of(response)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe{}", b'{"question": "\xc3\x28"}', b"[" * 200_000, b'{"a":' * 200_000, b"\x00", b"{'question': 1}"]
)
def test_what_is_not_json_is_a_400(client: httpx.Client, body: bytes) -> None:
    response = client.post("/v1/ask", content=body, headers=HEADERS)
    assert response.status_code == 400
    error_of(response)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None])
def test_a_body_of_another_type_is_a_415(client: httpx.Client, kind: str | None) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    response = client.post("/v1/ask", content=body, headers={"content-type": kind} if kind else {})
    assert response.status_code == 415
    error_of(response)


def test_search_refuses_what_ask_refuses(client: httpx.Client) -> None:
    for query in ({}, {"q": ""}, {"q": "?"}, {"q": "a", "k": 0}, {"q": "a", "k": "x"}, {"q": "a\0"}):
        response = client.get("/v1/search", params=query)
        assert response.status_code == 422
        error_of(response)


def test_an_unknown_address_and_a_wrong_method_have_the_error_shape(client: httpx.Client) -> None:
    assert error_of(client.get("/v1/nope"))["code"] == "not_found"
    response = client.get("/v1/ask")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    error_of(response)


def test_the_description_names_every_route_and_the_error_shape(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    paths = {"/v1/ask", "/v1/search", "/v1/articles", "/v1/articles/{article_id}", "/healthz", "/readyz"}
    assert paths <= set(described["paths"])
    responses = described["paths"]["/v1/ask"]["post"]["responses"]
    assert {"200", "400", "413", "415", "422", "503"} <= set(responses)
    for status, response in responses.items():
        if status != "200":
            assert response["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorOut"}


def test_the_description_gives_each_route_a_short_name_and_says_that_a_key_may_be_asked_for(client: httpx.Client) -> None:
    whole = client.get("/openapi.json").json()
    assert whole["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    assert whole["security"] == [{"key": []}, {}]
    described = whole["paths"]
    routes = {f"{method} {path}": route for path, methods in described.items() for method, route in methods.items()}
    names = [route["operationId"] for route in routes.values()]
    assert {"ask", "search", "articles", "add", "article", "remove", "chat_completions"} <= set(names)
    assert len(names) == len(set(names))
    for route in (route for name, route in routes.items() if "/v1/" in name):
        assert {"401", "429"} <= set(route["responses"])
        assert "HTTPValidationError" not in json.dumps(route)


def test_the_docs_load_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "docs.js", "icon.svg"):
        assert f"/page/{name}" in page.text
        assert client.get(f"/page/{name}").status_code == 200


def test_nothing_outside_the_assets_is_served_beside_them(client: httpx.Client) -> None:
    for path in ("/page/../page.py", "/page/%2e%2e/page.py", "/page/..%2fpage.py", "/page/", "/page/%00"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(("method", "address"), [("POST", "/v1/ask"), ("POST", "/v1/articles"), ("DELETE", "/v1/articles/x")])
def test_a_field_that_stands_in_the_address_is_refused_and_not_passed_over(
    client: httpx.Client, method: str, address: str
) -> None:
    response = client.request(method, address, params={"stream": "true"}, json={"question": QUESTION})
    assert (response.status_code, error_of(response)["code"]) == (422, "unknown_parameter")
    assert "'stream'" in error_of(response)["message"]


@pytest.mark.parametrize("written", ["0.0", "5.0", "+5", "1_0", " 5", "٥", "five", ""])
@pytest.mark.parametrize("address", ["/v1/search?q=bridge&k=", "/v1/articles?limit=", "/v1/articles?offset="])
def test_a_number_in_an_address_is_written_in_digits(client: httpx.Client, address: str, written: str) -> None:
    assert client.get(f"{address}{quote(written)}").status_code == 422
    assert client.get(f"{address}5").status_code == 200


@pytest.mark.parametrize(
    ("address", "named", "known"),
    [
        ("/v1/search?q=bridge&asof=1990-01-01", "asof", "q, k, as_of, since, until"),
        ("/v1/search?q=bridge&limit=3", "limit", "q, k, as_of, since, until"),
        ("/v1/articles?page=2", "page", "q, since, until, source, sort, limit, offset"),
        ("/v1/articles?as_of=2024-03-05", "as_of", "q, since, until, source, sort, limit, offset"),
        (f"/v1/articles/{BRIDGE.id}?versions", "versions", "version"),
        ("/v1/jobs/x?wait=1", "wait", "takes none"),
    ],
)
def test_a_parameter_that_a_route_does_not_have_is_named_with_those_it_has(
    client: httpx.Client, address: str, named: str, known: str
) -> None:
    response = client.get(address)
    assert response.status_code == 422
    assert repr(named) in error_of(response)["message"]
    assert known in error_of(response)["hint"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/page/swagger-ui.css"])
def test_what_answers_get_answers_head_with_the_same_headers_and_no_body(client: httpx.Client, address: str) -> None:
    whole, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_head_asks_under_v1_as_get_does_and_finds_nothing_where_only_post_answers(client: httpx.Client) -> None:
    found = ("/v1/articles", f"/v1/articles/{BRIDGE.id}", "/v1/search?q=bridge", "/v1/models", "/v1/models/footnote")
    for address in found:
        whole, head = client.get(address), client.head(address)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole.content)))
    assert client.head("/v1/articles/nope").status_code == 404
    assert client.head("/v1/search?q=bridge&limit=3").status_code == 422
    assert client.head("/v1/ask").status_code == 405
    assert client.put("/v1/articles").headers["allow"] == "GET, HEAD, POST"
    assert "head" not in client.get("/openapi.json").json()["paths"]["/v1/articles"]
