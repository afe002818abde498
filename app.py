"""The front door: reads the settings, serves at once, and builds the objects behind it while people already see why they wait.

Exit status: 0 stopped, 1 error, 2 usage, and those of index/errors.py when the library cannot be served.
"""

import gc
import ipaddress
import logging
import os
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from typing import NoReturn

import uvicorn

from index.adding import add_files
from index.cores import cores
from index.embedder import Embedder
from index.errors import LibraryError, LibraryMissing
from index.fetch import Web
from index.search import Search
from index.terminal import take_no_arguments
from rag.answer import Answerer
from rag.configured import configured_writer
from rag.provider import LanguageModelError
from settings import BadSetting, Settings, read
from web.access import log_as_json
from web.build import build_page, import_gradio
from web.door import Door
from web.examples import examples
from web.feedback import FeedbackLog
from web.front import create_front
from web.gate import Gate, Services
from web.jobs import Desk
from web.keys import BadKey, Keys
from web.metrics import Metrics, Watched
from web.rate import RateLimit
from web.serving import create_server, run
from web.workers import ANSWER_SECONDS, Workers

_MODEL_CALLS_AT_ONCE = 16  # waiting for a language model takes no processor
_TIME_TO_BE_READ = 3.0  # how long a page that is already open can still learn why there will be no library


def main() -> int:
    """Serve until stopped; return the exit status."""
    log_as_json()
    try:
        settings = read()
        listening = listen(settings.host, settings.port, beyond_loopback=may_be_reached(settings))
        keys = Keys.parse(settings.api_keys, is_local=is_loopback(listening.getsockname()[0]) and not settings.hosts)
    except (BadSetting, BadKey) as error:
        _say(str(error))
        return 2
    except CannotListen as error:
        _say(str(error))
        return 1
    gate = Gate(Workers(_at_once(settings), settings.queue, settings.llm_seconds + ANSWER_SECONDS))
    door = Door(gate)
    metrics = Metrics(gate)
    hosts = [_in_address(host) for host in (settings.host, *settings.hosts)]
    server = create_server(create_front(gate, door, hosts, metrics, keys, RateLimit(settings.rate)))
    loader = Loader(settings, gate, door, server, metrics)
    loader.start()
    host, port = listening.getsockname()[:2]
    _say(f"Footnote is at http://{_in_address(host)}:{port} and is loading.")
    try:
        run(server, listening)
    except KeyboardInterrupt:
        _say("Stopped.")
    return loader.exit_status


def _at_once(settings: Settings) -> int:
    return cores() if settings.llm is None else _MODEL_CALLS_AT_ONCE


class CannotListen(Exception):
    """The address or port cannot be had; str(error) says why and what to do."""


def may_be_reached(settings: Settings) -> bool:
    """Say whether other machines may reach the server: with keys, or when the settings say so."""
    return settings.open or bool(settings.api_keys)


def listen(host: str, port: int, *, beyond_loopback: bool) -> socket.socket:
    """Take the port before anything slow is done. Raises CannotListen, also when other machines would reach it and may not."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if not beyond_loopback and not is_loopback(str(address[0])):
            hint = "set RAG_API_KEYS, or RAG_OPEN=yes to let everybody read"
            raise CannotListen(f"will not listen on {host}: other machines could use it without a key; {hint}")
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no name of a host"
        hint = "stop what uses it, or choose others with RAG_HOST and RAG_PORT"
        raise CannotListen(f"cannot listen on {host} port {port} ({why}); {hint}") from error
    return listening


def is_loopback(address: str) -> bool:
    """Say whether only this machine reaches an address of its own."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


class Loader(threading.Thread):
    """Builds what is slow to build, opens the gate and then the door; or says why it cannot, and stops the server."""

    def __init__(self, settings: Settings, gate: Gate, door: Door, server: uvicorn.Server, metrics: Metrics) -> None:
        super().__init__(name="loader", daemon=True)
        self._settings, self._gate, self._door, self._server = settings, gate, door, server
        self._metrics = metrics
        self.exit_status = 0

    def run(self) -> None:
        try:
            self._load()
        except LibraryError as error:
            self._fail(error.message, error.hint, error.exit_status)
        except LanguageModelError as error:
            self._fail(error.message, error.hint, 1)
        except Exception:
            logging.getLogger("footnote").exception("loading failed")
            self._fail("loading failed", "see the log", 1)

    def _load(self) -> None:
        settings, gate = self._settings, self._gate
        importing = threading.Thread(target=import_gradio, daemon=True)
        importing.start()
        gate.loading("The library is being opened.")
        embedder = Embedder(settings.embedder)
        generative = configured_writer(settings, settings.data, embedder)
        search = open_library(settings, embedder, gate)
        gate.loading("The language models are being loaded.")
        _compute_alone()
        embedder.load()
        answerer = Answerer.over(search, generative)
        search.search("the first question should not be the slow one", 1)
        desk = None if settings.read_only else Desk(search, Web(allow_urls=settings.allow_urls))
        if desk:
            desk.start()
        gate.open(Services(Watched(answerer, self._metrics), search.library, search, desk))
        feedback = FeedbackLog(None if settings.read_only else settings.data / "feedback.jsonl")
        importing.join()
        offered = partial(examples, settings.articles, search.library)
        self._door.open(build_page(gate, offered, feedback))
        _leave_alone_what_stays()
        _say("Footnote is ready.")

    def _fail(self, message: str, hint: str, exit_status: int) -> None:
        _say(f"{message}; {hint}")
        self._gate.fail(message, hint)
        self.exit_status = exit_status
        time.sleep(_TIME_TO_BE_READ)
        self._server.should_exit = True


def _compute_alone() -> None:
    """Let each thread compute on one processor: threads that share all processors wait for each other, and answers would
    depend on how many there are. benchmarks/LOG.md, 2026-11-21."""
    import torch

    torch.set_num_threads(1)


def _leave_alone_what_stays() -> None:
    """Let garbage collection pass over what has been loaded, 430,000 objects that stay: looking at them again and again was a
    fifth of the work under load. benchmarks/LOG.md, 2026-11-21."""
    gc.collect()
    gc.freeze()


def open_library(settings: Settings, embedder: Embedder, gate: Gate) -> Search:
    """Open the library; where there is none yet, make one of the default articles, also if that was interrupted before."""
    unfinished = settings.data / "first-articles-unfinished"
    try:
        search = Search.open(settings.data, embedder, read_only=settings.read_only)
        if settings.read_only or not unfinished.exists():
            return search
    except LibraryMissing:
        if settings.read_only:
            raise
        if not settings.articles.exists():
            hint = "set RAG_ARTICLES to the folder of the first articles; an empty one makes an empty library"
            raise LibraryMissing(f"there is no folder {settings.articles} to make a library of", hint) from None
        with suppress(OSError):  # whoever makes the library says why it cannot
            settings.data.mkdir(parents=True, exist_ok=True)
            unfinished.touch()
        search = Search.open(settings.data, embedder, create=True, command="python app.py")
    gate.loading("The articles are being read for the first time.")
    for result in add_files(search.library, embedder, [settings.articles]):
        if result.reason:
            _say(f"{result.name}: {result.reason}")
    unfinished.unlink()
    return search


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def leave(status: int) -> NoReturn:
    """End the process at once. A worker that is still computing when Python is torn down would abort it ("terminate called
    without an active exception", a core dump); nothing is left to do, since what is to be kept is on the disk by now."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody reads it any more
            stream.flush()
    os._exit(status)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the command line


if __name__ == "__main__":
    take_no_arguments("python app.py", "Serve the chat page and the API.")
    leave(main())
