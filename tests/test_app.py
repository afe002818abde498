"""The front door as a program: what it says and with which status it ends when it cannot serve, and that it stops when told."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from app import listen, may_be_reached
from settings import read
from tests.index.test_upgrade import aged, files, grown
from tests.web.conftest import wait_for

ROOT = Path(__file__).parent.parent


def start(tmp_path: Path, settings: Mapping[str, str]) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    environ |= {"RAG_DATA": str(tmp_path / "data"), "RAG_PORT": "0", **settings}
    return subprocess.Popen([sys.executable, str(ROOT / "app.py")], cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True)


def ended(tmp_path: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    with start(tmp_path, settings) as program:
        _, said = program.communicate(timeout=120)
    assert "Traceback" not in said
    return program.returncode, said


@pytest.mark.parametrize("door", [["app.py"], ["-m", "web.mcp"]], ids=["page", "MCP"])
def test_an_unknown_setting_ends_it_as_wrong_usage_with_the_known_ones(tmp_path: Path, door: list[str]) -> None:
    environ = {**os.environ, "RAG_DATA": str(tmp_path / "data"), "RAG_TPO_K": "8"}
    program = [sys.executable, *door]
    done = subprocess.run(program, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("unknown setting RAG_TPO_K; known are RAG_HOST")


@pytest.mark.parametrize("door", [["app.py", "--port", "8000"], ["-m", "web.mcp", "--data", "elsewhere"]], ids=["page", "MCP"])
def test_arguments_that_it_does_not_take_are_a_usage_error_and_not_passed_over(tmp_path: Path, door: list[str]) -> None:
    environ = {**os.environ, "RAG_DATA": str(tmp_path / "nowhere"), "RAG_ARTICLES": str(tmp_path / "none"), "RAG_PORT": "0"}
    program = [sys.executable, *door]
    done = subprocess.run(program, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert f"unrecognized arguments: {' '.join(door[-2:])}" in done.stderr
    assert "RAG_*" in done.stderr


def test_a_port_in_use_ends_it_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        status, said = ended(tmp_path, {"RAG_PORT": str(other.getsockname()[1])})
    assert status == 1
    assert "Address already in use" in said
    assert "RAG_PORT" in said


@pytest.mark.parametrize("host", ["192.0.2.1", "two..dots", "x" * 70])
def test_an_address_that_is_not_here_ends_it(tmp_path: Path, host: str) -> None:
    status, said = ended(tmp_path, {"RAG_HOST": host, "RAG_OPEN": "yes"})
    assert status == 1
    assert said.startswith(f"cannot listen on {host} ")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - it is refused
def test_it_does_not_listen_beyond_this_machine_without_keys_unless_told(tmp_path: Path, host: str) -> None:
    status, said = ended(tmp_path, {"RAG_HOST": host})
    assert status == 1
    assert said.startswith(
        f"will not listen on {host}: other machines could use it without a key; set RAG_API_KEYS, or RAG_OPEN"
    )


@pytest.mark.parametrize("told", [{"RAG_OPEN": "yes"}, {"RAG_API_KEYS": "ann:reader:secret"}])
def test_it_listens_beyond_this_machine_when_told_or_when_it_has_keys(told: Mapping[str, str]) -> None:
    settings = read(told, None)
    with listen("0.0.0.0", 0, beyond_loopback=may_be_reached(settings)) as listening:  # noqa: S104 - closed at once
        assert listening.getsockname()[1]


def test_a_key_that_is_not_one_ends_it_without_saying_it(tmp_path: Path) -> None:
    status, said = ended(tmp_path, {"RAG_API_KEYS": "ann:edtor:s3cret"})
    assert status == 2
    assert "RAG_API_KEYS" in said
    assert "s3cret" not in said


def test_a_damaged_library_ends_it_with_its_status_and_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "library.sqlite3"
    file.write_bytes(b"no database" * 1000)
    status, said = ended(tmp_path, {})
    assert status == 6
    assert "library.sqlite3" in said
    assert file.read_bytes() == b"no database" * 1000


def test_an_older_library_that_may_only_be_read_ends_it_with_the_command_that_helps_and_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    grown(folder)
    aged(folder, 2, sealed=True)
    before = files(folder)
    with start(tmp_path, {"RAG_READ_ONLY": "yes"}) as program:
        assert program.stderr
        ready = f"{program.stderr.readline().split()[3]}/readyz"
        wait_for(lambda: "RAG_READ_ONLY" in httpx.get(ready, trust_env=False).text, 60)
        told = httpx.get(ready, trust_env=False)
        _, said = program.communicate(timeout=120)
    assert told.status_code == 503
    assert "RAG_READ_ONLY=no python -m index list" in told.text
    assert program.returncode == 5
    assert "RAG_READ_ONLY=no python -m index list" in said
    assert "Traceback" not in said
    assert files(folder) == before


@pytest.mark.parametrize("door", [["rag", "ask", "Who met?"], ["web.mcp"]], ids=["asking", "MCP"])
def test_the_other_ways_in_leave_an_older_library_that_may_only_be_read_as_it_is(tmp_path: Path, door: list[str]) -> None:
    folder = tmp_path / "data"
    grown(folder)
    aged(folder, 2, sealed=True)
    before = files(folder)
    environ = {**os.environ, "RAG_DATA": str(folder), "RAG_READ_ONLY": "yes"}
    command = [sys.executable, "-m", *door]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 5
    assert "RAG_READ_ONLY=no python -m index list" in done.stderr
    assert files(folder) == before


def test_without_the_folder_of_the_first_articles_no_library_is_made_that_would_stay_empty(tmp_path: Path) -> None:
    status, said = ended(tmp_path, {"RAG_ARTICLES": str(tmp_path / "artciles")})
    assert status == 1
    assert "RAG_ARTICLES" in said
    assert "artciles" in said
    assert not (tmp_path / "data" / "library.sqlite3").exists()


def test_a_data_folder_that_cannot_be_one_ends_it_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    status, said = ended(tmp_path, {})
    assert status == 1
    assert "data" in said


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_even_while_it_loads(tmp_path: Path, told: signal.Signals) -> None:
    with start(tmp_path, {}) as program:
        assert program.stderr
        address = program.stderr.readline().split()[3]
        wait_for(lambda: httpx.get(f"{address}/healthz", trust_env=False).status_code == 200, 60)
        program.send_signal(told)
        _, said = program.communicate(timeout=60)
    assert program.returncode == 0
    assert "Traceback" not in said


def test_it_ends_without_taking_down_what_still_computes() -> None:
    code = "import atexit, app; atexit.register(print, 'taken down'); print('said'); app.leave(3)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (3, "said\n")
