"""The launcher's end of the watcher, and its record for the next launcher.

The watcher ends the children of a killed launcher. Should both be killed at once, the
record in the data folder lets the next start find and end what is left.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from webapp.launcher.settings import ROOT
from webapp.launcher.watcher import end_groups


class Tether:
    """Notes which process groups run, where the watcher and the next start find it."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._groups: dict[int, float] = {}

    def __enter__(self) -> Self:
        self._watcher = subprocess.Popen(
            [sys.executable, "-m", "webapp.launcher.watcher"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._watcher.stdin is not None  # noqa: S101 -- a pipe was asked for
        with suppress(BrokenPipeError):
            self._watcher.stdin.close()
        self._watcher.wait()

    def began(self, group: int) -> None:
        """A child runs in this group, which has its process id."""
        with suppress(psutil.NoSuchProcess):
            self._groups[group] = psutil.Process(group).create_time()
        self._note(f"+{group}")

    def ended(self, group: int) -> None:
        """Nobody of this group is left."""
        self._groups.pop(group, None)
        self._note(f"-{group}")

    def _note(self, note: str) -> None:
        fresh = self._record.with_suffix(".new")
        fresh.write_text(json.dumps(self._groups))
        fresh.replace(self._record)
        assert self._watcher.stdin is not None  # noqa: S101 -- a pipe was asked for
        with suppress(BrokenPipeError):
            self._watcher.stdin.write(f"{note}\n")
            self._watcher.stdin.flush()


def end_leftovers(record: Path) -> int:
    """End what a crashed launcher left running; returns how many that were."""
    try:
        noted = json.loads(record.read_text())
    except (OSError, ValueError):
        return 0
    left = [int(group) for group, begun in noted.items() if _is_same(int(group), begun)]
    end_groups(left, grace_s=10)
    return len(left)


def _is_same(process: int, begun: float) -> bool:
    """The number has not gone to another process since."""
    try:
        found = psutil.Process(process)
        return bool(found.create_time() == begun) and found.status() != "zombie"
    except psutil.NoSuchProcess:
        return False
