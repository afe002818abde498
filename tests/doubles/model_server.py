"""An OpenAI-compatible server on loopback whose every model has manners of its own; a request names one as its model.

    well obedient hanging slow dripping busy broken half half-sentence too-long endless endless-word invalid-utf8 empty silent
    nonsense refusing not-json

`python -m tests.doubles.model_server [PORT]` serves until stopped: RAG_LLM=openai:well OPENAI_BASE_URL=http://127.0.0.1:PORT/v1
"""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.doubles.manners import SINK_HOST, Messages, obediently, well

PIECE = 3  # characters: every mark arrives split
LONGEST = 20.0  # seconds that anything goes on here; longer than any time limit that a test sets


def _nonsense(_: Messages) -> str:
    return "Colourless green ideas sleep furiously [1]. Zorblax quuxed the frobnicator in 1742 [2]."


def _refusing(_: Messages) -> str:
    return "NO_ANSWER"


WRITERS: dict[str, Callable[[Messages], str]] = {
    "well": well,
    "obedient": obediently,
    "slow": well,
    "half": lambda messages: f"{well(messages)} {well(messages)}",
    "half-sentence": well,
    "too-long": well,
    "nonsense": _nonsense,
    "refusing": _refusing,
    "empty": lambda _: "",
}


class ModelServer:
    """Serves until closed; `requests` keeps the body of every call, so that a test can say that there was none.

    The obedient model sends people to the host `sink`. `manners`, where set, are those of every model whatever its name, so
    that a process that was started with one model meets them all.
    """

    def __init__(self, port: int = 0, sink: str = SINK_HOST) -> None:
        self.requests: list[dict[str, Any]] = []
        self.sink = sink
        self.manners: str | None = None
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"double": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def text(self, manners: str, messages: Messages) -> str:
        """Return what a model with these manners writes."""
        return WRITERS[manners](messages).replace(SINK_HOST, self.sink)

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "ModelServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: ModelServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.double.requests.append(asked)
        self.close_connection = True
        with contextlib.suppress(ConnectionError):  # the client has had enough, which is its right
            self._answer(self.double.manners or asked["model"], asked)

    def _answer(self, manners: str, asked: dict[str, Any]) -> None:
        if manners == "hanging":
            self.double.over.wait(LONGEST)
        elif manners in {"busy", "broken", "not-json"}:
            self._fail(manners)
        elif asked.get("stream"):
            self._stream(manners, asked)
        else:
            self._whole(manners, asked)

    def _fail(self, manners: str) -> None:
        status = {"busy": 429, "broken": 500, "not-json": 200}[manners]
        body = b"<html>upstream /srv/secret/path failed</html>" if manners == "not-json" else _error(manners)
        self._head(status, "application/json", len(body))
        self.wfile.write(body)

    def _whole(self, manners: str, asked: dict[str, Any]) -> None:
        message = {"role": "assistant", "content": self.double.text(manners, asked["messages"])}
        body = json.dumps(_envelope("chat.completion", {"message": message, "finish_reason": "stop"})).encode()
        self._head(200, "application/json", len(body))
        self.wfile.write(body)

    def _stream(self, manners: str, asked: dict[str, Any]) -> None:
        self._head(200, "text/event-stream", None)
        for event in _events(self.double, manners, asked["messages"]):
            self.wfile.write(b"data: " + event + b"\n\n" if event else b": still here\n\n")
            self.wfile.flush()

    def _head(self, status: int, kind: str, length: int | None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def _events(double: ModelServer, manners: str, messages: Messages) -> Iterator[bytes]:
    """Yield the events of a stream; an empty one is a comment that keeps the connection alive."""
    until = time.monotonic() + LONGEST
    if manners == "invalid-utf8":
        yield _chunk("The harbour ").replace(b"harbour", b"h\xff\xfe\xc3(rbour")
    elif manners in {"silent", "dripping", "endless", "endless-word"}:
        words = {"endless": "and so on and on. [1] ", "endless-word": "a" * 50, "dripping": "so "}
        while time.monotonic() < until and not double.over.is_set():
            yield _chunk(words[manners]) if manners in words else b""
            time.sleep(0.05 if manners in {"silent", "dripping"} else 0.0005)
    else:
        yield from _written(manners, double.text(manners, messages), double.over)


def _written(manners: str, text: str, over: threading.Event) -> Iterator[bytes]:
    whole = len(text)
    if manners == "half":
        text = text[: whole * 3 // 4]
    elif manners == "half-sentence":
        text = text[: whole // 4]
    for start in range(0, len(text), PIECE):
        if manners == "slow":
            over.wait(0.25)
        yield _chunk(text[start : start + PIECE])
    if not manners.startswith("half"):
        yield _chunk(None, "length" if manners == "too-long" else "stop")
        yield b"[DONE]"


def _chunk(text: str | None, finish: str | None = None) -> bytes:
    delta = {} if text is None else {"role": "assistant", "content": text}
    return json.dumps(_envelope("chat.completion.chunk", {"delta": delta, "finish_reason": finish})).encode()


def _envelope(kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    usage = {"prompt_tokens": 900, "completion_tokens": 50, "total_tokens": 950}
    known = {"usage": usage} if kind == "chat.completion" else {}
    return {"id": "double", "object": kind, "created": 1, "model": "double", "choices": [{"index": 0, **choice}], **known}


def _error(manners: str) -> bytes:
    message = {"busy": "Rate limit reached", "broken": "Traceback: /srv/secret/path failed"}[manners]
    return json.dumps({"error": {"message": message, "type": manners, "code": None}}).encode()


if __name__ == "__main__":
    with ModelServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as serving:
        print(serving.url, flush=True)
        threading.Event().wait()
