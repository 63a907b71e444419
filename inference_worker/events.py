"""Writing what happens into a question's stream: in order, each event exactly once.

A thread writes while the model works. Events that pile up go out together, and text is
joined: a person reads no faster. The line between is short, so an engine that is
faster than the stream waits. While the server is away everything waits and is then
written once: a script on the server counts what it has of each attempt.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import redis

from inference_worker.messages import (
    STREAM_LENGTH,
    STREAM_SECONDS,
    EventKind,
    event_stream,
)

log = logging.getLogger(__name__)
LINGER_SECONDS = 0.05
MOST_CHARACTERS = 64
MOST_WAITING = 256
MOST_AT_ONCE = 64
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.05, 2.0
AWAY = (redis.ConnectionError, redis.TimeoutError, OSError)

# A write whose answer was lost is repeated; the counter tells which events arrived.
WRITE = """
local written = tonumber(redis.call('GET', KEYS[2]) or '0')
local number = tonumber(ARGV[1])
for i = 5, #ARGV, 2 do
  if number > written then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*',
               'kind', ARGV[i], 'attempt', ARGV[4], 'data', ARGV[i + 1])
    written = number
  end
  number = number + 1
end
redis.call('SET', KEYS[2], written, 'EX', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return written
"""


@dataclass(frozen=True)
class _Entry:
    kind: EventKind
    data: dict[str, Any]

    def joined(self, other: _Entry) -> _Entry | None:
        """Both as one, when both are text and short enough together."""
        if self.kind != "text" or other.kind != "text":
            return None
        text = self.data["text"] + other.data["text"]
        return _Entry("text", {"text": text}) if len(text) <= MOST_CHARACTERS else None


class EventWriter:
    """The events of one attempt; a context that ends when all are written."""

    def __init__(self, client: redis.Redis, question_id: str, attempt: int) -> None:
        self._client = client
        self._write = client.register_script(WRITE)
        self._keys = (
            event_stream(question_id),
            f"question:{question_id}:written:{attempt}",
        )
        self._attempt = attempt
        self._line: queue.Queue[_Entry | None] = queue.Queue(MOST_WAITING)
        self._number = 1
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.put(None)
        self._thread.join()

    def put(self, kind: EventKind, **data: Any) -> None:
        """Write one event soon; waits while too many are waiting."""
        self._line.put(_Entry(kind, data))

    def _run(self) -> None:
        is_refused = False
        while (entries := self._take()) is not None:
            if is_refused:
                continue
            try:
                self._send(entries)
            except redis.RedisError:
                # Those who watch see no more, but the answer itself does not need it.
                log.exception("The stream refuses events.")
                is_refused = True

    def _take(self) -> list[_Entry] | None:
        """What waits by now, text joined; None at the end."""
        first = self._line.get()
        if first is None:
            return None
        entries = [first]
        until = time.monotonic() + (LINGER_SECONDS if first.kind == "text" else 0)
        while len(entries) < MOST_AT_ONCE:
            try:
                found = self._line.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if found is None:
                self._line.put(None)
                break
            if joined := entries[-1].joined(found):
                entries[-1] = joined
            else:
                entries.append(found)
            if found.kind != "text" or entries[-1] is found:
                until = 0.0
        return entries

    def _send(self, entries: list[_Entry]) -> None:
        arguments: list[str | int] = [
            self._number,
            STREAM_LENGTH,
            STREAM_SECONDS,
            self._attempt,
        ]
        for entry in entries:
            arguments += [entry.kind, json.dumps(entry.data)]
        wait_s = FIRST_WAIT_SECONDS
        while True:
            try:
                self._write(keys=self._keys, args=arguments)
                break
            except AWAY:
                time.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_SECONDS)
        self._number += len(entries)
