"""How the server bears many users: python -m benchmarks.load [--users 100] [--seconds 60] [--soak 10000] [--keep]

Starts `python app.py` over the default articles. First one user asks the questions of questions.jsonl, one after another,
then many ask at the same time, each through one of the doors; every answer is compared with what the one user got.
Every answer is worked out anew, unless the server may --keep its last ones. A client that is refused waits as long as
`Retry-After` says. With --soak the same requests go on, a few at a time, and the server's memory, threads and open files are
read as they do. The clients run on the same machine and take their part of it.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx

from benchmarks.load_doors import DOORS, rest

ROOT = Path(__file__).parent.parent
WARM_UP = 500
KEEPING_NONE = "import runpy, rag.answer; rag.answer.RECENT = 0; runpy.run_path('app.py', run_name='__main__')"


@dataclass
class Seen:
    """What the clients saw: seconds of answers and of refusals, and how many of what."""

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    by_door: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)


class Server:
    """`python app.py` with a data folder of its own."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process, self.url = process, url

    @cache  # noqa: B019 - one server a run
    def event(self) -> int:
        """Return the number of the page's event that asks."""
        config = httpx.get(f"{self.url}/config", trust_env=False).json()
        return next(one["id"] for one in config["dependencies"] if any(target[1] == "submit" for target in one["targets"]))

    def kilobytes(self) -> int:
        return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[0])

    def handles(self) -> tuple[int, int]:
        """Return how many files are open, and how many threads there are."""
        at = Path(f"/proc/{self.process.pid}")
        return len(list((at / "fd").iterdir())), len(list((at / "task").iterdir()))


@contextmanager
def running(*, keeping: bool) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environ = {**os.environ, "RAG_DATA": f"{folder}/data", "RAG_PORT": "0", "RAG_RATE": "10000000"}
        with log.open("wb") as stderr:
            command = ["app.py"] if keeping else ["-c", KEEPING_NONE]
            process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environ, stderr=stderr)  # noqa: S603 - its own
        try:
            while not (found := re.search(r"Footnote is at (\S+)", log.read_text())):
                time.sleep(0.1)
            while b"is ready" not in log.read_bytes():
                time.sleep(0.1)
            yield Server(process, found[1])
            began = time.monotonic()
        finally:
            process.terminate()
            process.wait(60)
        print(f"stopped with status {process.returncode} in {time.monotonic() - began:.1f} s")


def questions() -> list[str]:
    lines = (ROOT / "benchmarks" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [asked["question"] for asked in map(json.loads, lines) if not asked.get("history")]


def client_of(server: Server) -> httpx.AsyncClient:
    """Return one user's client; many users with one client would wait for its list of connections, not for the server."""
    headers = {"x-load-event": str(server.event())}
    return httpx.AsyncClient(base_url=server.url, trust_env=False, verify=False, timeout=120, headers=headers)  # noqa: S501 - http


async def user(
    client: httpx.AsyncClient, door: str, asked: Iterator[str], until: float, expected: dict[str, str], seen: Seen
) -> None:
    while time.monotonic() < until:
        question = next(asked)
        began = time.monotonic()
        try:
            got = await DOORS[door](client, question)
        except httpx.HTTPError as error:
            seen.wrong[type(error).__name__] += 1
            continue
        took = time.monotonic() - began
        if isinstance(got, httpx.Response):
            if got.status_code not in {429, 503} or "retry-after" not in got.headers:
                seen.wrong[f"{door}: {got.status_code}"] += 1
                continue
            seen.refused.append(took)
            await asyncio.sleep(int(got.headers["retry-after"]) * random.uniform(0.5, 1.5))
        elif got not in {expected.get(question, got), "answered"}:
            seen.wrong[f"{door}: another answer"] += 1
        else:
            seen.answered.append(took)
            seen.by_door[door] += 1


async def load(server: Server, users: int, seconds: float, doors: Sequence[str], expected: dict[str, str]) -> Seen:
    seen, everything = Seen(), questions()
    begun = [itertools.cycle(random.sample(everything, len(everything))) for _ in range(users)]
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client_of(server)) for _ in range(users)]
        until = time.monotonic() + seconds  # from here on: to make so many clients takes a second
        of_users = zip(clients, itertools.cycle(doors), begun, strict=False)
        await asyncio.gather(*(user(client, door, asked, until, expected, seen) for client, door, asked in of_users))
    return seen


async def alone(server: Server, doors: Sequence[str]) -> tuple[dict[str, str], list[float]]:
    """Ask every question once without haste; return the answers, and the seconds that each took, all doors in turn."""
    expected, took = {}, []
    async with client_of(server) as client:
        for question in questions():
            expected[question] = str(await rest(client, question))
        for question, door in zip(questions(), itertools.cycle(doors)):
            began = time.monotonic()
            await DOORS[door](client, question)
            took.append(time.monotonic() - began)
    return expected, took


async def soak(server: Server, doors: Sequence[str], requests: int) -> None:
    print(f"{requests} requests: {', '.join(doors)}")
    seen, everything = Seen(), itertools.cycle(questions())
    async with client_of(server) as client:

        async def some(count: int) -> None:
            for _ in range(count):
                began = time.monotonic()
                got = await DOORS[doors[len(seen.answered) % len(doors)]](client, next(everything))
                if isinstance(got, httpx.Response):
                    seen.wrong[str(got.status_code)] += 1
                seen.answered.append(time.monotonic() - began)

        await asyncio.gather(*(some(WARM_UP // 4) for _ in range(4)))
        first, before = server.kilobytes(), server.handles()
        for part in range(1, 5):
            await asyncio.gather(*(some(requests // 16) for _ in range(4)))
            grown = 1024 * (server.kilobytes() - first) / (part * requests / 4)
            print(
                f"  after {part * requests // 4}: {grown:8.0f} bytes a request, files and threads {before} {server.handles()}"
            )
    print(f"  errors: {dict(seen.wrong) or 'none'}")


def report(name: str, seen: Seen, seconds: float) -> None:
    print(f"{name}: {len(seen.answered)} answers, {len(seen.answered) / seconds:.1f} a second; {dict(seen.by_door)}")
    for kind, took in (("answered", seen.answered), ("refused", seen.refused)):
        if took:
            told = [1000 * at for at in (statistics.median(took), *percentiles(took, 95, 99), max(took))]
            print(f"  {kind} {len(took)}, ms: median {told[0]:.0f}, p95 {told[1]:.0f}, p99 {told[2]:.0f}, most {told[3]:.0f}")
    print(f"  errors and wrong answers: {dict(seen.wrong) or 'none'}")


def percentiles(values: Sequence[float], *wanted: int) -> list[float]:
    ordered = sorted(values)
    return [ordered[min(len(ordered) - 1, len(ordered) * one // 100)] for one in wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--doors", nargs="+", choices=DOORS, default=list(DOORS))
    parser.add_argument("--soak", type=int, default=0)
    parser.add_argument("--keep", action="store_true", help="let the server keep its last answers, as it does by itself")
    given = parser.parse_args()
    with running(keeping=given.keep) as server:
        expected, took = asyncio.run(alone(server, given.doors))
        median, one_by_one = statistics.median(took), len(took) / sum(took)
        print(f"one user: median {1000 * median:.0f} ms, {one_by_one:.1f} a second")
        if given.soak:
            asyncio.run(soak(server, given.doors, given.soak))
            return
        seen = asyncio.run(load(server, given.users, given.seconds, given.doors, expected))
        report(f"{given.users} users", seen, given.seconds)
        print(f"  {len(seen.answered) / given.seconds / one_by_one:.2f} times the throughput of one by one")
        allowed = 4 * given.users * median / (os.cpu_count() or 1)
        print(f"  p95 {percentiles(seen.answered, 95)[0]:.1f} s of {allowed:.1f} s allowed")
        after = asyncio.run(load(server, 1, 10, given.doors[:1], expected))
        report("one user, directly afterwards", after, 10)


if __name__ == "__main__":
    main()
