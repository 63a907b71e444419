"""Events in a Redis stream: appended once, replayed and followed by many pages.

One stream holds what happened to one record, in order. It is for watching only: the
record's row is the truth, and a stream that has expired is no loss.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from inference_worker.messages import STREAM_LENGTH, STREAM_SECONDS
from webapp.broker import async_connection, connection

BEGINNING = "0"
PAGE = 1000
"""Events read at once, so that a long replay stays small in memory."""
QUIET_SECONDS = 15.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 2.0
ID = re.compile(r"\d{1,19}-\d{1,19}")


@dataclass(frozen=True)
class StreamEvent:
    """One event as it lies in the stream."""

    id: str
    kind: str
    attempt: int
    data: dict[str, Any]

    def fields(self) -> dict[str, Any]:
        """As pages receive it."""
        return {**self.data, "id": self.id, "kind": self.kind, "attempt": self.attempt}


def known_id(text: str | None) -> str:
    """The stream id that a page names as its last; `BEGINNING` if it is none."""
    return text if text and ID.fullmatch(text) else BEGINNING


def successor(entry: str) -> str:
    """The first id after this one."""
    time, _, number = entry.partition("-")
    return f"{time}-{int(number or 0) + 1}"


def append(
    key: str, kind: str, data: dict[str, Any] | None = None, *, attempt: int = 1
) -> str:
    """Append one event and return its id; the stream is bounded and expires."""
    fields: dict[Any, Any] = {
        "kind": kind,
        "attempt": attempt,
        "data": json.dumps(data or {}),
    }
    with connection().pipeline(transaction=True) as pipe:
        pipe.xadd(key, fields, maxlen=STREAM_LENGTH, approximate=True)
        pipe.expire(key, STREAM_SECONDS)
        added, _ = pipe.execute()
    return str(added)


def read_after(
    key: str, after: str = BEGINNING, limit: int = PAGE
) -> list[StreamEvent]:
    """The events that follow `after`, oldest first."""
    found: Any = connection().xread({key: after}, count=limit)
    return _events(found)


def last_event(key: str) -> StreamEvent | None:
    """The newest event; None when the stream is empty or gone."""
    found: Any = connection().xrevrange(key, count=1)
    events = _events([(key, found)]) if found else []
    return events[0] if events else None


async def follow(
    key: str, after: str = BEGINNING, quiet_s: float = QUIET_SECONDS
) -> AsyncGenerator[StreamEvent | None]:
    """Yield what follows `after` and then each event as it comes, for ever.

    None is yielded whenever nothing has come for `quiet_s`, or the server cannot be
    reached: the place to send a heartbeat and to look at the row. After a restart of
    the server it goes on from the last event.
    """
    wait_s = FIRST_WAIT_SECONDS
    client = async_connection()
    try:
        while True:
            try:
                events = await _next(client, key, after, quiet_s)
            except (RedisError, OSError, TimeoutError):
                yield None
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_SECONDS)
                continue
            wait_s = FIRST_WAIT_SECONDS
            for event in events:
                after = event.id
                yield event
            if not events:
                yield None
    finally:
        await client.aclose()


async def _next(
    client: redis.asyncio.Redis, key: str, after: str, quiet_s: float
) -> list[StreamEvent]:
    # A dead network gives no answer at all, so the client's own clock runs beside.
    async with asyncio.timeout(quiet_s + 5):
        found: Any = await client.xread(
            {key: after}, count=PAGE, block=max(1, round(quiet_s * 1000))
        )
    return _events(found)


def _events(found: Any) -> list[StreamEvent]:
    entries = found[0][1] if found else []
    return [
        StreamEvent(
            id=entry,
            kind=fields["kind"],
            attempt=int(fields.get("attempt", 1)),
            data=json.loads(fields.get("data", "{}")),
        )
        for entry, fields in entries
    ]
