"""A process that has loaded the readers and lives on; each job is a fork of it.

    python -m webapp.dicomweb.sandbox.nursery

reads one job a line, `{"work", "folder", ...}`, and answers with one line of JSON: what
the job said, or how its process died. It never touches a stranger's byte itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webapp.dicomweb.sandbox.assemble import assemble
from webapp.dicomweb.sandbox.convert import decode, explicit
from webapp.dicomweb.sandbox.deidentify import deidentify
from webapp.dicomweb.sandbox.describe import describe
from webapp.dicomweb.sandbox.fence import WALL_S, close_fence
from webapp.dicomweb.sandbox.refusal import Refusal
from webapp.dicomweb.sandbox.render import render

Job = dict[str, Any]
WORK: dict[str, Callable[..., Job]] = {
    "assemble": assemble,
    "describe": describe,
    "explicit": explicit,
    "decode": decode,
    "deidentify": deidentify,
    "render": render,
}
ANSWER = "answer.json"
_LOOK_S = 0.002


def main() -> None:
    """Serve jobs until the owner closes the pipe."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()


def _run(job: Job) -> Job:
    child = os.fork()
    if child == 0:
        _work(job)
    return {"died": _wait(child)}


def _wait(child: int) -> str:
    """Empty once it has ended well; else how it died."""
    deadline = time.monotonic() + WALL_S
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return "" if code == 0 else f"exit {code}"
        time.sleep(_LOOK_S)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "time"


def _work(job: Job) -> None:
    """In the fork: do the job, leave its answer in the folder, and end."""
    code = 1
    try:
        _hush()
        folder = Path(job.pop("folder"))
        close_fence(job.pop("file_bytes"))
        answer = _answered(WORK[job.pop("work")], folder, job)
        (folder / ANSWER).write_text(json.dumps(answer))
        code = 0
    finally:
        os._exit(code)


def _hush() -> None:
    """Parsers quote a stranger's values in their warnings; nobody may read those."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)


def _answered(work: Callable[..., Job], folder: Path, job: Job) -> Job:
    try:
        return work(folder, **job)
    except Refusal as refusal:
        return {
            "refused": refusal.reason,
            "why": refusal.why,
            "sop_class": refusal.sop_class,
            "instance": refusal.instance,
        }
    except MemoryError:
        return {"refused": 0xA700, "why": "It needs too much memory."}
    except Exception as error:  # noqa: BLE001 -- whatever a parser raises, it is the file's fault
        return {
            "refused": 0xC000,
            "why": f"It cannot be read ({type(error).__name__}).",
        }


if __name__ == "__main__":
    main()
