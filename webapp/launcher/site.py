"""The running site: starts its processes, waits for them, watches and stops them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from dragonfly.errors import DragonflyError
from webapp.launcher.child import Child, Task
from webapp.launcher.restarts import Restarts
from webapp.launcher.terminal import Terminal
from webapp.launcher.tether import Tether

LOOK_EVERY_S = 0.05
SAY_EVERY_S = 10.0
GRACE_S = 5.0


class Stopped(Exception):  # noqa: N818 -- asked for, so no error
    """A person asked for the end."""


class Site:
    """The children by name, in the order in which they were started."""

    def __init__(self, logs: Path, tether: Tether, terminal: Terminal) -> None:
        self._logs = logs
        self._tether = tether
        self._terminal = terminal
        self._restarts = Restarts()
        self._children: dict[str, Child] = {}
        self._due: dict[str, float] = {}
        self.stop_asked = threading.Event()

    def start(self, task: Task) -> Child:
        """Begin one; `wait` says when it is ready."""
        child = Child(task, self._logs, self._tether, self._terminal)
        self._children[task.name] = child
        return child

    def wait(self, what: str, ready: Callable[[], bool], patience_s: float) -> None:
        """Wait for something to become true while every child lives.

        Raises:
            DragonflyError: `START_FAILED`; a child ended, or it takes too long.
            Stopped: a person asked for the end.
        """
        begun = time.monotonic()
        say_at = begun + SAY_EVERY_S
        while not ready():
            self._refuse_dead()
            now = time.monotonic()
            if now > begun + patience_s:
                raise DragonflyError(
                    "START_FAILED",
                    f"{what} did not answer within {patience_s:.0f} seconds. "
                    f"See {self._logs}.",
                )
            if now > say_at:
                self._terminal.say(what, "still on its way")
                say_at = now + SAY_EVERY_S
            self._pause(LOOK_EVERY_S)
        self._terminal.say(what, "ready")

    def _pause(self, seconds: float) -> None:
        if self.stop_asked.wait(seconds):
            raise Stopped

    def _refuse_dead(self) -> None:
        for name, child in self._children.items():
            if not child.is_running and not child.is_done:
                raise DragonflyError(
                    "START_FAILED", f"{name}: {child.reason()}. See {child.log}"
                )

    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        return {name: child.pid for name, child in self._children.items()}

    def forget(self, name: str) -> None:
        """It has done its work and ended."""
        self._children.pop(name).end(0)

    def watch(self) -> None:
        """Start again what dies, until a person asks for the end.

        Raises:
            DragonflyError: `PROCESS_DIED`; one dies again and again.
            Stopped: a person asked for the end.
        """
        while True:
            self._pause(0.2)
            for name, child in list(self._children.items()):
                if not child.is_running:
                    self._revive(name, child)

    def _revive(self, name: str, child: Child) -> None:
        now = time.monotonic()
        if name not in self._due:
            reason = child.reason()
            child.end(0)
            delay_s = self._restarts.delay_s(name, reason, now)
            self._terminal.say(name, f"{reason}; starting it again. See {child.log}")
            self._due[name] = now + delay_s
        elif now >= self._due[name]:
            del self._due[name]
            self.start(child.task)

    def stop(self) -> None:
        """End every child; the last to start is the first to be asked."""
        children = list(reversed(self._children.values()))
        # The queue last: the others still say goodbye to it.
        for some in (children[:-1], children[-1:]):
            for child in some:
                child.ask_to_stop()
            until = time.monotonic() + GRACE_S
            for child in some:
                child.end(max(0.0, until - time.monotonic()))
        self._children.clear()
