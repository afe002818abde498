"""The news archive of the benchmarks: RealTimeQA's articles of 2023 and its questions. Knows no library."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.data import data_folder


def articles() -> Iterator[dict[str, Any]]:
    """Yield `doc_id, url, title, text, publish_date, first_week` of every article. Raises DataMissing, FileNotFoundError."""
    yield from _rows("corpus")


def questions() -> Iterator[dict[str, Any]]:
    """Yield the weekly questions that can be answered with words; "which of these is wrong" needs the choices."""
    yield from (row for row in _rows("queries") if "EXCEPT" not in row["question"])


def write(folder: Path, most: int) -> int:
    """Write the first articles as text files with a `metadata.jsonl` beside them; return how many there are."""
    folder.mkdir()
    facts = []
    for number, article in zip(range(most), articles(), strict=False):
        (folder / f"{number:05}.txt").write_text(article["text"], encoding="utf-8")
        published = (article["publish_date"] or "").replace("/", "-") or None
        facts.append({"file": f"{number:05}.txt", "title": article["title"], "url": article["url"], "published": published})
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, facts)), encoding="utf-8")
    return len(facts)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(data_folder() / "realtimeqa_2023h1" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)
