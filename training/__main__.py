"""`FOOTNOTE_DATA=folder python -m training`: prepares the data, trains or goes on training, exports the reader.

Interrupted, the same command goes on from the last checkpoint. `--export-only` exports the checkpoint there is.
"""

import argparse
import sys
from pathlib import Path

from index.embedder import default_folder
from rag.reader import MODEL_FOLDER
from training import mix as mixes
from training import train as plans
from training.data import DataMissing, data_folder, fingerprint, read_all
from training.export import export
from training.features import encode, load_tokenizer
from training.mix import compose, split
from training.train import default_processes, is_done, train

STAGES = (("first", mixes.FIRST, plans.FIRST), ("second", mixes.SECOND, plans.SECOND), ("third", mixes.THIRD, plans.THIRD))


def main() -> int:
    """Run the command line; 0 when the reader is exported, 1 when the data is missing."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training/work"), help="checkpoints (default training/work)")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, help="where to export (default rag/reader_model)")
    parser.add_argument("--processes", type=int, default=None, help="default: one per core, one in all on a GPU")
    parser.add_argument("--export-only", action="store_true", help="export the last checkpoint, train nothing")
    chosen = parser.parse_args()
    try:
        learned, _ = split(read_all(data_folder()))
    except DataMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    encoder, seen = default_folder(), ""
    checkpoint: Path | None = None
    for stage, mix, plan in STAGES:
        mixed = compose(learned, mix, plan.seed)
        seen = fingerprint(mixed)
        print(f"{stage} stage: {len(mixed)} examples, {sum(bool(e.answers) for e in mixed)} answerable", flush=True)
        work = chosen.work / stage
        if not (chosen.export_only or is_done(work, plan)):
            samples = encode(mixed, load_tokenizer(encoder), plan.seed, plan.short_share)
            train(plan, samples, encoder, work, chosen.processes or default_processes(), start=checkpoint)
        checkpoint = work / "checkpoint.pt"
    export(checkpoint, encoder, chosen.out, seen)
    print(f"exported to {chosen.out}; measure it with: python -m training.evaluate {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
