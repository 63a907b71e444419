"""`RunFolder`: where one job's files lie, and that one worker at a time is at it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

LOOK_S = 0.1


class RunFolder:
    """The folder of one job: configuration, log, checkpoints and evaluation.

    A lock file is handed on to the trainer, so that the lock lasts as long as any
    process of the job, also one whose worker was killed.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "train.yaml"
        self.comparison = folder / "compare.json"
        self.evaluation = folder / "evaluation.json"
        self.log = folder / "log.txt"
        self.output = folder / "run"
        self.final = self.output / "final"
        self.handle = -1
        """Of the lock file, while it is held."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder; what a dead worker left running is ended first."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not self._take(handle):
                self._end_orphan()
                time.sleep(LOOK_S)
            self.handle = handle
            yield
        finally:
            self.handle = -1
            os.close(handle)

    def note_group(self, group: int) -> None:
        """Remember the process group of the trainer, for whoever comes after."""
        write(self.folder / "group", str(group))

    def write_json(self, file: Path, content: dict[str, Any]) -> None:
        """Write it in one piece. JSON is YAML, too."""
        write(file, json.dumps(content, indent=2) + "\n")

    def log_tail(self, characters: int = 4000) -> str:
        """The last lines that the trainer wrote."""
        if not self.log.is_file():
            return ""
        with self.log.open("rb") as opened:
            opened.seek(max(0, self.log.stat().st_size - characters))
            return opened.read().decode(errors="replace")

    def _take(self, handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _end_orphan(self) -> None:
        # The lock is held, so a process of that group is still alive.
        with suppress(OSError, ValueError):
            os.killpg(int((self.folder / "group").read_text()), signal.SIGKILL)


def write(file: Path, text: str) -> None:
    """The file is whole or as before."""
    draft = file.with_name(file.name + ".partial")
    draft.write_text(text)
    os.replace(draft, file)
