"""Features of crops, kept per slide so that a further question costs little."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from torch import Tensor

DEFAULT_BYTES = 512 * 2**20
DEFAULT_CROPS = 1024
"""Four descents of the default budget: who asks again asks about a slide just seen."""


class FeatureCache:
    """The most recently used features, within bytes and a number of crops.

    Thread-safe.
    """

    def __init__(
        self, max_bytes: int = DEFAULT_BYTES, max_crops: int = DEFAULT_CROPS
    ) -> None:
        self.max_bytes = max_bytes
        self.max_crops = max_crops
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
            while self._is_overfull():
                self._drop(next(iter(self._features)))

    def clear(self) -> None:
        with self._lock:
            self._features.clear()
            self._bytes = 0

    def _is_overfull(self) -> bool:
        return self._bytes > self.max_bytes or len(self._features) > self.max_crops

    def _drop(self, key: Hashable) -> None:
        old = self._features.pop(key, None)
        if old is not None:
            self._bytes -= old.nbytes
