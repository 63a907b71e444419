"""The product as `make run` starts it, in a folder and on a port of a test's own.

with launch(folder) as site:
    site.url, site.password
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stack import ROOT, TINY_CHECKPOINT
from tests.valkey import free_port

COMMAND = [sys.executable, "-m", "webapp.launcher"]
PATIENCE_S = 240.0
READY = re.compile(r"is ready: (\S+)")
PASSWORD = re.compile(r"Sign in as demo with (\S+)")


@dataclass(frozen=True)
class Launched:
    """A launcher that said it is ready, or is about to."""

    data: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def said(self) -> str:
        """All that it wrote so far."""
        return (self.data / "terminal").read_text()

    @property
    def url(self) -> str:
        """What it printed, with a slash at the end."""
        return self._found(READY)

    @property
    def password(self) -> str:
        """Of the demo account, which it prints once."""
        return self._found(PASSWORD)

    def _found(self, what: re.Pattern[str]) -> str:
        match = what.search(self.said())
        assert match is not None, self.said()
        return match[1]

    def again(self, **settings: str) -> subprocess.CompletedProcess[str]:
        """Another start with the same settings but these."""
        environment = self.environment | settings
        return subprocess.run(
            COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True
        )


@contextmanager
def launch(data: Path, **settings: str) -> Iterator[Launched]:
    """Start, wait for the address, and stop with the block.

    Raises:
        AssertionError: it ended instead; the message is what it said.
    """
    port = free_port()
    inherited = dict(os.environ)  # noqa: TID251 -- handed on to the launcher
    environment = inherited | {
        # Its files and its rows belong together, whichever database the tests have.
        "DATABASE_URL": f"sqlite:///{data / 'dragonfly.db'}",
        "DRAGONFLY_DATA": str(data),
        "DRAGONFLY_DEVICE": "cpu",
        "DRAGONFLY_MODEL": str(TINY_CHECKPOINT),
        "OMP_NUM_THREADS": "1",
        "PORT": str(port),
    }
    environment |= settings
    with (data / "terminal").open("wb") as terminal:
        process = subprocess.Popen(
            COMMAND, cwd=ROOT, env=environment, stdout=terminal, stderr=terminal
        )
    site = Launched(data, port, environment, process)
    try:
        _wait(site)
        yield site
    finally:
        process.terminate()
        process.wait(60)


def _wait(site: Launched) -> None:
    until = time.monotonic() + PATIENCE_S
    while not READY.search(site.said()):
        assert site.process.poll() is None, site.said()
        assert time.monotonic() < until, site.said()
        time.sleep(0.1)
