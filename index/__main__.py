"""The library on the command line: `python -m index COMMAND`. Data on stdout, everything else on stderr.

Exit status: 0 ok, 1 error, 2 usage, 3 disk full, 4 locked by another writer, 5 built with something else, 6 damaged,
7 part of a batch failed, 130 interrupted.
"""

import argparse
import re
import sys
from collections.abc import Callable

import settings
from index import commands
from index.commands import USAGE, say
from index.embedder import Embedder, PassageEmbedder
from index.errors import LibraryError, LibraryReadOnly
from index.terminal import day, ended, folder, place


def main(arguments: list[str] | None = None, embedder: PassageEmbedder | None = None) -> int:
    """Run one command and return the exit status. `embedder` stands in for the one that the settings name."""
    interrupted = "interrupted; what was finished before stays, nothing is half done"
    return ended(lambda: _run(_parser().parse_args(arguments), embedder), interrupted)


def _run(options: argparse.Namespace, embedder: PassageEmbedder | None) -> int:
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
        say(str(error))
        return USAGE
    except LibraryError as error:
        say(f"{error}\n{error.hint}")
        return error.exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description="Keep, list and search the library of articles.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=folder, help="the folder that holds the library (default: RAG_DATA, or data/)")
    shared.add_argument("--json", action="store_true", help="print one JSON document")
    named = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], about: str, *, changes: bool = False
    ) -> argparse.ArgumentParser:
        added = named.add_parser(name, parents=[shared], help=about, description=about)
        added.set_defaults(run=run, changes=changes)
        return added

    add = command("add", commands.add, "add files and folders, or bring them up to date", changes=True)
    add.add_argument("path", nargs="+", type=place, metavar="PATH")
    watching = "add what is in a folder, then follow it until interrupted"
    watch = command("watch", commands.watch, watching, changes=True)
    watch.add_argument("folder", type=folder, metavar="FOLDER")
    watch.add_argument("--remove", action="store_true", help="remove an article when its file is deleted (default: keep it)")
    command("remove", commands.remove, "remove articles", changes=True).add_argument("id", nargs="+", metavar="ID")
    command("list", commands.list_articles, "list the articles")
    command("show", commands.show, "print an article").add_argument("id", metavar="ID")
    search = command("search", commands.search, "print the passages that fit best")
    search.add_argument("words", nargs="+", metavar="WORDS")
    search.add_argument("-k", type=_count, default=8, help="how many (default: 8)")
    search.add_argument("--since", type=day, metavar="DATE", help="only articles published on this day or later, YYYY-MM-DD")
    search.add_argument("--until", type=day, metavar="DATE", help="only articles published on this day or earlier")
    search.add_argument("--as-of", type=day, metavar="DATE", help="only articles neither published nor updated after this day")
    search.add_argument("--source", help="only articles of this outlet")
    command("verify", commands.verify, "check every byte of the library")
    rebuilding = "split and embed every article again; save what can be saved of a damaged library"
    command("rebuild", commands.rebuild, rebuilding, changes=True)
    return parser


def _count(written: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", written):  # SQLite counts no further than some billions of billions
        raise argparse.ArgumentTypeError(f"{written[:40]!r} is not a number from 1 to 999,999,999")
    return int(written)


if __name__ == "__main__":
    sys.exit(main())
