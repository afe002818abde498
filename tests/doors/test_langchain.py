"""LangChain's faces in this process: the retriever passes its contract tests; the chat model cites in its blocks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_tests.integration_tests import RetrieversIntegrationTests

from index.search import Search
from rag.langchain import FootnoteChat
from rag.retriever import FootnoteRetriever
from tests.fakes_web import BRIDGE, MARKET, FakeAnswerer, FakeLibrary
from tests.libraries import add, news, opened

QUESTION = "How much would the bridge repair cost?"


class TestFootnoteRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _library(self, tmp_path: Path) -> Iterator[None]:
        with opened(tmp_path) as search:
            add(search, news(4))
            self._search: Search = search
            yield

    @property
    def retriever_constructor(self) -> type[FootnoteRetriever]:
        return FootnoteRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"search": self._search}

    @property
    def retriever_query_example(self) -> str:
        return "When was it counted again?"

    def test_a_documents_offsets_are_its_words_in_the_article(self, retriever: FootnoteRetriever) -> None:
        for document in retriever.invoke("word2 council"):
            at = document.metadata
            article = self._search.library.get(at["article_id"])
            assert article.text[at["start_char_index"] : at["end_char_index"]] == document.page_content
            assert article.content_hash == at["content_hash"]

    def test_days_keep_to_their_articles(self, retriever: FootnoteRetriever) -> None:
        found = retriever.invoke("word2 council", since="2024-03-01", until="2024-03-31")
        assert {document.metadata["published_at"] for document in found} == {"2024-03-03"}
        as_of = FootnoteRetriever(search=self._search, as_of="2024-02-02").invoke("word2 council")
        assert {document.metadata["published_at"] for document in as_of} == {"2024-01-01", "2024-02-02"}


@pytest.fixture
def model() -> FootnoteChat:
    return FootnoteChat(answerer=FakeAnswerer(FakeLibrary(BRIDGE, MARKET)))


def test_a_message_cites_in_standard_content_blocks(model: FootnoteChat) -> None:
    message = model.invoke(QUESTION)
    (block,) = message.content_blocks
    (cited,) = block["annotations"]  # type: ignore[typeddict-item] # a text block
    assert cited["type"] == "citation"
    assert message.text[cited["start_index"] : cited["end_index"]].endswith("euros. [1]")
    at = cited["extras"]
    assert BRIDGE.text[at["start_char_index"] : at["end_char_index"]] == cited["cited_text"]
    assert (cited["url"], cited["title"]) == (BRIDGE.url, BRIDGE.title)


def test_a_stream_adds_up_to_the_whole_message(model: FootnoteChat) -> None:
    chunks = list(model.stream(QUESTION))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    message = model.invoke(QUESTION)
    assert len(chunks) > 5
    assert whole.content_blocks == message.content_blocks
    assert whole.response_metadata == message.response_metadata


async def test_it_streams_where_nothing_may_block(model: FootnoteChat) -> None:
    assert "".join([str(chunk.text) async for chunk in model.astream(QUESTION)]) == model.invoke(QUESTION).text


def test_it_is_a_link_of_a_chain(model: FootnoteChat) -> None:
    chain = ChatPromptTemplate.from_messages([("system", "Be brief."), ("human", "{question}")]) | model | StrOutputParser()
    assert chain.invoke({"question": QUESTION}).endswith("euros. [1]")


def test_messages_before_the_last_are_the_conversation(model: FootnoteChat) -> None:
    earlier = [SystemMessage("x"), HumanMessage("When was the bridge closed?"), model.invoke("When was the old bridge closed?")]
    told = model.invoke([*earlier, HumanMessage("And its repair?")]).response_metadata["footnote"]
    assert told["searched_for"] == "When was the bridge closed? And its repair?"


def test_a_refusal_says_so_beside_its_text(model: FootnoteChat) -> None:
    message = model.invoke("Who won the chess match?")
    assert message.response_metadata["footnote"]["abstained"] is True
    assert message.content_blocks[0].get("annotations") == []


@pytest.mark.parametrize("messages", [[], [HumanMessage("x"), AIMessage("y")], [ToolMessage("x", tool_call_id="1")]])
def test_what_ends_without_a_question_is_refused(model: FootnoteChat, messages: list[Any]) -> None:
    with pytest.raises(ValueError, match="message"):
        model.invoke(messages)


def test_a_chat_model_keeps_to_its_days() -> None:
    answerer = FakeAnswerer(FakeLibrary(BRIDGE, MARKET))
    for days, abstained in (({"since": "2024-03-05"}, False), ({"until": "2024-03-04"}, True), ({"as_of": "2024-03-04"}, True)):
        message = FootnoteChat(answerer=answerer, **days).invoke(QUESTION)
        assert message.response_metadata["footnote"]["abstained"] is abstained
