import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from index.errors import UnusableContent
from index.readers.kinds import Kind
from index.readers.raw import Raw, Refused
from index.readers.sandbox import Limits, Sandbox
from tests.index.documents import STORY, page, pdf, zipped

DEEP = b"<!doctype html>" + b"<div>" * 100_000 + b"words" + b"</div>" * 100_000
MANY_TAGS = b"<!doctype html><body>" + b"<p>x<b>y" * 400_000


BEGUN = b'{"begun": true}\n'


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    yield made
    made.close()


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children() if child.is_running() and child.status() != psutil.STATUS_ZOMBIE}


def texts(sandbox: Sandbox, data: bytes, kind: Kind = "html") -> list[str]:
    return [outcome.text for outcome in sandbox.parse(kind, data) if isinstance(outcome, Raw)]


def test_one_child_reads_many_files(sandbox: Sandbox) -> None:
    before = children()
    for _ in range(20):
        assert STORY in texts(sandbox, page())[0]
        assert texts(sandbox, pdf(), "pdf") == [STORY]
    assert len(children() - before) == 1
    sandbox.close()
    assert children() <= before  # another test's idle child may have ended meanwhile


def test_nothing_is_started_before_a_file_needs_it() -> None:
    before = children()
    Sandbox().close()
    assert children() == before


def test_a_file_that_takes_too_long_is_given_up_and_its_child_is_gone() -> None:
    before = children()
    code = "import sys, time; sys.stdin.buffer.readline(); print('{\"begun\": 1}', flush=True); time.sleep(600)"
    begun = time.monotonic()
    with pytest.raises(UnusableContent, match="longer than 1 second"):
        texts(Sandbox(Limits(seconds=1.0), [sys.executable, "-c", code]), b"")
    assert time.monotonic() - begun < 60
    assert children() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no computing time")
def test_a_file_that_computes_too_long_is_given_up(sandbox: Sandbox) -> None:
    busy = Sandbox(Limits(cpu_seconds=0))
    with pytest.raises(UnusableContent, match="more than 0 seconds of computing"):
        texts(busy, MANY_TAGS)
    busy.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory reliably")
def test_a_file_that_takes_too_much_memory_is_given_up_and_the_next_is_read() -> None:
    tight = Sandbox(Limits(memory_bytes=200 * 1024 * 1024))
    with pytest.raises(UnusableContent, match=r"memory|fail|damaged|no text"):
        texts(tight, MANY_TAGS * 3)
    assert texts(tight, page())
    tight.close()


def test_a_killed_child_costs_one_file_at_most(sandbox: Sandbox) -> None:
    before = children()
    assert texts(sandbox, page())
    (pid,) = children() - before
    os.kill(pid, signal.SIGKILL)
    assert texts(sandbox, page())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_child_killed_while_it_reads_makes_that_file_unusable() -> None:
    begin = "import os, sys; sys.stdin.buffer.readline(); print('{\"begun\": 1}', flush=True)"
    code = f"{begin}; os.kill(os.getpid(), {int(signal.SIGKILL)})"
    with pytest.raises(UnusableContent, match="made the process that reads files fail"):
        texts(Sandbox(command=[sys.executable, "-c", code]), b"")


def test_whoever_stops_in_the_middle_leaves_nothing_behind(sandbox: Sandbox) -> None:
    before = children()
    outcomes = sandbox.parse("zip", zipped({f"{number}.html": page() for number in range(50)}))
    assert isinstance(next(outcomes), Raw)
    del outcomes
    gc.collect()
    assert children() <= before
    assert texts(sandbox, page())


def test_threads_share_a_sandbox(sandbox: Sandbox) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.extend(texts(sandbox, page()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6


class TakenJustNow(list[object]):
    """Had an idle child, until another thread took it."""

    def __bool__(self) -> bool:
        return True


def test_who_comes_too_late_for_the_last_idle_child_starts_one(sandbox: Sandbox) -> None:
    sandbox._idle = TakenJustNow()
    assert texts(sandbox, page()) != []


def test_reading_one_file_while_another_is_being_read_does_not_hang(sandbox: Sandbox) -> None:
    outer = sandbox.parse("zip", zipped({"a.html": page(), "b.html": page()}))
    next(outer)
    assert texts(sandbox, page())
    assert len(list(outer)) == 1


def test_the_child_sees_no_secrets(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_API_KEYS", "secret")
    before = children()
    assert texts(sandbox, page())
    (pid,) = children() - before
    assert not {name for name in psutil.Process(pid).environ() if name.startswith(("RAG_", "HOME", "PATH"))}


@pytest.mark.skipif(sys.platform == "win32", reason="the audit hook is the same; signals are not")
@pytest.mark.parametrize(
    "attempt",
    [
        "open('x', 'w')",
        "__import__('os').open('x', __import__('os').O_CREAT | __import__('os').O_WRONLY)",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "__import__('socket').getaddrinfo('example.com', 80)",
        "__import__('subprocess').run(['true'])",
        "__import__('os').system('true')",
        "__import__('os').remove('x')",
    ],
)
def test_the_child_can_neither_write_nor_connect_nor_start_anything(attempt: str, tmp_path: Path) -> None:
    code = f"import sys; from index.readers.child import _forbid; sys.addaudithook(_forbid); {attempt}"
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=tmp_path, env={"PYTHONPATH": os.getcwd()}, capture_output=True
    )
    assert b"PermissionError" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[1]\n", b"no json\n", b'{"text": "cut', b"[" * 100_000 + b"\n", b"\xff\n"],
)
def test_a_child_that_breaks_the_protocol_is_not_believed(line: bytes) -> None:
    code = f"import sys; sys.stdin.buffer.readline(); sys.stdout.buffer.write({BEGUN + line!r})"
    with pytest.raises(UnusableContent):
        texts(Sandbox(command=[sys.executable, "-c", code]), b"")


def test_what_a_child_says_is_taken_as_words_only() -> None:
    lies = [{"text": 5, "facts": [1], "part": 7}, {"facts": {"a": {"b": 1}}}, {"refused": None, "part": None}, {"end": 1}]
    answer = "".join(json.dumps(lie) + "\n" for lie in [{"begun": True}, *lies])
    code = f"import sys; sys.stdin.buffer.readline(); sys.stdout.write({answer!r})"
    sandbox = Sandbox(command=[sys.executable, "-c", code])
    said = list(sandbox.parse("html", b""))
    sandbox.close()
    assert said == [Raw("5", {}, "7"), Raw("", {"a": "{'b': 1}"}, None), Refused("a part", "None")]


def test_deep_nesting_is_refused_and_the_next_file_is_read(sandbox: Sandbox) -> None:
    with pytest.raises(UnusableContent, match="no article text"):
        texts(sandbox, DEEP)
    assert texts(sandbox, page())
