"""The command line of the library as an MCP server, for desktop clients that start it and talk over its stdin and stdout.

    python -m web.mcp        serve the library of RAG_DATA

Over HTTP the same stands at /mcp (web/mcp_door.py). Exit status: 0 the client is gone, 1 error, 2 usage, and those
of index/errors.py.
"""

import logging
import sys
import threading
from concurrent.futures import Future

from index.embedder import Embedder
from index.errors import LibraryError
from index.search import Search
from index.terminal import take_no_arguments
from rag.answer import Answerer
from rag.configured import configured_writer
from rag.generative import GenerativeWriter
from rag.provider import LanguageModelError
from settings import BadSetting, Settings, read
from web.gate import Services
from web.mcp_tools import create_server
from web.workers import Workers


def main() -> int:
    """Serve over stdin and stdout until the client is gone; the models load while it already answers what it is."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = read()
        embedder = Embedder(settings.embedder)
        generative = configured_writer(settings, settings.data, embedder)
        search = Search.open(settings.data, embedder, read_only=settings.read_only)
    except LibraryError as error:
        _say(f"{error.message}; {error.hint}")
        return error.exit_status
    except BadSetting as error:
        _say(str(error))
        return 2
    except LanguageModelError as error:
        _say(str(error))
        return 1
    with search:
        create_server(_loading(search, generative).result, Workers(), _page(settings)).run("stdio")
    return 0


def _loading(search: Search, generative: GenerativeWriter | None) -> Future[Services]:
    loaded: Future[Services] = Future()

    def load() -> None:
        try:
            loaded.set_result(Services(Answerer.over(search, generative), search.library, search))
        except Exception as error:  # noqa: BLE001 - whoever asks is told, and the log has the trace
            loaded.set_exception(error)

    threading.Thread(target=load, name="loader", daemon=True).start()
    return loaded


def _page(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is a command line


if __name__ == "__main__":
    take_no_arguments("python -m web.mcp", "Serve the library as an MCP server over stdin and stdout.")
    sys.exit(main())
