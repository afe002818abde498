"""kill -9 of the server in the middle of a job: a real process, a real library on the disk."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from index.passages import split
from tests.libraries import news
from tests.web.conftest import wait_for
from tests.web.test_api import error_of

ROOT = Path(__file__).parents[2]
STORIES = news(600)
SENT = [{"text": one.text, "id": one.id, "title": one.title} for one in STORIES]
WHOLE = {one.id: (len(split(one)), len(one.text)) for one in STORIES}
SOME, ALL = 500, 10_000  # texts that the server embeds before it waits for ever


@contextmanager
def served(folder: Path, texts: int) -> Iterator[httpx.Client]:
    """A client of a server that is killed in the end."""
    command = [sys.executable, "-m", "tests.web.killable", str(folder), str(texts)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
                yield client
        finally:
            process.kill()


def held(client: httpx.Client) -> dict[str, tuple[int, int]]:
    """How many passages and characters each article has."""
    pages = [client.get("/v1/articles", params={"limit": 200, "offset": offset}).json() for offset in (0, 200, 400)]
    return {one["id"]: (one["passages"], one["characters"]) for page in pages for one in page["articles"]}


def job_of(client: httpx.Client, address: str, name: str) -> dict[str, Any]:
    """The job once it counts some under this name."""
    wait_for(lambda: client.get(address).json()[name], 120)
    return dict(client.get(address).json())


def test_a_server_killed_in_the_middle_of_a_job_has_after_a_restart_what_it_acknowledged_and_nothing_half(
    tmp_path: Path,
) -> None:
    acknowledged: set[str] = set()
    address = "/v1/jobs/none"
    for _ in range(2):
        with served(tmp_path / "data", SOME) as client:
            lost = client.get(address)
            assert (lost.status_code, error_of(lost)["code"]) == (404, "job_not_found")
            assert "Send the same again" in lost.json()["error"]["hint"]
            assert acknowledged <= held(client).keys()
            assert held(client).items() <= WHOLE.items()
            address = client.post("/v1/articles", json=SENT).headers["location"]
            job = job_of(client, address, "added")
            assert (job["state"], 0 < job["done"] < job["total"]) == ("running", True)
            acknowledged |= {one["article_id"] for one in job["results"]}
    with served(tmp_path / "data", ALL) as client:
        before = held(client)
        assert acknowledged <= before.keys()
        assert before.items() <= WHOLE.items()
        last = max(acknowledged, key=lambda one: int(one.removeprefix("story")))
        assert client.get("/v1/search", params={"q": last.replace("story", "word")}).json()["hits"][0]["article_id"] == last
        address = client.post("/v1/articles", json=SENT).headers["location"]
        wait_for(lambda: client.get(address).json()["state"] == "done", 120)
        job = client.get(address).json()
        assert (job["unchanged"], job["added"]) == (len(before), len(SENT) - len(before))
        assert held(client) == WHOLE
