"""SIGTERM: what is under way is answered, and what takes too long for that is told so; then the process ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.web.conftest import wait_for
from tests.web.test_api import QUESTION, error_of

ROOT = Path(__file__).parents[2]


@contextmanager
def served(grace: int, file: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    command = [sys.executable, "-m", "tests.web.stopping", str(grace), str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
                yield process, client
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in said


def test_what_is_under_way_and_what_waits_is_answered_first(tmp_path: Path) -> None:
    file = tmp_path / "answer"
    with served(100, file) as (process, client), ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(client.post, "/v1/ask", json={"question": QUESTION}) for _ in range(3)]
        wait_for(lambda: "footnote_questions_waiting 2.0" in client.get("/metrics").text, 60)
        process.send_signal(signal.SIGTERM)
        file.touch()
        assert [answer.result().json()["abstained"] for answer in asked] == [False] * 3
        ended(process)


def test_what_takes_too_long_is_told_to_come_again_and_open_streams_end(tmp_path: Path) -> None:
    with served(1, tmp_path / "never") as (process, client), ThreadPoolExecutor(1) as threads:
        with client.stream("POST", "/v1/ask", json={"question": QUESTION, "stream": True}) as stream:
            pieces = stream.iter_text()
            next(pieces)
            waiting = threads.submit(client.post, "/v1/ask", json={"question": QUESTION})
            wait_for(lambda: "footnote_questions_waiting 1.0" in client.get("/metrics").text, 60)
            process.send_signal(signal.SIGTERM)
            assert error_of(waiting.result())["code"] == "stopping"
            assert waiting.result().headers["retry-after"]
            with suppress(httpx.RemoteProtocolError):  # the stream breaks off, so that nobody takes it for a whole answer
                assert all("done" not in piece for piece in pieces)
        ended(process)
