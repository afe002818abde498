"""What only OpenAI's doors have: its shapes, its errors, the list of sources. The answers themselves: test_parity.py."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import httpx2
import openai
import pytest
from langchain_openai import ChatOpenAI

from rag.types import Citation, Quotation
from tests.doors.callers import openai_client
from tests.fakes_web import BRIDGE
from web.openai_sources import source_list, without_source_list

QUESTION = "How much would the bridge repair cost?"
USER = {"role": "user", "content": QUESTION}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.fixture(scope="module")
def client(door_url: str) -> Iterator[openai.OpenAI]:
    with openai_client(door_url) as client:
        yield client


@pytest.fixture
def http(door_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=door_url, trust_env=False) as client:
        yield client


def chat(client: openai.OpenAI, *messages: Any, **options: Any) -> Any:
    return client.chat.completions.create(**{"model": "footnote", "messages": messages or [USER], **options})


def test_there_is_one_model(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["footnote"]
    assert client.models.retrieve("footnote").owned_by == "footnote"


CALLS: dict[str, Callable[[openai.OpenAI], object]] = {
    "chat": lambda client: chat(client, model="gpt-7"),
    "responses": lambda client: client.responses.create(model="gpt-7", input=QUESTION),
    "models": lambda client: client.models.retrieve("gpt-7"),
}


@pytest.mark.parametrize("call", CALLS)
def test_another_model_is_not_found_and_the_error_names_the_one_there_is(client: openai.OpenAI, call: str) -> None:
    with pytest.raises(openai.NotFoundError, match="Use 'footnote'") as caught:
        CALLS[call](client)
    assert (caught.value.code, caught.value.param, caught.value.type) == ("model_not_found", "model", "invalid_request_error")
    assert caught.value.request_id


def test_the_last_message_of_the_user_is_the_question_and_the_rest_is_history(client: openai.OpenAI) -> None:
    earlier = [{"role": "developer", "content": "Be rude."}, {"role": "user", "content": "What about the bridge?"}]
    said = {"role": "assistant", "content": "It was closed in March. [1]\n\nSources:\n- [1] Old bridge: https://example.org"}
    answer = chat(client, *earlier, said, {"role": "user", "content": [{"type": "text", "text": "Its repair?"}]})
    assert answer.footnote["searched_for"] == "What about the bridge? Its repair?"


def test_a_refusal_is_an_answer_without_annotations_and_without_a_list(client: openai.OpenAI) -> None:
    answer = chat(client, {"role": "user", "content": "Who won the chess match?"})
    assert answer.choices[0].message.content == "The articles do not say."
    assert answer.choices[0].message.annotations == []
    assert answer.choices[0].finish_reason == "stop"
    assert answer.footnote["abstained"] is True
    assert answer.footnote["reason"] == "not_answered_by_sources"


def test_an_article_without_an_address_is_cited_by_its_place_on_this_server(client: openai.OpenAI, door_url: str) -> None:
    message = chat(client, {"role": "user", "content": "What do forty traders sell?"}).choices[0].message
    cited = message.annotations[0].url_citation
    assert cited.url == door_url + cited.permalink
    assert cited.url in message.content


def test_an_address_that_is_not_of_the_web_is_not_passed_on(client: openai.OpenAI, door_url: str) -> None:
    message = chat(client, {"role": "user", "content": "Who stole forty sandwiches?"}).choices[0].message
    cited = message.annotations[0].url_citation
    assert cited.url.startswith(door_url)
    sources = message.content.partition("\n\nSources:\n")[2]
    assert sources.startswith("- [1] Gulls")
    assert not set("<>[]`*") & set(sources.removeprefix("- [1]"))
    assert sources.count("http") == sources.count(door_url) == 1
    assert "javascript" not in sources


def test_usage_is_sent_at_the_end_of_a_stream_when_it_is_asked_for(client: openai.OpenAI) -> None:
    chunks = list(chat(client, stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].usage.total_tokens == 0
    assert len({chunk.id for chunk in chunks}) == 1
    assert [chunk.choices[0].delta.role for chunk in chunks[:-1]] == ["assistant"] + [None] * (len(chunks) - 2)
    assert chunks[-2].choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]}, "tools"),
        ({"n": 2}, "n"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"stop": ["."]}, "stop"),
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"function_call": "auto"}, "function_call"),
        ({"n": True}, "n"),
        ({"store": True}, "store"),
        ({"modalities": ["audio"], "audio": {"voice": "x", "format": "wav"}}, "audio"),
        ({"messages": [{"role": "user", "content": [IMAGE]}]}, "messages"),
        ({"messages": [{"role": "tool", "tool_call_id": "1", "content": "x"}, USER]}, "messages"),
        ({"messages": [{"role": "system", "content": "Hello"}]}, None),
        ({"messages": []}, None),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(client: openai.OpenAI, options: dict[str, Any], named: str | None) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        chat(client, **options)
    assert caught.value.param == named
    assert caught.value.type == "invalid_request_error"


ANSWERS: dict[str, Callable[[openai.OpenAI, Any], str]] = {
    "chat": lambda client, days: chat(client, extra_body=days).choices[0].message.content,
    "chat, streamed": lambda client, days: "".join(
        chunk.choices[0].delta.content or "" for chunk in chat(client, stream=True, extra_body=days)
    ),
    "responses": lambda client, days: client.responses.create(model="footnote", input=QUESTION, extra_body=days).output_text,
    "responses, streamed": lambda client, days: "".join(
        getattr(event, "delta", "")
        for event in client.responses.create(model="footnote", input=QUESTION, stream=True, extra_body=days)
    ),
}
DAYS = [
    ({"since": "2024-03-05", "until": "2024-03-05"}, True),
    ({"since": "2024-03-06"}, False),
    ({"until": "2024-03-04"}, False),
    ({"as_of": "2024-03-04"}, False),
    ({"as_of": "2024-03-05"}, True),
    ({"as_of": None}, True),
]


@pytest.mark.parametrize(("days", "inside"), DAYS)
@pytest.mark.parametrize("door", ANSWERS)
def test_an_answer_keeps_to_the_days_of_the_extra_body(client: openai.OpenAI, door: str, days: Any, inside: bool) -> None:
    assert ("nine million" in ANSWERS[door](client, days)) == inside


@pytest.mark.parametrize("field", ["as_of", "since", "until"])
@pytest.mark.parametrize("door", ANSWERS)
def test_what_is_no_day_is_refused_by_name(client: openai.OpenAI, door: str, field: str) -> None:
    for day in ("last week", "2024-02-30", 20240304, ""):
        with pytest.raises(openai.BadRequestError) as caught:
            ANSWERS[door](client, {field: day})
        assert (caught.value.param, caught.value.type) == (field, "invalid_request_error")
        assert field in caught.value.message


@pytest.mark.parametrize("new", [False, True])
def test_langchains_extra_body_keeps_to_its_days(door_url: str, new: bool) -> None:
    with httpx2.Client(trust_env=False) as http:
        for days, inside in DAYS:
            options: dict[str, Any] = {"model": "footnote", "base_url": f"{door_url}/v1", "api_key": "x", "http_client": http}
            told = ChatOpenAI(**options, use_responses_api=new, extra_body=days).invoke(QUESTION)
            assert ("nine million" in str(told.text)) == inside, days


def test_the_description_names_the_days_beside_openais_fields(http: httpx.Client) -> None:
    described = http.get("/openapi.json").json()["components"]["schemas"]
    for shape in ("ChatRequest", "ResponseRequest", "AskRequest"):
        days = {name: described[shape]["properties"][name] for name in ("as_of", "since", "until")}
        assert all("YYYY-MM-DD" in day["description"] for day in days.values())


@pytest.mark.parametrize(
    "options",
    [
        {"tools": [{"type": "web_search"}]},
        {"previous_response_id": "resp_1"},
        {"background": True},
        {"store": True},
        {"top_logprobs": 3},
        {"text": {"format": {"type": "json_object"}}},
        {"input": [{"type": "function_call_output", "call_id": "1", "output": "x"}]},
        {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "https://example.org/x.png"}]}]},
    ],
)
def test_what_a_response_cannot_hold_is_refused(client: openai.OpenAI, options: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError, match="Footnote does not take"):
        client.responses.create(**{"model": "footnote", "input": QUESTION, **options})


def test_what_only_tunes_a_language_model_changes_nothing(client: openai.OpenAI) -> None:
    plain = chat(client).choices[0].message.content
    assert chat(client, temperature=1.5, seed=7, max_tokens=3, top_p=0.1, user="me").choices[0].message.content == plain


def test_what_asks_for_nothing_is_taken(client: openai.OpenAI) -> None:
    nothing = {"n": 1, "store": False, "logprobs": False, "top_logprobs": 0, "function_call": "none", "stop": None}
    assert chat(client, **nothing).choices[0].message.content == chat(client).choices[0].message.content
    assert client.responses.create(model="footnote", input=QUESTION, store=False, top_logprobs=0).output_text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/chat/completions", b"{", 400),
        ("/v1/chat/completions", b'{"model":"footnote"}', 400),
        ("/v1/chat/completions", b'{"model":"footnote","messages":[{"role":"user","content":"?!"}]}', 400),
        ("/v1/responses", b'{"model":"footnote","input":7}', 400),
        ("/v1/responses", b'{"model":"footnote","input":"%s"}' % (b"x" * 4001), 413),
        ("/v1/responses/resp_1", b"{}", 404),
    ],
)
def test_every_error_has_openais_shape(http: httpx.Client, path: str, body: bytes, status: int) -> None:
    response = http.post(path, content=body, headers={"content-type": "application/json"})
    assert response.status_code == status
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


def test_an_address_holds_nothing_that_a_client_would_take_for_a_picture() -> None:
    url = "https://a.test/ ![x](https://evil.test/p.png)"
    words = Quotation("p", BRIDGE.id, "A", None, url, None, 0, 5, "words", BRIDGE.content_hash, 1.0)
    listed = source_list([Citation(1, 0, 5, words)], "http://here")
    assert listed == "\n\nSources:\n- [1] A: https://a.test/%20!%5Bx%5D(https://evil.test/p.png)"
    elsewhere = replace(words, url="https://a.test](https://evil.test/p.png)/")
    assert source_list([Citation(1, 0, 5, elsewhere)], "http://here").endswith(f"A: http://here/#src={BRIDGE.id}:0-5")


def test_another_sites_page_is_refused_in_openais_shape(http: httpx.Client) -> None:
    response = http.post("/v1/chat/completions", json={}, headers={"origin": "https://evil.test"})
    assert response.status_code == 403
    assert response.json()["error"]["type"] == "permission_error"


def test_while_the_models_load_clients_are_told_to_try_again(closed_url: str) -> None:
    with openai_client(closed_url) as client, pytest.raises(openai.InternalServerError, match="readyz") as caught:
        chat(client)
    assert caught.value.status_code == 503
    assert caught.value.response.headers["retry-after"]
    assert caught.value.type == "server_error"


def test_the_list_of_sources_comes_off_again_and_nothing_else_does() -> None:
    words = Quotation("p", BRIDGE.id, "A: [b] - c", None, None, None, 0, 5, "words", BRIDGE.content_hash, 1.0)
    listed = source_list([Citation(1, 0, 5, words), Citation(2, 6, 9, words)], "http://here")
    for text in ("An answer. [1] More. [2]", "Sources: two of them said so. [1]", "Sources:\nnone"):
        assert without_source_list(text + listed) == text
        assert without_source_list(text + listed + "\n") == text
        assert without_source_list(text + listed.replace("\n", "\r\n")) == text
        assert without_source_list(text) == text
    assert without_source_list(listed + "\nBut that was not all.") == listed + "\nBut that was not all."
