"""What Open WebUI sends through OpenAI's door, byte for byte as its server does: a key that nobody checks, fields of its own
beside OpenAI's, the list of sources back as history, and its own prompts for titles, tags and the like."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
QUESTION = "How much would the bridge repair cost?"
HEADERS = {
    "Authorization": "Bearer not-needed",
    "HTTP-Referer": "https://openwebui.com/",
    "X-Title": "Open WebUI",
    "X-OpenWebUI-User-Name": "Ida%20Brandt",
    "X-OpenWebUI-Chat-Id": "b0d5",
}
OWN_FIELDS = {
    "params": {},
    "features": {"image_generation": False, "code_interpreter": False, "web_search": False},
    "variables": {"{{USER_NAME}}": "Ida", "{{CURRENT_DATETIME}}": "2026-11-21 10:00:00"},
    "metadata": {"user_id": "7", "chat_id": "b0d5", "message_id": "1", "task": None, "files": None},
    "user": {"name": "Ida", "id": "7", "email": "ida@example.org", "role": "user"},
    "background_tasks": {"title_generation": True, "tags_generation": True, "follow_up_generation": True},
    "session_id": "s",
    "chat_id": "b0d5",
    "tools": [],
    "tool_servers": [],
    "files": None,
    "temperature": 0.8,
    "max_tokens": 2048,
}
TASKS = [
    '### Task:\nWrite a title of 3 to 5 words for this chat.\n### Output:\nJSON: {{ "title": "..." }}\n{history}',
    '### Task:\nName 1 to 3 broad tags of this chat.\n### Output:\nJSON: {{ "tags": ["..."] }}\n{history}',
    '### Task:\nSuggest three questions that the user may ask next.\n### Output:\nJSON: {{ "follow_ups": [] }}\n{history}',
    "### Task:\nComplete the user's text.\n<type>search query</type>\n<text>How much would</text>\n{history}",
]


@pytest.fixture
def webui(door_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{door_url}/v1", headers=HEADERS, trust_env=False, timeout=60) as client:
        yield client


def streamed(webui: httpx.Client, messages: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Return the text and every chunk; each line is data, and the last says that it is done."""
    body = {"model": "footnote", "messages": messages, "stream": True, "stream_options": {"include_usage": True}, **OWN_FIELDS}
    with webui.stream("POST", "/chat/completions", json=body) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        *lines, last = [line for line in response.iter_lines() if line]
    assert last == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas), chunks


def test_the_connection_is_verified_by_its_list_of_models(webui: httpx.Client) -> None:
    listed = webui.get("/models").raise_for_status().json()
    assert [model["id"] for model in listed["data"]] == ["footnote"]


def test_a_chat_is_answered_with_its_sources_and_what_it_used(webui: httpx.Client) -> None:
    text, chunks = streamed(webui, [{"role": "system", "content": "You are helpful."}, {"role": "user", "content": QUESTION}])
    assert "“nine million” euros. [1]" in text
    assert re.search(r"\n\nSources:\n- \[1\] Old bridge closed for repair.*https://example.org/bridge", text)
    assert chunks[-1]["usage"]["total_tokens"] == 0


def test_a_follow_up_brings_the_list_of_sources_back_and_is_answered_without_it(webui: httpx.Client) -> None:
    first = {"role": "user", "content": "When was the old bridge closed?"}
    said, _ = streamed(webui, [first])
    assert "Sources:" in said
    again = {"role": "user", "content": [{"type": "text", "text": "And its repair?"}]}
    _, chunks = streamed(webui, [first, {"role": "assistant", "content": said}, again])
    (told,) = [chunk["footnote"] for chunk in chunks if "footnote" in chunk]
    assert told["searched_for"] == "When was the old bridge closed? And its repair?"


@pytest.mark.parametrize("task", TASKS)
def test_a_prompt_of_its_own_gets_an_ordinary_answer(webui: httpx.Client, task: str) -> None:
    history = f"<chat_history>\nUSER: {QUESTION}\nASSISTANT: Nine million. [1]\n</chat_history>"
    asked = [{"role": "user", "content": task.format(history=history)}]
    body = {"model": "footnote", "messages": asked, "stream": False, "max_completion_tokens": 1000, **OWN_FIELDS}
    told = webui.post("/chat/completions", json=body).raise_for_status().json()
    assert told["object"] == "chat.completion"
    assert told["choices"][0]["finish_reason"] == "stop"
    assert isinstance(told["choices"][0]["message"]["content"], str)


def test_a_prompt_of_its_own_that_is_too_long_is_refused_in_words_that_it_can_show(webui: httpx.Client) -> None:
    asked = [{"role": "user", "content": TASKS[0].format(history="USER: and? " * 1000)}]
    refused = webui.post("/chat/completions", json={"model": "footnote", "messages": asked, "stream": False, **OWN_FIELDS})
    assert refused.status_code == 413
    assert "the limit is 4,000" in refused.json()["error"]["message"]


def test_the_recipe_names_this_door_and_switches_its_own_prompts_off() -> None:
    text = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```ini\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    settings = dict(line.split("=", 1) for line in block.splitlines())
    assert settings.pop("OPENAI_API_BASE_URL") == "http://127.0.0.1:7860/v1"
    assert settings.pop("OPENAI_API_KEY")
    assert set(settings.values()) == {"false"}
    assert all(re.fullmatch(r"ENABLE_(OLLAMA_API|[A-Z_]+_GENERATION)", name) for name in settings)
