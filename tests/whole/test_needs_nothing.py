"""The proof that it works with nothing else: default articles, a cited answer through every face, no connection tried."""

import json
import re
import tomllib
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.whole.conftest import READY_SECONDS, ROOT, Running

QUESTION = "Who killed Soleimani?"


def asked(running: Running, question: str, **more: Any) -> dict[str, Any]:
    answer = httpx.post(f"{running.url}/v1/ask", json={"question": question, **more}, trust_env=False, timeout=60)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def without_what_varies(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {"id", "timings_ms"}}


def assert_every_citation_is_real(running: Running, answer: dict[str, Any]) -> None:
    for citation in answer["citations"]:
        article = httpx.get(f"{running.url}/v1/articles/{citation['article_id']}", trust_env=False).json()
        assert article["text"][citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]
        assert article["content_hash"] == citation["content_hash"]


def test_the_api_answers_with_real_citations(running: Running) -> None:
    answer = asked(running, QUESTION)
    assert not answer["abstained"]
    assert "Soleimani" in answer["citations"][0]["cited_text"]
    assert_every_citation_is_real(running, answer)


def test_the_command_line_gives_the_same_answer_as_the_api(running: Running) -> None:
    told = running.command("-m", "rag", "ask", QUESTION, "--json")
    assert told.returncode == 0, told.stderr
    assert without_what_varies(json.loads(told.stdout)) == without_what_varies(asked(running, QUESTION))


def test_what_has_nothing_to_do_with_the_articles_is_refused(running: Running) -> None:
    answer = asked(running, "How do I bake sourdough bread?")
    assert (answer["abstained"], answer["citations"]) == (True, [])
    assert answer["near_misses"]


@pytest.mark.browser
def test_the_page_answers_and_opens_the_article_at_the_cited_words(running: Running, browser: Any) -> None:
    page = browser.new_context().new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(running.url)
    page.fill("#question textarea", QUESTION, timeout=READY_SECONDS * 1000)
    page.keyboard.press("Enter")
    page.locator("a.cite").first.click()
    page.wait_for_selector("#viewer mark")
    shown = "".join(page.locator("#viewer mark").all_text_contents())
    assert shown == asked(running, QUESTION)["citations"][0]["cited_text"]
    assert {urlsplit(url).netloc for url in requested if url.startswith("http")} == {urlsplit(running.url).netloc}


def test_nothing_tried_to_reach_another_machine(running: Running) -> None:
    asked(running, QUESTION)
    assert not running.attempts.exists(), running.attempts.read_text()


def test_the_first_answer_in_the_readme_is_the_answer(running: Running) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", readme, re.DOTALL))
    (question,) = re.findall(r"-d '(\{.*?\})'", readme)
    answer = asked(running, **json.loads(question))
    assert shown["answer"] == answer["answer"]
    for given, cited in zip(shown["citations"], answer["citations"], strict=True):
        assert given == {name: cited[name] for name in given}


def test_the_questions_that_the_empty_page_offers_are_answered_but_for_the_last(running: Running) -> None:
    *answered, refused = tomllib.loads((ROOT / "articles" / "examples.toml").read_text(encoding="utf-8"))["questions"]
    assert [question for question in answered if asked(running, question)["abstained"]] == []
    assert asked(running, refused)["abstained"]
