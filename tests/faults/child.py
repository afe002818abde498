"""A program that runs under the shim: reads a job a line, does each in a fork of its own, and says how it ended.

A job is {"folder", "operation", "at", "mode"}; the answer {"killed", "acknowledged", "steps", "error"}.
"""

import ctypes
import json
import os
import sys
from pathlib import Path

from index.errors import LibraryError
from tests.faults import operations

MODES = ["count", "kill before", "kill halfway", "kill after", "full", "full halfway"]


def do(shim: ctypes.CDLL, job: dict[str, object], out: int) -> None:
    shim.fault_arm(str(job["folder"]).encode(), ctypes.c_long(int(str(job["at"]))), MODES.index(str(job["mode"])))
    error = None
    try:
        for acknowledged in operations.run(Path(str(job["folder"])), str(job["operation"])):
            os.write(out, json.dumps({"acknowledged": acknowledged}).encode() + b"\n")
    except LibraryError as failure:
        error = type(failure).__name__
    os.write(out, json.dumps({"steps": shim.fault_steps(), "error": error}).encode() + b"\n")


def main() -> None:
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    shim.fault_steps.restype = ctypes.c_long
    for line in sys.stdin:
        job = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            status = 1
            try:
                do(shim, job, writing)
                status = 0
            finally:
                sys.stderr.flush()
                os._exit(status)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            lines = [json.loads(said) for said in told.read().splitlines()]
        _, status = os.waitpid(child, 0)
        answer = {"killed": os.WIFSIGNALED(status), "acknowledged": 0, "steps": -1, "error": None, "status": status}
        for said in lines:
            answer.update(said)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
