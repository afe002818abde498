"""How fast a newsroom's archive goes in, and how much memory that takes: 4,313 articles through the real command.

    FOOTNOTE_DATA=folder python -m benchmarks.archive [--articles N]

Prints articles, passages, seconds, passages per second and the peak memory of `python -m index add`; then of adding it all
again, which must find nothing to do; then how long one more article takes until it can be searched.
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from training.data import DataMissing, data_folder

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Write the articles as files, add them, add them again, add one more."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archive", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=10_000, help="at most so many")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder, data = Path(temporary) / "articles", Path(temporary) / "data"
        try:
            count = _written(folder, options.articles)
        except (DataMissing, FileNotFoundError) as missing:
            print(f"skipped: {missing}", file=sys.stderr)
            return 0
        print(f"{count} articles")
        _timed("first add", folder, data)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"peak memory {peak:.0f} MB")
        _timed("add again", folder, data)
        (folder / "one_more.txt").write_text(
            "The harbour of Velm closed on Monday. Ships now sail to Orsk.\n", encoding="utf-8"
        )
        _timed("one more article, with starting the program", folder / "one_more.txt", data)
    return 0


def _written(folder: Path, most: int) -> int:
    folder.mkdir()
    facts = []
    with gzip.open(data_folder() / "realtimeqa_2023h1" / "corpus.jsonl.gz", "rt", encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            if number == most:
                break
            article = json.loads(line)
            name = f"{number:05}.txt"
            (folder / name).write_text(article["text"], encoding="utf-8")
            facts.append(
                {"file": name, "title": article["title"], "url": article["url"], "published": article.get("publish_date")}
            )
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, facts)), encoding="utf-8")
    return len(facts)


def _timed(what: str, path: Path, data: Path) -> None:
    began = time.perf_counter()
    command = [sys.executable, "-m", "index", "add", str(path), "--data", str(data), "--json"]
    told = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False, env=dict(os.environ)
    )
    seconds = time.perf_counter() - began
    summary = json.loads(told.stdout)
    passages = sum(result["passages"] for result in summary["results"])
    counts = {name: summary[name] for name in ("added", "updated", "unchanged", "refused")}
    print(
        f"{what}: {counts}, {passages} passages in {seconds:.1f} s, {passages / seconds:.1f} a second, status {told.returncode}"
    )


if __name__ == "__main__":
    sys.exit(main())
