"""`Child`: a process group of a job, which can be asked to stop or be ended."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

import psutil

from inference_worker.training.run_folder import RunFolder


class Child:
    """Started at once, in a group of its own, with the job's lock in its hands."""

    def __init__(self, command: list[str], run: RunFolder) -> None:
        with run.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- our own command
                command,
                cwd=run.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(run.handle,),
            )
        run.note_group(self._process.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    def code(self) -> int | None:
        """The exit status; None while it runs, negative for a signal."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """It finishes its step, writes a checkpoint and ends."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)

    def end(self) -> None:
        """End whatever is left of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def memory_bytes(self) -> int:
        """Resident memory of the group; 0 once it has ended."""
        try:
            top = psutil.Process(self.pid)
            every = [top, *top.children(recursive=True)]
            return sum(each.memory_info().rss for each in every)
        except psutil.Error:
            return 0
