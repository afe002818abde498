"""`FOOTNOTE_DATA=folder python -m training`: prepares the data, trains or goes on training, exports the reader.

Interrupted, the same command goes on from the last checkpoint. `--export-only` exports the checkpoints there are.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from index.embedder import Embedder, default_folder
from rag.reader import MODEL_FOLDER
from training import mix as mixes
from training import train as plans
from training.data import DataMissing, Example, data_folder, fingerprint, read_all
from training.export import average, export
from training.features import encode, encode_groups, load_tokenizer
from training.mix import compose, split
from training.ranking import groups
from training.train import default_processes, is_done, train


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of training. It begins at the mean of the stages before, in the shares `begins_at`; the first at the embedder.

    `ranked`: of each set so many questions beside several passages.
    """

    name: str
    mix: mixes.Mix
    plan: plans.Plan
    begins_at: tuple[float, ...]
    ranked: Mapping[str, int] = field(default_factory=dict)


STAGES = (
    Stage("first", mixes.FIRST, plans.FIRST, ()),
    Stage("second", mixes.SECOND, plans.SECOND, (1,)),
    Stage("third", mixes.THIRD, plans.THIRD, (0, 1)),
    Stage("fourth", mixes.FOURTH, plans.FOURTH, (0.2, 0.35, 0.45)),
    Stage("fifth", mixes.FIFTH, plans.FIFTH, (0.13, 0.2275, 0.2925, 0.35), mixes.RANKED),
)
# Of the stages in the reader: their mean reads better than any of them (EXPERIMENTS.md).
SHARES = (0.0845, 0.147875, 0.190125, 0.2275, 0.35)


def main() -> int:
    """Run the command line; 0 when the reader is exported, 1 when the data is missing."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training/work"), help="checkpoints (default training/work)")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, help="where to export (default rag/reader_model)")
    parser.add_argument("--processes", type=int, default=None, help="default: one per core, one in all on a GPU")
    parser.add_argument("--export-only", action="store_true", help="export the checkpoints there are, train nothing")
    chosen = parser.parse_args()
    try:
        learned, _ = split(read_all(data_folder()))
    except DataMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    checkpoints, seen = _checkpoints(chosen, learned)
    mean = chosen.work / "mean" / "checkpoint.pt"
    average(dict(zip(checkpoints, SHARES, strict=True)), mean)
    export(mean, default_folder(), chosen.out, seen)
    print(f"exported to {chosen.out}; measure it with: python -m training.evaluate {chosen.out}")
    return 0


def _checkpoints(chosen: argparse.Namespace, learned: Sequence[Example]) -> tuple[list[Path], str]:
    """Train what is not trained yet; return the last checkpoint of every stage, and the fingerprint of the last one's data."""
    encoder, seen, checkpoints = default_folder(), "", list[Path]()
    for stage in STAGES:
        mixed = compose(learned, stage.mix, stage.plan.seed)
        ranked = groups(learned, stage.ranked, stage.plan.seed, Embedder()) if stage.ranked else []
        everything = [*mixed, *chain.from_iterable(ranked)]
        seen = fingerprint(everything)
        answerable = sum(bool(example.answers) for example in everything)
        print(f"{stage.name} stage: {len(everything)} examples, {answerable} answerable", flush=True)
        work, start = chosen.work / stage.name, None
        if not (chosen.export_only or is_done(work, stage.plan)):
            if checkpoints:
                start = work / "start.pt"
                average(dict(zip(checkpoints, stage.begins_at, strict=True)), start)
            tokenizer = load_tokenizer(encoder)
            samples = encode(mixed, tokenizer, stage.plan.seed, stage.plan.short_share)
            samples += encode_groups(ranked, tokenizer, stage.plan.seed)
            train(stage.plan, samples, encoder, work, chosen.processes or default_processes(), start=start)
        checkpoints.append(work / "checkpoint.pt")
    return checkpoints, seen


if __name__ == "__main__":
    sys.exit(main())
