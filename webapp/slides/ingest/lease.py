"""The one who prepares a slide just now: a key that ends soon after its holder."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from webapp.broker import connection

LEASE_S = 30
RENEWED_EVERY_S = 8.0


def lease_key(slide_id: uuid.UUID | str) -> str:
    """Key that is there while the slide is being prepared."""
    return f"slide:{slide_id}:ingest"


def is_leased(slide_id: uuid.UUID) -> bool:
    """Whether somebody prepares this slide."""
    return bool(connection().exists(lease_key(slide_id)))


@contextmanager
def lease(slide_id: uuid.UUID) -> Iterator[bool]:
    """Yield whether the slide is ours; kept by a thread, however long a step takes."""
    key, holder = lease_key(slide_id), uuid.uuid4().hex
    if not connection().set(key, holder, nx=True, ex=LEASE_S):
        yield False
        return
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(key, holder, ended), daemon=True)
    keeper.start()
    try:
        yield True
    finally:
        ended.set()
        keeper.join()
        _release(key, holder)


def _keep(key: str, holder: str, ended: threading.Event) -> None:
    while not ended.wait(RENEWED_EVERY_S):
        try:
            # Written anew, not prolonged: the server may have lost it in a restart.
            connection().set(key, holder, ex=LEASE_S)
        except RedisError:
            continue


def _release(key: str, holder: str) -> None:
    try:
        if connection().get(key) == holder:
            connection().delete(key)
    except RedisError:
        return
