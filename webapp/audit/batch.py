"""`Batch`: audit events of requests so quick that each could not wait for the disk."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import DatabaseError, close_old_connections, connections

from webapp.audit.models import AuditEvent

EVERY_S = 0.5
MOST_WAITING = 500
log = logging.getLogger(__name__)


class Batch:
    """Collects events on one event loop and writes them together soon after.

    A process that is killed loses half a second of events at most; one that is
    stopped writes them first.
    """

    def __init__(self) -> None:
        self._events: list[AuditEvent] = []
        self._timer: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(1, "audit")

    def add(self, action: str, actor: Any, address: str | None, **details: Any) -> None:
        """Append one event of a user; `details` as for `AuditEvent.record`."""
        self._events.append(
            AuditEvent(
                action=action,
                actor_id=actor.pk,
                address=address,
                purpose=actor.purpose,
                details=details,
            )
        )
        if len(self._events) >= MOST_WAITING:
            self._send()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(EVERY_S, self._send)

    def close(self) -> None:
        """Write what is left, and let go of the database."""
        self._send()
        self._thread.submit(connections.close_all)
        self._thread.shutdown()

    def _send(self) -> None:
        events, self._events = self._events, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if events:
            self._thread.submit(_write, events)


def _write(events: list[AuditEvent]) -> None:
    close_old_connections()
    try:
        AuditEvent.objects.bulk_create(events)
    except DatabaseError:
        log.exception("%d audit events could not be written.", len(events))
    finally:
        close_old_connections()
