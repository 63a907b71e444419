"""What a worker keeps saying of itself, and what it keeps asking: must I stop?

A thread of its own, so that a model that computes for seconds is heard of all the same
and a page can tell a slow worker from a dead one.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from types import TracebackType
from typing import Any, Self

import redis

from inference_worker.messages import (
    WorkerStatus,
    alive_key,
    attempt_key,
    stop_key,
    worker_key,
)

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
KEPT_ALIVE_SECONDS = 60
"""After the end, until the reply has surely been recorded."""


@dataclass
class Watch:
    """One question under way, and whether it still should be."""

    question_id: str
    attempt: int
    must_stop: bool = False
    """The person asked to stop."""
    is_outdated: bool = False
    """A newer attempt was sent: this one is taken for lost."""


class Heartbeat:
    """The thread; a context that ends it and takes the worker off the list."""

    def __init__(
        self,
        client: redis.Redis,
        status: WorkerStatus,
        every_s: float,
        expiry_s: float,
    ) -> None:
        self._client = client
        self._status = status
        self._every_s = every_s
        self._expiry_ms = round(expiry_s * 1000)
        self._watch: Watch | None = None
        self._ended = threading.Event()
        self._is_due = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()
        try:
            self._client.delete(worker_key(self._status.worker))
        except redis.RedisError:
            log.info("The queue is away; this worker's key will expire.")

    def tell(self, **fields: Any) -> None:
        """Change what is said of this worker, and say it at once."""
        self._status = replace(self._status, **fields)
        self._is_due.set()

    @contextmanager
    def watching(self, question_id: str, attempt: int) -> Iterator[Watch]:
        """Keep this attempt alive, and learn whether it must stop."""
        watch = Watch(question_id, attempt)
        self._watch = watch
        self._look(watch)
        self.tell(state="busy", question_id=question_id)
        try:
            yield watch
        finally:
            self._watch = None
            self.tell(state="idle", question_id="")
            self._keep_alive(watch, KEPT_ALIVE_SECONDS * 1000)

    def _run(self) -> None:
        beat_at = time.monotonic() + self._every_s
        while not self._ended.is_set():
            self._is_due.wait(LOOK_SECONDS)
            if self._is_due.is_set() or time.monotonic() >= beat_at:
                self._is_due.clear()
                beat_at = time.monotonic() + self._every_s
                self._beat()
            if watch := self._watch:
                self._look(watch)

    def _beat(self) -> None:
        key = worker_key(self._status.worker)
        try:
            self._client.set(key, json.dumps(asdict(self._status)), px=self._expiry_ms)
        except redis.RedisError:
            log.debug("The queue is away.")
        if watch := self._watch:
            self._keep_alive(watch, self._expiry_ms)

    def _keep_alive(self, watch: Watch, expiry_ms: int) -> None:
        try:
            self._client.set(alive_key(watch.question_id), watch.attempt, px=expiry_ms)
        except redis.RedisError:
            log.debug("The queue is away.")

    def _look(self, watch: Watch) -> None:
        keys = (stop_key(watch.question_id), attempt_key(watch.question_id))
        try:
            stop, newest = self._client.mget(keys)  # type: ignore[misc]
        except redis.RedisError:
            return
        watch.must_stop = stop is not None
        watch.is_outdated = newest is not None and int(newest) > watch.attempt
