"""LangChain's face of the whole chatbot: a chat model whose messages carry their citations as standard content blocks.

Knows no web. The retriever alone is `FootnoteRetriever` in rag/retriever.py.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, SkipValidation

from index.snapshot import Within
from rag.types import Answer, Answers, Citation, Delta, Event, Turn

Block = dict[str, Any]
_IN_CONTENT = frozenset({"answer", "citations"})


class FootnoteChat(BaseChatModel):
    """Answers the last human message; those before it are the conversation. System messages change nothing.

    A message's one text block has a `citation` annotation for each mark: `start_index, end_index` are the claim in the
    text, `cited_text` the article's words, `extras` every field besides. `response_metadata` has the rest of the answer.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    answerer: Annotated[Answers, SkipValidation]
    as_of: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def _llm_type(self) -> str:
        return "footnote"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain's signature
        **_: Any,
    ) -> ChatResult:
        answer = next(event for event in self._events(messages, stop) if isinstance(event, Answer))
        block = _block(answer.text, [_citation(citation) for citation in answer.citations])
        message = AIMessage(content=[block], id=answer.id, response_metadata=_metadata(answer))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for event in self._events(messages, stop):
            match event:
                case Delta(text=text) if text:
                    chunk = AIMessageChunk(content=[_block(text)])
                case Citation():
                    chunk = AIMessageChunk(content=[_block("", [_citation(event)])])
                case Answer():
                    chunk = AIMessageChunk(content=[], response_metadata=_metadata(event), chunk_position="last")
                case _:
                    continue
            generation = ChatGenerationChunk(message=chunk)
            if run_manager:
                run_manager.on_llm_new_token(generation.text, chunk=generation)
            yield generation

    def _events(self, messages: Sequence[BaseMessage], stop: Sequence[str] | None) -> Iterator[Event]:
        if stop:
            raise ValueError("stop words would cut an answer before its citations; leave them out")
        turns = [turn for message in messages if (turn := _turn(message))]
        if not turns or turns[-1].role != "user":
            raise ValueError("the last message must be a human one: it is the question")
        within = Within(self.since, self.until, as_of=self.as_of)
        return self.answerer.stream(turns[-1].content, turns[:-1], within)


def _turn(message: BaseMessage) -> Turn | None:
    match message:
        case SystemMessage():
            return None
        case HumanMessage():
            return Turn("user", str(message.text))
        case AIMessage():
            return Turn("assistant", str(message.text))
    raise ValueError(f"a {message.type} message cannot be answered from articles")


def _block(text: str, annotations: Sequence[Block] = ()) -> Block:
    return {"type": "text", "text": text, "annotations": list(annotations), "index": 0}


def _citation(citation: Citation) -> Block:
    fields = citation.as_dict()
    standard = {name: fields.pop(name) for name in ("title", "cited_text", "start_index", "end_index")}
    url = {"url": fields["url"]} if fields["url"] else {}
    return {"type": "citation", **standard, **url, "extras": fields}


def _metadata(answer: Answer) -> dict[str, Any]:
    rest = {name: value for name, value in answer.as_dict().items() if name not in _IN_CONTENT}
    return {"model_name": "footnote", "output_version": "v1", "footnote": rest}
