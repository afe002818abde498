"""Builds the shim and keeps one child program running for all fault tests."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.operations import OPERATIONS, TALLY, prepare

HERE = Path(__file__).parent
Fault = Callable[[str, int, str], tuple[Path, dict[str, Any]]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TALLY:
        terminalreporter.write_line("survived: " + ", ".join(f"{count} {what}" for what, count in sorted(TALLY.items())))


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: these tests sync a hundred thousand times."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:  # noqa: S108
        yield Path(folder)


@pytest.fixture
def place(memory) -> Iterator[Path]:
    """A fresh folder for one test."""
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def begun(memory) -> dict[str, Path]:
    """For each operation a folder with the library that it begins with."""
    folders = {operation: memory / f"begun-{operation}" / "data" for operation in OPERATIONS}
    for operation, folder in folders.items():
        prepare(folder, operation)
    return folders


@pytest.fixture(scope="session")
def child(tmp_path_factory) -> Iterator[subprocess.Popen[str]]:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler and Linux, to stop a process at a chosen system call")
    shim = tmp_path_factory.mktemp("shim") / "shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), str(HERE / "shim.c"), "-ldl"], check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE.parents[1],
        env={**os.environ, "LD_PRELOAD": str(shim), "OMP_NUM_THREADS": "1"},
    )
    with process:
        yield process
        process.stdin.close()


@pytest.fixture
def fault(child, begun, place) -> Fault:
    """Do an operation on a fresh copy of its library with a fault at a step: the folder, and how it ended."""

    def fault(operation: str, at: int, mode: str) -> tuple[Path, dict[str, Any]]:
        folder = place / f"{operation}-{at}-{mode.replace(' ', '-')}" / "data"
        folder.parent.mkdir()
        if begun[operation].exists():
            shutil.copytree(begun[operation], folder)
        child.stdin.write(json.dumps({"folder": str(folder), "operation": operation, "at": at, "mode": mode}) + "\n")
        child.stdin.flush()
        return folder, json.loads(child.stdout.readline())

    return fault
