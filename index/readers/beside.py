"""What a `metadata.jsonl` says of the files beside it: one JSON object a line, `file` names the file. Opens nothing."""

import json
import unicodedata
from collections.abc import Mapping

from index.errors import UnusableContent

METADATA_FILE = "metadata.jsonl"


def facts_by_file(data: bytes) -> dict[str, dict[str, str]]:
    """Return the facts by file name. Raises `UnusableContent` naming the first line that is not JSON."""
    try:
        lines = data.decode("utf-8-sig").split("\n")  # not where JSON allows line ends of other kinds
    except UnicodeDecodeError as error:
        raise UnusableContent(f"the {METADATA_FILE} beside it is not UTF-8 text") from error
    known: dict[str, dict[str, str]] = {}
    for number, line in enumerate(lines, start=1):
        try:
            facts = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError) as error:
            raise UnusableContent(f"line {number} of the {METADATA_FILE} beside it is not JSON") from error
        if isinstance(facts, dict) and isinstance(facts.get("file"), str):
            words = {str(name): str(value) for name, value in facts.items() if value is not None and name != "file"}
            known.setdefault(_composed(facts["file"]), words)
    return known


def told_of(file_name: str, known: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """Return what is known of a file, in whichever Unicode form a system keeps its name."""
    return known.get(_composed(file_name), {})


def _composed(file_name: str) -> str:
    return unicodedata.normalize("NFC", file_name)
