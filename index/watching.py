"""A folder that the library follows: what is there is added, and then what changes. Knows no command line.

A file is read when it has stayed the same for a moment, so that one that is still being written is read whole; what is
written later is a change again. The library is locked only while something is stored.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from watchfiles import Change, watch
from watchfiles.main import FileChange

from index import readers
from index.adding import Result, add_in_portions, read_all
from index.errors import LibraryLocked
from index.fetch import Web
from index.search import Search

_LOG = logging.getLogger("footnote.index")
_LOOK_MILLISECONDS = 500  # between two looks at a file, which must find it the same
_State = tuple[int, int] | None


def follow(
    search: Search, folder: Path, stopped: threading.Event, *, remove: bool = False, waiting: Callable[[LibraryLocked], None]
) -> Iterator[Result | str]:
    """Yield the result of every file in the folder, then of those that change, until `stopped` is set.

    With `remove` articles whose file is gone are removed, and their ids yielded; none while the folder is missing or empty, as
    a mount point is whose drive is away. `waiting` is called when another process begins to be in the way; it is tried again
    until that has finished. Raises what `add_in_portions` raises but LibraryLocked.
    """
    folder = folder.resolve()
    looks = _looks(folder, stopped)
    next(looks, None)  # from here on nothing that happens is missed
    pending: dict[Path, _State] = dict.fromkeys(readers.files(folder))
    has_gone, is_waiting = remove, False
    for changes in looks:
        paths = {Path(path) for _, path in changes}
        pending |= dict.fromkeys(_touched(folder, paths))
        has_gone = has_gone or (remove and any(map(_is_gone, paths)))
        ready = _settled(pending)
        try:
            if has_gone and not _is_away(folder):
                gone = _without_file(search, folder)
                if gone:
                    search.library.remove(gone)
                    yield from gone
                    pending |= dict.fromkeys(readers.files(folder))  # one may hold a copy of what went
                has_gone = False
            yield from _added(search, ready, stopped)
        except LibraryLocked as error:
            if not is_waiting:
                waiting(error)
            is_waiting = True
        else:
            is_waiting = False
            for path in ready:
                pending.pop(path, None)


def _looks(folder: Path, stopped: threading.Event) -> Iterator[set[FileChange]]:
    """Yield what changed between two looks. The watcher ends at the first name that is not UTF-8; then names are compared."""
    try:
        yield from watch(
            folder,
            watch_filter=None,
            stop_event=stopped,
            debounce=_LOOK_MILLISECONDS,
            rust_timeout=_LOOK_MILLISECONDS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
    except RuntimeError as error:
        _LOG.warning("from now on all of %s is looked through every half second, because of a name: %s", folder, error)
        yield from _compared(folder, stopped)


def _compared(folder: Path, stopped: threading.Event) -> Iterator[set[FileChange]]:
    known: dict[Path, _State] = {}
    while not stopped.wait(_LOOK_MILLISECONDS / 1000):
        now = {path: _state(path) for path in folder.rglob("*")}
        yield {(Change.modified, str(path)) for path in known.keys() | now.keys() if known.get(path) != now.get(path)}
        known = now


def _added(search: Search, paths: list[Path], stopped: threading.Event) -> Iterator[Result]:
    if not paths:
        return
    # Told to stop, it still says what became of everything that is stored by then.
    articles = read_all(takewhile(lambda _: not stopped.is_set(), paths), Web())
    for results in add_in_portions(search.library, search.embedder, articles):
        yield from results
        if not results and stopped.is_set():
            return
    search.save()


def _touched(folder: Path, paths: set[Path]) -> Iterator[Path]:
    """Yield the readable files that changed, are below a folder that did, or are described by a file that did."""
    if not paths:
        return
    for file in readers.files(folder):
        if not paths.isdisjoint({file, file.parent / readers.METADATA_FILE, *file.parents}):
            yield file


def _settled(pending: dict[Path, _State]) -> list[Path]:
    """Return the files that are as they were at the last look, and note how the others are now; forget those that are gone."""
    settled = []
    for path, before in list(pending.items()):
        now = _state(path)
        if now is None:
            del pending[path]
            continue
        pending[path] = now
        if now == before:
            settled.append(path)
    return settled


def _state(path: Path) -> _State:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _is_away(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return True


def _without_file(search: Search, folder: Path) -> list[str]:
    """Return the ids of the articles that were read from files of the folder which are not there any more."""
    with search.library.reading() as snapshot:
        read_here = snapshot.origins(f"{folder.as_uri().rstrip('/')}/")
    return [article_id for article_id, origin in read_here if _is_gone(_path_of(origin))]


def _is_gone(path: Path) -> bool:
    """Say whether there surely is no such file, which nobody can say of one in a folder that is closed."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _path_of(origin: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(origin).path)))
