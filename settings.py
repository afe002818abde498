"""What can be set from outside: `RAG_*` variables, and lines of `.env` for those not set. Read once, by the front doors."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

from dotenv.parser import parse_stream

PREFIX = "RAG_"


class BadSetting(ValueError):
    """A setting is unknown or its value is not allowed; str(error) is the whole message for the user."""


class About(NamedTuple):
    """What a setting is for, in one sentence; which values it allows; how text becomes its value (or ValueError)."""

    help: str
    allowed: str
    parse: Callable[[str], object]


def _word(value: str) -> str:
    if value.split() != [value]:
        raise ValueError(value)
    return value


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _port(value: str) -> int:
    if int(value) not in range(65536):
        raise ValueError(value)
    return int(value)


def _count(value: str) -> int:
    if int(value) < 1:
        raise ValueError(value)
    return int(value)


def _yes(value: str) -> bool:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[value.lower()]


def _folder(value: str) -> Path:
    if not value or "\0" in value:
        raise ValueError(value)
    try:
        return Path(value).expanduser()
    except RuntimeError as error:  # ~ of a user that there is not
        raise ValueError(value) from error


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is the variable RAG_<NAME>. The README's table is checked against what is said about them here."""

    host: Annotated[str, About("The address to listen on.", "an address or a host name", _word)] = "127.0.0.1"
    port: Annotated[int, About("The port to listen on; 0 picks a free one.", "a whole number from 0 to 65535", _port)] = 7860
    hosts: Annotated[tuple[str, ...], About("Further names it is reached under.", "names, commas between", _words)] = ()
    data: Annotated[Path, About("The folder that holds the library; made when missing.", "a folder", _folder)] = Path("data")
    articles: Annotated[Path, About("Articles added when the data folder is new.", "a folder", _folder)] = Path("articles")
    embedder: Annotated[str, About("The embedding model.", "a sentence-transformers model, name or folder", _word)] = (
        "all-MiniLM-L6-v2"
    )
    llm: Annotated[str | None, About("A chat model that writes; without one, answers quote.", "provider:model", _word)] = None
    llm_seconds: Annotated[int, About("How long the chat model may take for one answer.", "seconds, at least 1", _count)] = 30
    llm_calls: Annotated[int, About("How often the chat model may be called in a day.", "at least 1", _count)] = 1000
    llm_tokens: Annotated[int, About("How many tokens it may read and write in a day.", "at least 1", _count)] = 3_000_000
    llm_drop: Annotated[bool, About("Whether what no article says is left out, not marked.", "yes or no", _yes)] = False
    api_keys: Annotated[
        tuple[str, ...], About("Keys that clients must send; none: open.", "SECRET or NAME:ROLE:SECRET, commas between", _words)
    ] = ()
    open: Annotated[bool, About("Whether other machines may read without a key.", "yes or no", _yes)] = False
    rate: Annotated[int, About("How many requests a client may send in a minute.", "at least 1", _count)] = 30_000
    queue: Annotated[int, About("How many questions may wait for an answer.", "at least 1", _count)] = 128
    allow_urls: Annotated[bool, About("Whether articles may be fetched from the web.", "yes or no", _yes)] = False
    read_only: Annotated[bool, About("Whether the library is closed to changes.", "yes or no", _yes)] = False


KNOWN: Mapping[str, About] = {
    PREFIX + name.upper(): hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()
}


def _lines(file: Path) -> Mapping[str, str | None]:
    """Return what the file sets. Raises BadSetting for a line that means a setting and sets none: it would be passed over."""
    try:
        with file.open(encoding="utf-8") as stream:
            lines = list(parse_stream(stream))
    except (FileNotFoundError, IsADirectoryError):  # some call the folder of an environment so
        return {}
    except (UnicodeError, OSError) as error:
        raise BadSetting(f"{file} cannot be read: {error}; save it as UTF-8") from error
    for line in lines:
        if (line.error or (line.key and line.value is None)) and PREFIX in line.original.string:
            raise BadSetting(
                f"line {line.original.line} of {file} sets nothing; write it as NAME=value, with both quotes or none"
            )
    return {line.key: line.value for line in lines if line.key}


def _given(variables: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value.strip() for name, value in variables.items() if name.startswith(PREFIX) and value and value.strip()}


def read(environ: Mapping[str, str] = os.environ, file: Path | None = Path(".env")) -> Settings:
    """Read the variables and, for those not set, the file; an empty one counts as not set. Raises BadSetting."""
    given = _given(_lines(file) if file else {}) | _given(environ)
    if unknown := sorted(given.keys() - KNOWN.keys()):
        raise BadSetting(f"unknown setting {unknown[0]}; known are {', '.join(KNOWN)}")
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name.removeprefix(PREFIX).lower()] = KNOWN[name].parse(value)
        except (ValueError, KeyError) as error:
            raise BadSetting(f"{name}={value!r} is not allowed; it must be {KNOWN[name].allowed}") from error
    return Settings(**values)
