"""`seconds_to_wait`: so many calls a minute and no more, counted in Redis or Valkey.

Without the queue nothing is counted and nobody is kept out: this guards against
programs that run wild, and the rest of the site says itself what does not work.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

PERIOD_S = 60
PATIENCE_S = 0.25
QUIET_S = 5.0
"""After a failure the counter is left alone for so long."""


@dataclass(frozen=True)
class Limit:
    """So many a minute; 0 is no limit."""

    name: str
    per_minute: int


class Counter:
    """Counts in one server; a call that fails counts nothing."""

    def __init__(self, url: str) -> None:
        self._down_until = 0.0
        self._client = redis.Redis.from_url(
            url,
            socket_connect_timeout=PATIENCE_S,
            socket_timeout=PATIENCE_S,
            retry=Retry(NoBackoff(), 0),
        )

    def add(self, key: str, number: int) -> int:
        """The count with `number` more; 0 when nothing can be counted."""
        if time.monotonic() < self._down_until:
            return 0
        try:
            with self._client.pipeline(transaction=True) as pipe:
                pipe.incrby(key, number)
                pipe.expire(key, 2 * PERIOD_S)
                done: list[Any] = pipe.execute()
        except RedisError:
            self._down_until = time.monotonic() + QUIET_S
            return 0
        return int(done[0])


@cache
def _counter(url: str) -> Counter:
    return Counter(url)


def seconds_to_wait(limit: Limit, who: str, add: int = 1) -> int:
    """Count one more call of `who`; 0 if it is within the limit.

    Args:
        add: 0 only looks: the answer is then whether one more would be too many.
    """
    if not limit.per_minute:
        return 0
    now = time.time()
    key = f"throttle:{limit.name}:{who}:{int(now // PERIOD_S)}"
    count = _counter(settings.REDIS_URL).add(key, add)
    is_over = count > limit.per_minute - (1 - add)
    return PERIOD_S - int(now % PERIOD_S) if is_over else 0
