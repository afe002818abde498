"""How well near copies of an article are recognised: recall on copies that are made, and the pairs found in a real archive.

    FOOTNOTE_DATA=folder python -m benchmarks.copies [--pairs]

Prints the share of edited copies found for each kind of edit, then how many pairs of the archive are found; with `--pairs`
their addresses, to be judged by reading. Takes a few minutes.
"""

import argparse
import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from index.passages import sentences
from index.signatures import alike, buckets, signature
from training.data import DataMissing, data_folder

_SAMPLE = 400
_LEAST_WORDS = 120
_BOILERPLATE = (
    "Sign up for our daily newsletter to get the best stories in your inbox every morning. This story was originally published "
    "by our partners and is republished here with permission. All rights reserved. Follow us for more news, photos and video "
    "from around the world, and tell us what you think about this report by writing to our readers editor."
)


def main() -> int:
    """Measure recall, then list what the archive holds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copies", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--pairs", action="store_true", help="print every pair that is found in the archive")
    options = parser.parse_args()
    try:
        with gzip.open(data_folder() / "realtimeqa_2023h1" / "corpus.jsonl.gz", "rt", encoding="utf-8") as stream:
            articles = [json.loads(line) for line in stream]
    except (DataMissing, FileNotFoundError) as missing:
        print(f"skipped: {missing}", file=sys.stderr)
        return 0
    chance = random.Random(4)
    long_enough = [one["text"] for one in articles if len(one["text"].split()) >= _LEAST_WORDS]
    _recall(chance.sample(long_enough, _SAMPLE), chance)
    _archive(articles, show=options.pairs)
    return 0


def _recall(texts: list[str], chance: random.Random) -> None:
    edits: dict[str, Callable[[str], str]] = {
        "5 % of the sentences dropped": lambda text: _dropped(text, 0.05, chance),
        "10 %": lambda text: _dropped(text, 0.1, chance),
        "20 %": lambda text: _dropped(text, 0.2, chance),
        "10 % and boilerplate": lambda text: f"{_dropped(text, 0.1, chance)}\n{_BOILERPLATE}",
        "20 %, another headline and boilerplate": lambda text: (
            f"A quite different headline for the same story\n{_dropped(text, 0.2, chance)}\n{_BOILERPLATE}"
        ),
        "2 % of the words exchanged": lambda text: _exchanged(text, 0.02, chance),
        "5 % of the words exchanged": lambda text: _exchanged(text, 0.05, chance),
    }
    originals = [signature(text) for text in texts]
    for name, edit in edits.items():
        found = [alike(own, signature(edit(text))[None])[0] for own, text in zip(originals, texts, strict=True)]
        print(f"{name}: {np.mean(found):.3f} found")


def _dropped(text: str, share: float, chance: random.Random) -> str:
    told = [text[start:end] for start, end in sentences(text)]
    gone = set(chance.sample(range(len(told)), round(share * len(told))))
    return " ".join(sentence for place, sentence in enumerate(told) if place not in gone)


def _exchanged(text: str, share: float, chance: random.Random) -> str:
    words = text.split()
    for place in chance.sample(range(len(words)), round(share * len(words))):
        words[place] = "other"
    return " ".join(words)


def _archive(articles: list[dict[str, str]], *, show: bool) -> None:
    signatures = np.array([signature(one["text"]) for one in articles])
    sharing: dict[int, set[int]] = defaultdict(set)
    for number, one in enumerate(signatures):
        for bucket in buckets(one):
            sharing[bucket].add(number)
    compared = {(a, b) for group in sharing.values() for a in group for b in group if a < b}
    pairs = sorted((a, b) for a, b in compared if alike(signatures[a], signatures[b][None])[0])
    print(f"{len(articles)} articles: {len(compared)} pairs compared, {len(pairs)} found")
    for a, b in pairs if show else ():
        share = np.mean(signatures[a] == signatures[b])
        print(
            f"{share:.2f} {articles[a]['publish_date']} {articles[a]['url']} {articles[b]['publish_date']} {articles[b]['url']}"
        )


if __name__ == "__main__":
    sys.exit(main())
