"""What each command of `python -m index` does, and what it prints: data on stdout, everything else on stderr.

Each takes the parsed options and returns the exit status. Knows no settings: `index/__main__.py` reads them.
"""

import argparse
import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index import readers, rebuilding
from index.adding import Result, add_files
from index.fetch import Web
from index.fingerprint import comparable, fingerprint, short
from index.library import Library
from index.search import Search
from index.snapshot import Within
from index.watching import follow
from index.words import words

PARTLY_FAILED, USAGE = 7, 2
OUTCOMES = ("added", "updated", "unchanged", "refused")


def add(options: argparse.Namespace) -> int:
    """Add files, folders and addresses; say what became of how many."""
    results: list[Result] = []
    with Search.open(options.data, options.embedder, create=True, command=options.command_line) as search:
        try:
            added = add_files(search.library, search.embedder, options.path, Web(allow_urls=options.allow_urls))
            for result in _with_bar(added, _how_many(options.path)):
                results.append(result)
                if result.reason:
                    say(f"refused: {result.name}: {result.reason}")
            if any(result.outcome in ("added", "updated") for result in results):
                search.save()
        finally:
            counts: Counter[str] = Counter(result.outcome for result in results)
            if options.json:
                _print_json({**{name: counts[name] for name in OUTCOMES}, "results": [asdict(result) for result in results]})
            else:
                print(", ".join(f"{counts[name]} {name}" for name in OUTCOMES))
    return PARTLY_FAILED if counts["refused"] else 0


def watch(options: argparse.Namespace) -> int:
    """Add what is in a folder, then follow it until interrupted."""
    if not options.folder.is_dir():
        say(f"{options.folder} is not a folder; name one to watch")
        return USAGE
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    counts: Counter[str] = Counter()
    with Search.open(options.data, options.embedder, create=True, command=options.command_line) as search:
        following = follow(search, options.folder, stopped, remove=options.remove, waiting=lambda error: say(str(error)))
        for result in following:
            outcome = "removed" if isinstance(result, str) else result.outcome
            counts[outcome] += 1
            _print_followed(result, as_json=options.json)
    say(", ".join(f"{counts[name]} {name}" for name in (*OUTCOMES, "removed")))
    return 0


def _print_followed(result: Result | str, *, as_json: bool) -> None:
    one = Result(result, "unchanged") if isinstance(result, str) else result
    outcome = "removed" if isinstance(result, str) else one.outcome
    if as_json:
        print(json.dumps({**asdict(one), "outcome": outcome}, ensure_ascii=False), flush=True)
    else:
        print(f"{outcome}: {one.name}" + (f": {one.reason}" if one.reason else ""), flush=True)


def remove(options: argparse.Namespace) -> int:
    """Remove articles."""
    with Library.open(options.data, command=options.command_line) as library:
        removed = list(dict.fromkeys(options.id))
        library.remove(removed)
    if options.json:
        _print_json({"removed": removed})
    else:
        print(f"{len(removed)} removed")
    return 0


def list_articles(options: argparse.Namespace) -> int:
    """Print a line for every article."""
    with Library.open(options.data, read_only=options.read_only) as library:
        articles = library.articles()
    if options.json:
        _print_json([asdict(article) for article in articles])
        return 0
    width = max((len(article.id) for article in articles), default=0)
    for article in articles:
        print(f"{article.id:{width}}  {(article.published or 'undated')[:10]:10}  {article.passages:5}  {article.title}")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print an article with what is known of it."""
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


def search(options: argparse.Namespace) -> int:
    """Print the passages that fit best."""
    query = " ".join(options.words)
    if not words(query):
        say("there is no word to search for")
        return USAGE
    with Search.open(options.data, options.embedder, read_only=options.read_only) as search:
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
        say("nothing found")
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check every byte of the library."""
    with Library.open(options.data, check=False) as library:
        library.verify()
        state = library.state()
    if options.json:
        _print_json(asdict(state))
    else:
        print(f"{state.articles} articles, {state.passages} passages: everything is as it was written")
        print(f"built with {state.fingerprint} ({short(state.fingerprint)})")
    if comparable(state.fingerprint) != fingerprint(options.embedder):
        say(f"to be searched with {fingerprint(options.embedder)} it must be rebuilt: python -m index rebuild")
    return 0


def rebuild(options: argparse.Namespace) -> int:
    """Split and embed every article again; name what was lost."""
    with _bar(None) as bar:
        done = rebuilding.rebuild(options.data, options.embedder, lambda _: bar.update(), command=options.command_line)
    if options.json:
        _print_json({"articles": done.articles, "lost": done.lost, "kept": done.kept.name if done.kept else None})
    else:
        print(f"{done.articles} articles rebuilt")
    if done.kept:
        say(f"the damaged file is kept as {done.kept.name}")
    for article_id in done.lost:
        say(f"lost: {article_id}; add it again")
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


def say(message: str) -> None:
    """Tell the person, not the program that reads the output."""
    print(message, file=sys.stderr)
