"""`FOOTNOTE_DATA=folder python -m training`: prepares the data, trains or goes on training, exports the reader.

Interrupted, the same command goes on from the last checkpoint. `--export-only` exports the checkpoints there are. `--begin-at`
trains the last stage alone, from a reader that was exported without it.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

from tokenizers import Tokenizer

from index.embedder import Embedder, default_folder
from rag.reader import MODEL_FOLDER
from rag.reader_network import ReaderError, read_config
from training.data import DataMissing, Example, data_folder, fingerprint, read_all
from training.export import average, export, restore
from training.features import Sample, encode, encode_groups, load_tokenizer
from training.mix import compose, rewording_weight, split, without_short_cuts
from training.priors import even_weights
from training.ranking import at_home, groups, nearest
from training.rewording import worded_anew
from training.selecting import Selected, read_selected
from training.selecting import compose as compose_selected
from training.stages import SHIPPED, STAGES, Stage
from training.train import default_processes, is_done, train
from training.written import is_kept, is_news, is_written, paragraph_name, read_written


def main() -> int:
    """Run the command line; 0 when the reader is exported, 1 when the data is missing."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training/work"), help="checkpoints (default training/work)")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, help="where to export (default rag/reader_model)")
    parser.add_argument("--processes", type=int, default=None, help="default: one per core, one in all on a GPU")
    parser.add_argument("--begin-at", type=Path, metavar="FOLDER", help="the reader, exported, that the last stage begins at")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="with --begin-at: the reader whose scores the last stage keeps"
    )
    parser.add_argument("--export-only", action="store_true", help="export the checkpoints there are, train nothing")
    chosen = parser.parse_args()
    try:
        checkpoints, seen = _checkpoints(chosen)
    except (DataMissing, ReaderError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    shipped = checkpoints[-1]
    if len(checkpoints) == len(SHIPPED):
        shipped = chosen.work / "shipped.pt"
        average(dict(zip(checkpoints, SHIPPED, strict=True)), shipped)
    export(shipped, default_folder(), chosen.out, seen)
    print(f"exported to {chosen.out}; measure it with: python -m training.evaluate {chosen.out}")
    return 0


def _checkpoints(chosen: argparse.Namespace) -> tuple[list[Path], str]:
    """Train what is not trained yet; return the checkpoints, and the fingerprint of the last one's data."""
    learned, _ = split(read_all(data_folder()))
    encoder, seen, checkpoints = default_folder(), "", list[Path]()
    stages: tuple[Stage, ...] = STAGES
    if chosen.begin_at:
        kept = chosen.keep or chosen.begin_at
        checkpoints = [
            _begun(folder, encoder, chosen.work / name / "checkpoint.pt")
            for name, folder in (("before", chosen.begin_at), ("kept", kept))
        ]
        stages = (replace(STAGES[-1], begins_at=(1, 0), keeps=(0, 1) if STAGES[-1].keeps else ()),)
    for stage in stages:
        work, start, kept = chosen.work / stage.name, None, None
        learned_from = work / "data.sha256"
        if learned_from.is_file() and (chosen.export_only or is_done(work, stage.plan)):
            seen = learned_from.read_text(encoding="utf-8")
        else:
            mixed, ranked = _examples(stage, learned)
            seen = fingerprint([*mixed, *chain.from_iterable(ranked)])
            if checkpoints:
                start = work / "start.pt"
                average(dict(zip(checkpoints, stage.begins_at, strict=True)), start)
            if stage.keeps:
                kept = work / "kept.pt"
                average(dict(zip(checkpoints, stage.keeps, strict=True)), kept)
            samples = _samples(stage, mixed, ranked, load_tokenizer(encoder))
            train(stage.plan, samples, encoder, work, chosen.processes or default_processes(), start=start, kept=kept)
            learned_from.write_text(seen, encoding="utf-8")
        checkpoints.append(work / "checkpoint.pt")
    return checkpoints, seen


def _begun(reader: Path, encoder: Path, checkpoint: Path) -> Path:
    """Return the checkpoint of a reader that has not learned the last stage; the first time it is made from its export."""
    if not checkpoint.is_file():
        if read_config(reader)["plan"] == asdict(STAGES[-1].plan):
            cause = f"{reader.name}/ has learned the {STAGES[-1].name} stage already"
            raise ReaderError(cause, "name a reader of the stages before with --begin-at")
        restore(reader, encoder, checkpoint)
    return checkpoint


def _written(others: Sequence[Example], stage: Stage) -> list[Example]:
    """Return the written questions of a stage's mix to learn from."""
    mix = stage.mix
    written = read_written({paragraph_name(context): context for context in {e.context for e in others}})
    learned = [e for e in written if not is_kept(e)]
    if stage.even:
        return [e for e in learned if e.source in mix]
    return [e for source in mix for e in without_short_cuts([one for one in learned if one.source == source])]


def _in_passages(written: Sequence[Example]) -> list[Example]:
    """Return the questions on news beside passages as the product cuts them, whether they are answered or not: its length must
    not tell which. What an article does not answer stands beside its nearest passages."""
    news = [e for e in written if is_news(e)]
    others = (e for e in written if not is_news(e))
    return [*others, *at_home([e for e in news if e.answers]), *nearest([e for e in news if not e.answers], Embedder())]


def _examples(stage: Stage, learned: Sequence[Example]) -> tuple[list[Example], list[list[Example]]]:
    """Return what a stage learns from: examples that stand alone, and groups of passages of one question each."""
    selected = [e for counts in stage.selected for e in _selected(learned, counts, stage.plan.seed)]
    if not stage.mix:
        return selected, []
    written, seed = _written(learned, stage), stage.plan.seed
    placed = _in_passages(written)
    weighed = zip(placed, even_weights(placed, list(map(rewording_weight, placed))), strict=True) if stage.even else ()
    mixed = compose([*learned, *placed], stage.mix, seed, {e.id: weight for e, weight in weighed})
    learned = [*learned, *written]
    anew, off = worded_anew(learned, stage.anew, seed, Embedder()) if stage.anew else ([], [])
    ranked = groups([*learned, *anew], stage.ranked, seed, Embedder()) if stage.ranked else []
    mixed += [*anew, *off, *selected]
    everything = [*mixed, *chain.from_iterable(ranked)]
    answerable = sum(bool(example.answers) for example in everything)
    print(f"{stage.name} stage: {len(everything)} examples, {answerable} answerable", flush=True)
    return mixed, ranked


def _selected(learned: Sequence[Example], counts: Selected, seed: int) -> list[Example]:
    """Return what a stage learns from about the sentences of an answer."""
    contexts = {paragraph_name(context): context for context in {e.context for e in learned}}
    written = [e for e in read_written(contexts) if not is_kept(e)]
    articles = {paragraph_name(e.context): e.context for e in written if is_news(e)}
    selected = read_selected(contexts | articles, counts.source)
    if counts.even:
        weights = even_weights(selected, [1.0] * len(selected))
        selected = random.Random(seed).choices(selected, weights, k=len(selected))
    return compose_selected(selected, [*learned, *written], counts, Embedder(), seed)


def _samples(stage: Stage, mixed: Sequence[Example], ranked: Sequence[Sequence[Example]], tokenizer: Tokenizer) -> list[Sample]:
    """Return the token sequences; of a stage that keeps scores those first of which it does not, the others marked."""
    seed, short = stage.plan.seed, stage.plan.short_share
    if not stage.mix:
        return [replace(sample, kept=True) for sample in encode(mixed, tokenizer, seed)]
    if not stage.keeps:
        return encode(mixed, tokenizer, seed, short) + encode_groups(ranked, tokenizer, seed)
    alone, beside = list[Sample](), list[Sample]()
    first_group = 0
    for kept in (False, True):
        own = [group for group in ranked if is_written(group[0]) is not kept]
        samples = encode([e for e in mixed if stage.keeps_scores_of(e) is kept], tokenizer, seed, short)
        alone += [replace(sample, kept=kept) for sample in samples]
        beside += [replace(s, kept=kept, group=s.group + first_group) for s in encode_groups(own, tokenizer, seed)]
        first_group += len(own)
    return alone + beside


if __name__ == "__main__":
    sys.exit(main())
