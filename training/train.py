"""The training loop: several processes of one thread each on a CPU (gradients averaged once a step), one on a GPU.

One thread per process, because on a machine that is shared every parallel region waits for the slowest thread: measured
15 examples per second with one thread and 6 with two beside a busy neighbour. Interrupted and resumed, it takes the same
steps on the same examples as uninterrupted. Knows no data sets.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.multiprocessing.spawn import start_processes

from training.features import Sample, batches, collate, own_part
from training.network import Scores, SpanReader, keeping_loss, load_encoder, loss, ranking_loss, selection_loss


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the outcome of a run, apart from its data."""

    rank: int = 48
    alpha: float = 96.0
    learning_rate: float = 1e-3
    warmup: float = 0.05
    batch_size: int = 32
    passes: int = 1
    steps: int | None = None  # stop short of whole passes; the learning rate reaches zero there. None: whole passes
    short_share: float = 0.0  # of the examples, cropped to the length of the product's passages
    answerable_weight: float = 0.7
    ranking_weight: float = 1.0  # of the passages of a question against each other, where there are several
    keep_weight: float = 0.0  # of an earlier reader's scores of the examples that are kept
    labels_weight: float = 1.0  # of the answers; 0: an earlier reader's scores alone
    selection_weight: float = 0.0  # of the sentences that belong to a complete answer
    clip: float = 1.0
    weight_decay: float = 0.01
    seed: int = 20261121
    checkpoint_seconds: float = 180.0


def train(
    plan: Plan,
    samples: Sequence[Sample],
    encoder: Path,
    work: Path,
    processes: int,
    start: Path | None = None,
    kept: Path | None = None,
) -> Path:
    """Train from the weights of the checkpoint `start`, or go on with `work/checkpoint.pt`; return that checkpoint's path.

    `kept` is the checkpoint of a reader whose scores of the samples that are `kept` are to be kept.
    """
    work.mkdir(parents=True, exist_ok=True)
    meeting = work.absolute() / f"meeting-{os.getpid()}"  # torch wants an absolute address
    meeting.unlink(missing_ok=True)
    arguments = (plan, samples, encoder, work, processes, meeting, start, kept)
    if processes == 1:
        _worker(0, *arguments)
    else:
        start_processes(_worker, arguments, nprocs=processes, start_method="fork")  # type: ignore[no-untyped-call]  # torch
    meeting.unlink(missing_ok=True)
    return work / "checkpoint.pt"


def is_done(work: Path, plan: Plan) -> bool:
    """Say whether `work/checkpoint.pt` is this plan's last one: its examples may be enough for fewer steps than planned."""
    path = work / "checkpoint.pt"
    if not path.is_file():
        return False
    state = torch.load(path, map_location="cpu", weights_only=True)
    return bool(Plan(**state["plan"]) == plan and state["step"] == state.get("steps"))


def _worker(
    place: int,
    plan: Plan,
    samples: Sequence[Sample],
    encoder: Path,
    work: Path,
    processes: int,
    meeting: Path,
    start: Path | None = None,
    kept: Path | None = None,
) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu":
        torch.set_num_threads(1)
    if processes > 1:
        dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=place, world_size=processes)
    torch.manual_seed(plan.seed)
    model = SpanReader(load_encoder(encoder, compute_dtype(device)), plan.rank, plan.alpha).to(device)
    run = Run(plan, model, work, place, processes)
    if start is not None:
        run.start_from(start)
    if kept is not None:
        before = SpanReader(load_encoder(encoder, compute_dtype(device)), plan.rank, plan.alpha).to(device)
        Run(plan, before, work).start_from(kept)
        run.keep(before.fold())
    run.go(samples)
    if processes > 1:
        dist.destroy_process_group()


def default_processes() -> int:
    """One process per core this process may use, at most eight; on a GPU one."""
    return 1 if torch.cuda.is_available() else min(8, len(os.sched_getaffinity(0)))


def compute_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the hardware has it, else float32."""
    fast = device.type == "cuda" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if fast else torch.float32


class Run:
    """One process's part of a run: its slice of every batch, the optimiser, the checkpoint."""

    def __init__(self, plan: Plan, model: SpanReader, work: Path, place: int = 0, processes: int = 1) -> None:
        self.plan, self.model, self.work = plan, model, work
        self.place, self.processes = place, processes
        self.named = model.trained()
        self.parameters = list(self.named.values())
        self.optimizer = torch.optim.AdamW(self.parameters, lr=plan.learning_rate, weight_decay=plan.weight_decay)
        self.device = self.parameters[0].device
        self.kept: SpanReader | None = None
        self.step, self.steps = 0, 0  # taken, and to take in all

    def go(self, samples: Sequence[Sample], stop_after: int | None = None) -> None:
        """Take the steps that are left (at most up to step `stop_after`), with a checkpoint now and then."""
        plan = self.plan
        order = [b for n in range(plan.passes) for b in batches(samples, plan.batch_size, plan.seed + n)][: plan.steps]
        self.steps = len(order)
        self._resume()
        saved = reported = time.monotonic()
        running = 0.0
        for step in range(self.step, min(len(order), stop_after or len(order))):
            mine = own_part(samples, order[step], self.place, self.processes)
            value = self.update([samples[n] for n in mine], _rate(step, len(order), plan))
            running = value if not running else 0.98 * running + 0.02 * value
            self.step = step + 1
            now = time.monotonic()
            if self.place == 0 and self.step % 50 == 0:
                speed = 50 * plan.batch_size / (now - reported)
                left = (len(order) - self.step) * plan.batch_size / speed / 60
                print(f"step {self.step}/{len(order)} loss {running:.3f} {speed:.1f} ex/s {left:.0f} min left", flush=True)
                reported = now
            if self.place == 0 and now - saved > plan.checkpoint_seconds:
                self.save()
                saved = now
        if self.place == 0:
            self.save()

    def update(self, samples: Sequence[Sample], rate: float) -> float:
        """Take one step on these samples; return their loss before it."""
        batch = collate(samples)
        tensors = [getattr(batch, name).to(self.device) for name in ("tokens", "segments", "attention", "context")]
        scores = self.model(*tensors)
        starts, ends, known = (getattr(batch, name).to(self.device) for name in ("starts", "ends", "known"))
        answers = loss(scores, starts, ends, known, self.plan.answerable_weight)
        value = self.plan.labels_weight * answers
        if self.plan.selection_weight:
            value = value + self.plan.selection_weight * selection_loss(scores, batch.sentences.to(self.device))
        kept = [n for n, sample in enumerate(samples) if sample.kept]
        if self.kept is not None and kept:
            with torch.no_grad():
                before = self.kept(*(part[kept] for part in tensors))
            mine = Scores(*(part[kept] for part in scores))
            value = value + self.plan.keep_weight * len(kept) / len(samples) * keeping_loss(mine, before)
        if self.plan.ranking_weight and len(batch.groups) < len(samples):
            value = value + self.plan.ranking_weight * ranking_loss(scores, batch.groups)
        self.optimizer.zero_grad()
        torch.autograd.backward([value])
        if self.processes > 1:
            _average([p.grad for p in self.parameters if p.grad is not None], self.processes)
        nn.utils.clip_grad_norm_(self.parameters, self.plan.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        return float(value.detach())

    def save(self) -> None:
        """Write the checkpoint under a temporary name, then rename it."""
        self.work.mkdir(parents=True, exist_ok=True)
        state = {
            "plan": asdict(self.plan), "step": self.step, "steps": self.steps, "optimizer": self.optimizer.state_dict(),
            "weights": {name: p.detach().cpu() for name, p in self.named.items()},
        }  # fmt: skip
        temporary = self.work / "checkpoint.tmp"
        torch.save(state, temporary)
        temporary.replace(self.work / "checkpoint.pt")

    def start_from(self, checkpoint: Path) -> None:
        """Take over the weights of an earlier run, not its optimiser nor its step."""
        self._copy(torch.load(checkpoint, map_location=self.device, weights_only=True)["weights"])

    def keep(self, reader: SpanReader) -> None:
        """Hold on to this reader's scores of the samples that are `kept`."""
        self.kept = reader.requires_grad_(requires_grad=False)

    def _resume(self) -> None:
        path = self.work / "checkpoint.pt"
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        if Plan(**state["plan"]) != self.plan:
            raise ValueError(f"{path} is of another plan; move it away or go on with its plan {state['plan']}")
        self._copy(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]

    def _copy(self, weights: Mapping[str, Tensor]) -> None:
        """Take over weights; adapters of a lower rank fill the first ranks, and the others add nothing: B is zero there."""
        with torch.no_grad():
            for name, parameter in self.named.items():
                parameter[tuple(map(slice, weights[name].shape))].copy_(weights[name])


def _average(gradients: list[Tensor], processes: int) -> None:
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= processes
    for gradient, part in zip(gradients, torch.split(flat, [g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def _rate(step: int, steps: int, plan: Plan) -> float:
    """Linear warm-up, then linear decay to zero."""
    warm = max(1, int(plan.warmup * steps))
    return plan.learning_rate * min((step + 1) / warm, (steps - step) / max(1, steps - warm))
