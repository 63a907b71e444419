"""`Recent`: what was found out a moment ago, for the many requests of one view."""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import Generic, TypeVar

MOST = 4096
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values that hold for some seconds; for one thread."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[Key, tuple[float, Value]] = {}

    def get(self, key: Key) -> Value | None:
        """The value, if it was put here a moment ago."""
        until, value = self._known.get(key, (0.0, None))
        return value if time.monotonic() < until else None

    def put(self, key: Key, value: Value) -> None:
        """Keep a value; when there are far too many, all others go."""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = (time.monotonic() + self._seconds, value)
