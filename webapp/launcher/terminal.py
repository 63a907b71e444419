"""The launcher's own lines: seconds since the start, who speaks, and what."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO


class Terminal:
    """Writes whole lines, from any thread, to `stream`."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._begun = time.monotonic()
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._begun

    def say(self, who: str, what: str) -> None:
        """One line of progress."""
        self.write(f"{self.seconds:6.1f} s  {who:<10} {what}")

    def write(self, line: str) -> None:
        """One line as it is."""
        with self._lock:
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
            except (OSError, ValueError):
                # The terminal is gone; the children must still be stopped in order.
                pass
