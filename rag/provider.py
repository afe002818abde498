"""Providers of chat models: how one is opened through LangChain, how its streams end, and what its client may raise.

LanguageModelError  what a person can put right: no such provider, its package is not installed, no key
"""

import sys
from collections.abc import Mapping
from typing import Any, Literal

from langchain_core.exceptions import LangChainException, ModelRateLimitError

Why = Literal["slow", "down", "busy", "spent", "cut_off", "nonsense"]

_FINISHES = ("finish_reason", "stop_reason", "done_reason", "stopReason")
CUT = {"length", "max_tokens", "model_length", "error", "model_context_window_exceeded"}
# What SDKs raise beside Python's own and LangChain's exceptions; only those of packages that are loaded matter.
_SDK_ERRORS = (
    ("openai", "OpenAIError"),
    ("anthropic", "AnthropicError"),
    ("groq", "GroqError"),
    ("ollama", "ResponseError"),
    ("httpx", "HTTPError"),
    ("httpx2", "HTTPError"),
    ("httpx", "StreamError"),
    ("httpx2", "StreamError"),
    ("requests", "RequestException"),
    ("aiohttp", "ClientError"),
    ("grpc", "RpcError"),
    ("google.api_core.exceptions", "GoogleAPIError"),
    ("google.genai.errors", "APIError"),
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("cohere.core.api_error", "ApiError"),
)


class LanguageModelError(Exception):
    """The language model cannot be used as it is configured; `message` says why and `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}; {hint}")
        self.message, self.hint = message, hint


def open_chat(name: str, seconds: float, answer_tokens: int, window: int) -> Any:
    """Return LangChain's model for "provider:model": one try per call, this long, this much. Raises LanguageModelError."""
    from langchain.chat_models import init_chat_model

    provider = name.partition(":")[0]
    limits: dict[str, Any] = {"timeout": seconds, "max_retries": 0, "max_tokens": answer_tokens}
    if provider == "ollama":
        limits = {"num_predict": answer_tokens, "num_ctx": window, "client_kwargs": {"timeout": seconds}}
    try:
        return init_chat_model(name, **limits)
    except ImportError as error:
        package = str(error).rpartition("`pip install ")[2].rstrip("`") or f"langchain-{provider}"
        raise LanguageModelError(f"{name} needs a package that is not installed", f"run: pip install {package}") from error
    except failures() as error:
        hint = "RAG_LLM is provider:model; its key and address are the provider's own variables, such as OPENAI_API_KEY"
        raise LanguageModelError(f"{name} cannot be used ({str(error).splitlines()[0]})", hint) from error


def failures() -> tuple[type[Exception], ...]:
    """Return what calling a chat model may raise, with the exceptions of those SDKs that are loaded."""
    found = (getattr(sys.modules.get(module), name, None) for module, name in _SDK_ERRORS)
    named = [error for error in found if isinstance(error, type) and issubclass(error, Exception)]
    return (LangChainException, OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, *named)


def meaning(error: Exception | None) -> Why:
    """Say in one word what an exception of a model's client means."""
    if isinstance(error, EOFError):
        return "cut_off"
    if isinstance(error, TimeoutError) or "timeout" in type(error).__name__.lower():
        return "slow"
    limited = isinstance(error, ModelRateLimitError) or getattr(error, "status_code", None) in {429, 529}
    return "busy" if limited else "down"


def ending(metadata: Mapping[str, Any]) -> str:
    """Return how a provider says that its stream ends, or "" where this piece says nothing of it."""
    said = next((metadata[name] for name in _FINISHES if metadata.get(name)), "")
    return str(said).lower()
