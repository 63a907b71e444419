"""Connections to Redis or Valkey: one pool a process, one client an event loop."""

from __future__ import annotations

from functools import cache

import redis
import redis.asyncio
from django.conf import settings


@cache
def connection() -> redis.Redis:
    """The process's client, for synchronous code; replies are text."""
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)


def async_connection() -> redis.asyncio.Redis:
    """A client for the running event loop; close it with `aclose()`."""
    return redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True)
