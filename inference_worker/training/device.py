"""Whether the device is free: on a machine with one, answering has precedence."""

from __future__ import annotations

import json
import time
from typing import Any

import redis

from inference_worker.messages import WAITING_LISTS, WORKER_KEYS


class Device:
    """Looks at the questions that wait or are answered.

    Args:
        client: of the queue.
        is_apart: the training worker has a device of its own.
        quiet_s: nobody may have asked for so long before training goes on.
    """

    def __init__(self, client: redis.Redis, is_apart: bool, quiet_s: float) -> None:
        self._client = client
        self._is_apart = is_apart
        self._quiet_s = quiet_s
        self._busy_at = -quiet_s

    def is_wanted(self) -> bool:
        """A question waits or is being answered on it."""
        if self._is_apart or not self._is_busy():
            return False
        self._busy_at = time.monotonic()
        return True

    def is_quiet(self) -> bool:
        """It is free, and has been for some time."""
        if self._is_apart:
            return True
        return not self.is_wanted() and (
            time.monotonic() >= self._busy_at + self._quiet_s
        )

    def _is_busy(self) -> bool:
        try:
            if any(self._client.llen(name) for name in WAITING_LISTS):
                return True
            keys = [str(key) for key in self._client.scan_iter(match=WORKER_KEYS)]
            values: Any = self._client.mget(keys) if keys else []
        except redis.RedisError:
            return False
        return any(json.loads(v).get("state") == "busy" for v in values if v)
