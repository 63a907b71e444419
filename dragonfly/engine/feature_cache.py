"""Features of crops, kept per slide so that a further question costs little."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from torch import Tensor

DEFAULT_BYTES = 512 * 2**20


class FeatureCache:
    """The most recently used features, within a number of bytes. Thread-safe."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self.max_bytes = max_bytes
        self._features: OrderedDict[Hashable, Tensor] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Tensor | None:
        with self._lock:
            found = self._features.get(key)
            if found is not None:
                self._features.move_to_end(key)
            return found

    def put(self, key: Hashable, features: Tensor) -> None:
        with self._lock:
            self._drop(key)
            self._features[key] = features
            self._bytes += features.nbytes
            while self._bytes > self.max_bytes and self._features:
                self._drop(next(iter(self._features)))

    def clear(self) -> None:
        with self._lock:
            self._features.clear()
            self._bytes = 0

    def _drop(self, key: Hashable) -> None:
        old = self._features.pop(key, None)
        if old is not None:
            self._bytes -= old.nbytes
