"""`FOOTNOTE_DATA=folder python -m training`: prepares the data, trains or goes on training, exports the reader.

Interrupted, the same command goes on from the last checkpoint. `--export-only` exports the checkpoints there are.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from index.embedder import default_folder
from rag.reader import MODEL_FOLDER
from training import mix as mixes
from training import train as plans
from training.data import DataMissing, Example, data_folder, fingerprint, read_all
from training.export import average, export
from training.features import encode, load_tokenizer
from training.mix import compose, split
from training.train import default_processes, is_done, train

# Each stage begins where the one before ended; the mean of the three reads better than any (EXPERIMENTS.md).
SHARES = (0.2, 0.35, 0.45)
STAGES = (("first", mixes.FIRST, plans.FIRST), ("second", mixes.SECOND, plans.SECOND), ("third", mixes.THIRD, plans.THIRD))


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
    for stage, mix, plan in STAGES:
        mixed = compose(learned, mix, plan.seed)
        seen = fingerprint(mixed)
        print(f"{stage} stage: {len(mixed)} examples, {sum(bool(e.answers) for e in mixed)} answerable", flush=True)
        work, start = chosen.work / stage, checkpoints[-1] if checkpoints else None
        if not (chosen.export_only or is_done(work, plan)):
            samples = encode(mixed, load_tokenizer(encoder), plan.seed, plan.short_share)
            train(plan, samples, encoder, work, chosen.processes or default_processes(), start=start)
        checkpoints.append(work / "checkpoint.pt")
    return checkpoints, seen


if __name__ == "__main__":
    sys.exit(main())
