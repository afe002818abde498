"""The library on the command line: `python -m index COMMAND`. Data on stdout, everything else on stderr.

Exit status: 0 ok, 1 error, 2 usage, 3 disk full, 4 locked by another writer, 5 built with something else, 6 damaged,
7 part of a batch failed, 130 interrupted.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import settings
from index import readers
from index.adding import Result, add_files
from index.embedder import Embedder, PassageEmbedder
from index.errors import LibraryError, LibraryReadOnly
from index.fetch import Web
from index.fingerprint import comparable, fingerprint, short
from index.library import Library
from index.rebuilding import rebuild
from index.search import Search
from index.snapshot import Within
from index.watching import follow

PARTLY_FAILED, INTERRUPTED, USAGE = 7, 130, 2
OUTCOMES = ("added", "updated", "unchanged", "refused")


def main(arguments: list[str] | None = None, embedder: PassageEmbedder | None = None) -> int:
    """Run one command and return the exit status. `embedder` stands in for the one that the settings name."""
    options = _parser().parse_args(arguments)
    try:
        known = settings.read()
        options.data = options.data or known.data
        options.command_line = f"python -m index {options.command}"
        options.allow_urls, options.read_only = known.allow_urls, known.read_only
        options.embedder = embedder or Embedder(known.embedder)
        if options.read_only and options.changes:
            raise LibraryReadOnly
        return int(options.run(options))
    except settings.BadSetting as error:
        _say(str(error))
        return USAGE
    except LibraryError as error:
        _say(f"{error}\n{error.hint}")
        return error.exit_status
    except KeyboardInterrupt:
        _say("interrupted; what was finished before stays, nothing is half done")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description="Keep, list and search the library of articles.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, help="the folder that holds the library (default: RAG_DATA, or data/)")
    shared.add_argument("--json", action="store_true", help="print one JSON document")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], about: str, *, changes: bool = False
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[shared], help=about, description=about)
        added.set_defaults(run=run, changes=changes)
        return added

    add = command("add", _add, "add files and folders, or bring them up to date", changes=True)
    add.add_argument("path", nargs="+", metavar="PATH")
    watching = "add what is in a folder, then follow it until interrupted"
    watch = command("watch", _watch, watching, changes=True)
    watch.add_argument("folder", type=Path, metavar="FOLDER")
    watch.add_argument("--remove", action="store_true", help="remove an article when its file is deleted (default: keep it)")
    command("remove", _remove, "remove articles", changes=True).add_argument("id", nargs="+", metavar="ID")
    command("list", _list, "list the articles")
    command("show", _show, "print an article").add_argument("id", metavar="ID")
    search = command("search", _search, "print the passages that fit best")
    search.add_argument("words", nargs="+", metavar="WORDS")
    search.add_argument("-k", type=int, default=8, help="how many (default: 8)")
    search.add_argument("--since", type=_day, metavar="DATE", help="only articles published on this day or later, YYYY-MM-DD")
    search.add_argument("--until", type=_day, metavar="DATE", help="only articles published on this day or earlier")
    search.add_argument("--as-of", type=_day, metavar="DATE", help="only articles neither published nor updated after this day")
    search.add_argument("--source", help="only articles of this outlet")
    command("verify", _verify, "check every byte of the library")
    rebuilding = "split and embed every article again; save what can be saved of a damaged library"
    command("rebuild", _rebuild, rebuilding, changes=True)
    return parser


def _day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{written!r} is not a day; write it like 2024-12-31") from None


def _add(options: argparse.Namespace) -> int:
    results: list[Result] = []
    with Search.open(options.data, options.embedder, create=True, command=options.command_line) as search:
        try:
            added = add_files(search.library, search.embedder, options.path, Web(allow_urls=options.allow_urls))
            for result in _with_bar(added, _how_many(options.path)):
                results.append(result)
                if result.reason:
                    _say(f"refused: {result.name}: {result.reason}")
            if any(result.outcome in ("added", "updated") for result in results):
                search.save()
        finally:
            counts: Counter[str] = Counter(result.outcome for result in results)
            if options.json:
                _print_json({**{name: counts[name] for name in OUTCOMES}, "results": [asdict(result) for result in results]})
            else:
                print(", ".join(f"{counts[name]} {name}" for name in OUTCOMES))
    return PARTLY_FAILED if counts["refused"] else 0


def _watch(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        _say(f"{options.folder} is not a folder; name one to watch")
        return USAGE
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    counts: Counter[str] = Counter()
    with Search.open(options.data, options.embedder, create=True, command=options.command_line) as search:
        following = follow(search, options.folder, stopped, remove=options.remove, waiting=lambda error: _say(str(error)))
        for result in following:
            outcome = "removed" if isinstance(result, str) else result.outcome
            counts[outcome] += 1
            _print_followed(result, as_json=options.json)
    _say(", ".join(f"{counts[name]} {name}" for name in (*OUTCOMES, "removed")))
    return 0


def _print_followed(result: Result | str, *, as_json: bool) -> None:
    one = Result(result, "unchanged") if isinstance(result, str) else result
    outcome = "removed" if isinstance(result, str) else one.outcome
    if as_json:
        print(json.dumps({**asdict(one), "outcome": outcome}, ensure_ascii=False), flush=True)
    else:
        print(f"{outcome}: {one.name}" + (f": {one.reason}" if one.reason else ""), flush=True)


def _remove(options: argparse.Namespace) -> int:
    with Library.open(options.data, command=options.command_line) as library:
        library.remove(options.id)
    if options.json:
        _print_json({"removed": options.id})
    else:
        print(f"{len(options.id)} removed")
    return 0


def _list(options: argparse.Namespace) -> int:
    with Library.open(options.data, read_only=options.read_only) as library:
        articles = library.articles()
    if options.json:
        _print_json([asdict(article) for article in articles])
        return 0
    width = max((len(article.id) for article in articles), default=0)
    for article in articles:
        print(f"{article.id:{width}}  {(article.published or 'undated')[:10]:10}  {article.passages:5}  {article.title}")
    return 0


def _show(options: argparse.Namespace) -> int:
    with Library.open(options.data, read_only=options.read_only) as library:
        article, versions = library.get(options.id), library.versions_of(options.id)
    facts = {
        name: getattr(article, name)
        for name in ("id", "title", "source", "url", "published", "updated", "added", "origin", "content_hash")
    }
    facts["metadata"] = dict(article.metadata)
    if options.json:
        _print_json({**facts, "versions": [asdict(version) for version in versions], "text": article.text})
        return 0
    for name, value in facts.items():
        if value and name != "metadata":
            print(f"{name + ':':14}{value}")
    print(f"\n{article.text}")
    return 0


def _search(options: argparse.Namespace) -> int:
    with Search.open(options.data, options.embedder, read_only=options.read_only) as search:
        query = " ".join(options.words)
        hits = search.search(query, options.k, Within(options.since, options.until, options.source, options.as_of))
    if options.json:
        _print_json(
            [
                {
                    "rank": hit.rank,
                    "score": hit.score,
                    "keyword_score": hit.keyword_score,
                    "vector_score": hit.vector_score,
                    "passage_id": hit.passage.id,
                    "article_id": hit.article.id,
                    "title": hit.article.title,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "text": hit.passage.text,
                    "also_in": [copy.id for copy in hit.also_in],
                }
                for hit in hits
            ]
        )
        return 0
    for hit in hits:
        others = f"  (also in {len(hit.also_in)} more)" if hit.also_in else ""
        print(f"{hit.rank}. {hit.article.title}  [{hit.passage.id}]  {hit.score:.3f}{others}\n{hit.passage.text}\n")
    if not hits:
        _say("nothing found")
    return 0


def _verify(options: argparse.Namespace) -> int:
    with Library.open(options.data, check=False) as library:
        library.verify()
        state = library.state()
    if options.json:
        _print_json(asdict(state))
    else:
        print(f"{state.articles} articles, {state.passages} passages: everything is as it was written")
        print(f"built with {state.fingerprint} ({short(state.fingerprint)})")
    if comparable(state.fingerprint) != fingerprint(options.embedder):
        _say(f"to be searched with {fingerprint(options.embedder)} it must be rebuilt: python -m index rebuild")
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    with _bar(None) as bar:
        done = rebuild(options.data, options.embedder, lambda _: bar.update(), command=options.command_line)
    if options.json:
        _print_json({"articles": done.articles, "lost": done.lost, "kept": done.kept.name if done.kept else None})
    else:
        print(f"{done.articles} articles rebuilt")
    if done.kept:
        _say(f"the damaged file is kept as {done.kept.name}")
    for article_id in done.lost:
        _say(f"lost: {article_id}; add it again")
    return PARTLY_FAILED if done.lost else 0


def _how_many(places: list[str]) -> int:
    return sum(1 if "://" in place else sum(1 for _ in readers.files(Path(place))) for place in places)


def _with_bar(results: Iterable[Result], total: int) -> Iterator[Result]:
    with _bar(total) as bar:
        for result in results:
            bar.update()
            yield result


def _bar(total: int | None) -> Any:
    from tqdm import tqdm  # type: ignore[import-untyped]  # it has no types of its own

    return tqdm(total=total, unit=" articles", file=sys.stderr, disable=not sys.stderr.isatty())


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _say(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
