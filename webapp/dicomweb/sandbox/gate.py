"""`run_sandboxed`: hand a job to a nursery and read what it left."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from webapp.dicomweb.sandbox.refusal import (
    OUT_OF_RESOURCES,
    PROCESSING_FAILURE,
    Refusal,
)

MOST_ANSWER_BYTES = 2**20
NURSERIES = 2
_ROOT = Path(__file__).resolve().parents[3]


class Nursery:
    """One process that forks readers; begun at its first job, and again if it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        """Do one job and return what the nursery says of it.

        Raises:
            Refusal: the nursery itself is gone.
        """
        process = self._started()
        assert process.stdin is not None  # noqa: S101 -- a pipe
        assert process.stdout is not None  # noqa: S101 -- a pipe
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self.end()
            raise Refusal(PROCESSING_FAILURE, "The reader ended.") from None
        return answer

    def end(self) -> None:
        """Close the pipe, at which the process ends."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.end()
            # A bare environment: no secret of the web application reaches a reader.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "webapp.dicomweb.sandbox.nursery"],
                cwd=_ROOT,
                env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


_all = tuple(Nursery() for _ in range(NURSERIES))
_free: SimpleQueue[Nursery] = SimpleQueue()
for _each in _all:
    _free.put(_each)


@contextmanager
def _nursery() -> Iterator[Nursery]:
    nursery = _free.get()
    try:
        yield nursery
    finally:
        _free.put(nursery)


def end_nurseries() -> None:
    """End the processes that wait for jobs."""
    for nursery in _all:
        nursery.end()


atexit.register(end_nurseries)


def run_sandboxed(
    work: str, folder: Path, file_bytes: int, **job: Any
) -> dict[str, Any]:
    """Do `work` in `folder`, which the reader may write to.

    Raises:
        Refusal: the reader refused the file, or died of it.
    """
    order = {"work": work, "folder": str(folder), "file_bytes": file_bytes, **job}
    with _nursery() as nursery:
        died = nursery.run(order)["died"]
    if died:
        reason = OUT_OF_RESOURCES if died == "time" else PROCESSING_FAILURE
        raise Refusal(reason, "Reading it failed.")
    answer = _read(folder / "answer.json")
    if "refused" in answer:
        refusal = Refusal(int(answer["refused"]), str(answer["why"]))
        raise refusal.of(answer.get("sop_class", ""), answer.get("instance", ""))
    return answer


def _read(file: Path) -> dict[str, Any]:
    """What the reader left: little, and a plain file."""
    with file.open("rb") as source:
        text = source.read(MOST_ANSWER_BYTES + 1)
    file.unlink()
    answer = json.loads(text)
    if len(text) > MOST_ANSWER_BYTES or not isinstance(answer, dict):
        raise Refusal(PROCESSING_FAILURE, "The reader's answer makes no sense.")
    return answer
