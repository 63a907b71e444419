"""`Recent`: what was found a few seconds ago, so that it need not be asked again."""

from __future__ import annotations

import threading
import time
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values for `seconds` each, `most` of them; safe between threads."""

    def __init__(self, seconds: float, most: int = 1000) -> None:
        self._seconds, self._most = seconds, most
        self._found: dict[Key, tuple[float, Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """The value, unless it is older than `seconds`."""
        with self._lock:
            at, value = self._found.get(key, (0.0, None))
        is_fresh = value is not None and time.monotonic() - at < self._seconds
        return value if is_fresh else None

    def put(self, key: Key, value: Value) -> None:
        """Remember it from now on."""
        with self._lock:
            if len(self._found) >= self._most:
                self._found.clear()
            self._found[key] = (time.monotonic(), value)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._found.clear()
