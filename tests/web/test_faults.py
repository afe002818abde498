"""What is wrong with a field is said in words that tell what it must be, not in those of a library's types."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from web.article_models import ArticleIn
from web.faults import fault
from web.models import AskRequest
from web.openai_requests import ResponseRequest


@pytest.mark.parametrize(
    ("shape", "sent", "where", "said"),
    [
        (AskRequest, {}, "question", "it is missing"),
        (AskRequest, {"question": None}, "question", "it must be text"),
        (AskRequest, {"question": "Why?", "k": 51}, "k", "it must be at most 50"),
        (AskRequest, {"question": "Why?", "k": 10**400}, "k", "it must be at most 50"),
        (AskRequest, {"question": "Why?", "k": 1.5}, "k", "it must be a whole number"),
        (AskRequest, {"question": "Why?", "stream": 1}, "stream", "it must be true or false"),
        (AskRequest, {"question": "Why?", "qestion": 1}, "qestion", "there is no such field"),
        (
            AskRequest,
            {"question": "Why?", "since": "2024-13-01"},
            "since",
            "'2024-13-01' is not a day; write it like 2024-12-31",
        ),
        (AskRequest, {"question": "Why?", "since": "{0}"}, "since", "'{0}' is not a day; write it like 2024-12-31"),
        (AskRequest, {"question": "Why?", "history": ["x"]}, "history.0", "it must be an object with fields"),
        (
            AskRequest,
            {"question": "Why?", "history": [{"role": "me", "content": ""}]},
            "history.0.role",
            "it must be 'user' or",
        ),
        (ArticleIn, {"text": ""}, "text", "it is empty"),
        (ArticleIn, {"text": "a", "id": "a b"}, "id", "it must be of letters, digits and . _ ~ -"),
        (ArticleIn, {"text": "a", "title": "a" * 1001}, "title", "it has more than 1,000 characters"),
        (ArticleIn, [], "", "it must be an object with fields"),
        (ArticleIn, {}, "", "it needs a text; a url alone is fetched"),
        (ResponseRequest, {"model": "m", "input": 5}, "input", "it must be text"),
        (ResponseRequest, {"model": "m", "input": [{"role": "me"}]}, "input.0.role", "it must be 'system', "),
    ],
)
def test_a_wrong_field_is_named_with_what_it_must_be(shape: type[BaseModel], sent: Any, where: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        shape.model_validate(sent)
    name, words = fault(refused.value.errors())
    assert name == where
    assert words.startswith(said)
