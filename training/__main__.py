"""`FOOTNOTE_DATA=folder python -m training`: prepares the data, trains or goes on training, exports the reader.

Interrupted, the same command goes on from the last checkpoint. `--export-only` exports the checkpoint there is.
"""

import argparse
import sys
from pathlib import Path

from index.embedder import default_folder
from rag.reader import MODEL_FOLDER
from training.data import DataMissing, data_folder, fingerprint, read_all
from training.export import export
from training.features import encode, load_tokenizer
from training.mix import SEED, compose, split
from training.train import Plan, default_processes, train


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
    mixed = compose(learned)
    encoder = default_folder()
    print(f"{len(mixed)} examples, {sum(bool(e.answers) for e in mixed)} of them answerable", flush=True)
    if not chosen.export_only:
        samples = encode(mixed, load_tokenizer(encoder), SEED)
        train(Plan(), samples, encoder, chosen.work, chosen.processes or default_processes())
    export(chosen.work / "checkpoint.pt", encoder, chosen.out, fingerprint(mixed))
    print(f"exported to {chosen.out}; measure it with: python -m training.evaluate {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
