"""Connections to Redis or Valkey: one pool a process, one client an event loop."""

from __future__ import annotations

from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0


@cache
def connection() -> redis.Redis:
    """The process's client, for synchronous code; replies are text.

    It tries three times within half a second: a request never hangs on the queue.
    """
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(ExponentialBackoff(cap=0.4, base=0.05), retries=3),
    )


def async_connection() -> redis.asyncio.Redis:
    """A client for the running event loop; close it with `aclose()`.

    Its reads may block as long as the caller says, so only connecting has a limit.
    """
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
    )
