"""What the command lines have in common: how they write what an output has no letters for, how they end when interrupted or no
longer read, how they take a day and a place, and how they refuse arguments."""

import argparse
import codecs
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from index.article import iso_day

INTERRUPTED = 130


def ended(run: Callable[[], int], interrupted: str) -> int:
    """Run a command to its end and return its exit status, 1 where the system refuses something, such as to write the output.

    `interrupted` is what to say after Ctrl-C.
    """
    _open_what_is_closed()
    codecs.register_error("as in JSON", _as_in_json)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="as in JSON")
    try:
        status = run()
        sys.stdout.flush()  # here, where a reader that has gone can still be answered
    except KeyboardInterrupt:
        print(interrupted, file=sys.stderr)  # noqa: T201 - this is the command lines' own
        return INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # then whoever read the output has seen enough
            print(error, file=sys.stderr)  # noqa: T201 - as above
    else:
        return status
    try:
        sys.stdout.flush()
    except OSError:  # it would be tried once more at the very end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _open_what_is_closed() -> None:
    """Let streams that were closed before the start lead nowhere: what is said to no stderr would be printed among the data,
    and a file of the library could get the number that others write their complaints to."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open, as they do


def _as_in_json(error: UnicodeError) -> tuple[str, int]:
    """Write what is not in the output's encoding as \\u0142: JSON stays JSON, and people see that something stands there."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def day(written: str) -> str:
    """Return a day of a command's options. Raises what argparse turns into a usage error."""
    try:
        return iso_day(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def place(written: str) -> str:
    """Return a path or address of a command's arguments. Raises what argparse turns into a usage error."""
    if not written:  # a variable that is not set; Path("") is the folder one stands in
        raise argparse.ArgumentTypeError('nothing is named; the folder you are in is "."')
    return written


def folder(written: str) -> Path:
    """Return a folder of a command's arguments. Raises like `place`."""
    return Path(place(written))


def take_no_arguments(command: str, about: str) -> None:
    """End with a usage error where a command that is set by variables alone is given arguments, which would be passed over."""
    _open_what_is_closed()
    usage = f"{command}, without arguments: RAG_* variables or lines of .env set everything"
    argparse.ArgumentParser(prog=command, usage=usage, description=about).parse_args()
