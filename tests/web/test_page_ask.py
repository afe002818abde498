"""The page's one public endpoint, with gradio_client."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

QUESTION = "How much would the bridge repair cost?"


@pytest.fixture(scope="module")
def gradio(page_url: str) -> Iterator[Any]:
    from gradio_client import Client

    with closing(Client(page_url, verbose=False, analytics_enabled=False)) as client:
        yield client


def test_ask_is_the_only_endpoint_for_others(gradio: Any) -> None:
    described = gradio.view_api(return_format="dict")
    assert list(described["named_endpoints"]) == ["/ask"]
    assert not described["unnamed_endpoints"]


def test_it_gives_what_the_rest_door_gives(gradio: Any, page_url: str) -> None:
    history = [{"role": "user", "content": "When was the bridge closed?"}]
    for question, before in ((QUESTION, []), ("And its repair?", history), ("Who won the chess match?", [])):
        there = httpx.post(f"{page_url}/v1/ask", json={"question": question, "history": before}, trust_env=False).json()
        here = gradio.predict(question, before, api_name="/ask")
        assert {**here, "id": "", "timings_ms": {}} == {**there, "id": "", "timings_ms": {}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((" ",), "The question is empty"),
        (("x" * 4001,), "the limit is 4,000"),
        ((QUESTION, [{"role": "critic", "content": "x"}]), "role"),
        ((QUESTION, None, "yesterday"), "2024-12-31"),
    ],
)
def test_what_is_wrong_is_said(gradio: Any, arguments: tuple[Any, ...], said: str) -> None:
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError, match=said):
        gradio.predict(*arguments, api_name="/ask")
