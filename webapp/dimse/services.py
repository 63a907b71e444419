"""Fetching a study from an archive; nothing else changes a `Fetch`.

It may take hours, so it happens in the process that receives what the archive sends,
`python -m webapp.dimse`, and not on the queue that brings answers.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import close_old_connections, connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from dragonfly.errors import DragonflyError
from webapp.audit.record import record
from webapp.dimse.archive.moving import move_study
from webapp.dimse.models import Fetch

State = Fetch.State
LOST = timedelta(hours=6)
"""A fetch of which nothing was heard for so long has ended with its process."""
LOOK_EVERY_S = 2.0
log = logging.getLogger(__name__)


def request_fetch(request: HttpRequest | Request, fetch: Fetch) -> Fetch:
    """Ask for the study that a new row names."""
    fetch.requested_by = request.user  # type: ignore[assignment]
    with transaction.atomic():
        fetch.save()
        record(request, "dimse.fetch", on=fetch, study=fetch.study)
    return fetch


def run_fetches(stopped: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Do what is queued, one after the other, until `stopped`."""
    while not stopped.wait(every_s):
        try:
            close_old_connections()
            end_lost_fetches()
            while not stopped.is_set() and fetch_next():
                pass
        except Exception:
            log.exception("Studies could not be fetched; the next look is soon.")
    connection.close()


def fetch_next() -> bool:
    """Do the oldest that is queued; False if none is."""
    queued = Fetch.objects.filter(state=State.QUEUED).order_by("created_at")
    name = queued.values_list("pk", flat=True).first()
    return name is not None and fetch_now(name)


def fetch_now(fetch_id: UUID) -> bool:
    """Ask the archive and wait for its last word; False if somebody else does."""
    if not _change(fetch_id, State.QUEUED, state=State.FETCHING):
        return False
    fetch = Fetch.objects.select_related("archive").get(pk=fetch_id)
    try:
        moved = move_study(fetch.archive, fetch.study, fetch.series)
    except DragonflyError as error:
        _change(fetch_id, State.FETCHING, state=State.FAILED, reason=error.message)
        return True
    _change(
        fetch_id,
        State.FETCHING,
        state=State.FAILED if moved.reason else State.DONE,
        completed=moved.completed,
        failed=moved.failed,
        reason=moved.reason or ("" if moved.completed else "The archive sent nothing."),
    )
    return True


def _change(fetch_id: UUID, expected: str, **fields: Any) -> bool:
    rows = Fetch.objects.filter(pk=fetch_id, state=expected)
    return bool(rows.update(changed_at=timezone.now(), **fields))


def end_lost_fetches() -> None:
    """End what nobody works on any more."""
    now = timezone.now()
    Fetch.objects.filter(state=State.FETCHING, changed_at__lt=now - LOST).update(
        state=State.FAILED, reason="It was broken off.", changed_at=now
    )
