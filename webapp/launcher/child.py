"""One process of the site: started in a group of its own, heard, and stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from logging import makeLogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from webapp.launcher.settings import ROOT
from webapp.launcher.terminal import Terminal
from webapp.launcher.tether import Tether

WORTH_SAYING = re.compile(r"\b(ERROR|CRITICAL)\b")
TOLD = "@launcher "
KEPT_LINES = 40
LOG_BYTES = 10 * 2**20


@dataclass(frozen=True)
class Task:
    """What to run, and by which of its words it is known to be ready."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready_mark: str = ""
    """Empty: somebody else finds out."""
    given: bytes = b""
    """What it reads from its standard input, so that `ps` shows no secret."""
    told: Callable[[str], None] | None = None
    """Gets, without the mark, the lines that begin with `TOLD`; no log does."""


class Child:
    """A task that runs now; what it writes goes to its log, trouble to the terminal."""

    def __init__(
        self, task: Task, logs: Path, tether: Tether, terminal: Terminal
    ) -> None:
        self.task = task
        self.log = logs / f"{task.name}.log"
        self.is_ready = not task.ready_mark
        self._last: deque[str] = deque(maxlen=KEPT_LINES)
        self._terminal = terminal
        self._tether = tether
        self._process = subprocess.Popen(  # noqa: S603 -- commands of `processes`
            list(task.command),
            cwd=ROOT,
            env=dict(task.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        tether.began(self.pid)
        self._give()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """Of the process and of its group."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """It has not ended."""
        return self._process.poll() is None

    @property
    def is_done(self) -> bool:
        """It ended well, and all that it said was heard."""
        if self._process.poll() != 0:
            return False
        self._listener.join()
        return True

    def _give(self) -> None:
        assert self._process.stdin is not None  # noqa: S101 -- a pipe was asked for
        with suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(self.task.given)

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 -- a pipe was asked for
        file = RotatingFileHandler(self.log, "a", LOG_BYTES, 1)
        with self._process.stdout as stdout, closing(file) as log:
            for raw in stdout:
                line = raw.decode(errors="replace").rstrip()
                if self.task.told and line.startswith(TOLD):
                    self.task.told(line.removeprefix(TOLD))
                else:
                    log.emit(makeLogRecord({"msg": line}))
                    self._hear(line)

    def _hear(self, line: str) -> None:
        if self.task.ready_mark and self.task.ready_mark in line:
            self.is_ready = True
        if line.strip():
            self._last.append(line.strip())
        if WORTH_SAYING.search(line):
            self._terminal.say(self.task.name, line[:300])

    def reason(self) -> str:
        """Why it ended, in a line: its own last words, or the signal."""
        code = self._process.wait()
        self._listener.join(timeout=2)
        if code < 0:
            name = signal.Signals(-code).name
            return f"killed by {name}" + (
                " (often: the machine ran out of memory)" if name == "SIGKILL" else ""
            )
        said = self._last[-1] if self._last else "it said nothing"
        return f"exit status {code}: {said}"

    def ask_to_stop(self) -> None:
        """SIGTERM to the process itself; it tells its own children."""
        if self.is_running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def end(self, grace_s: float) -> None:
        """Wait so long for its end, then kill its whole group."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=grace_s)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._listener.join(timeout=2)
        self._tether.ended(self.pid)
