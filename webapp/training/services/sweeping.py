"""The sweeper of imports: sends what waits, finds what was lost, ends what is stale."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from inference_worker.messages import TRAINING_QUEUE, inspection_alive_key
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.training import incoming
from webapp.training.models import ModelImport
from webapp.training.services.importing import move
from webapp.training.services.inspecting import (
    message_id,
    refuse_import,
    send_inspection,
)

log = logging.getLogger(__name__)
State = ModelImport.State
NO_WORKER = (
    "NO_WORKER",
    "No training worker has said anything of it for too long. Start one, then bring "
    "the model in again.",
)
WORKER_LOST = (
    "WORKER_LOST",
    "The worker was lost again and again while it opened the model, most often because "
    "its machine ran out of memory. Give it more, then bring the model in again.",
)


def sweep_imports() -> None:
    """Once in `SWEEP_SECONDS`."""
    abandon_uploads()
    checking = ModelImport.objects.filter(state=State.CHECKING)
    if not checking.exists():
        return
    try:
        waiting = waiting_messages()
        for each in checking.select_related("base"):
            look_after(each, waiting)
    except RedisError:
        log.warning("The queue is away; the sweep waits.")


def look_after(each: ModelImport, waiting: set[str]) -> None:
    """Send one, note that it was seen, or find that nobody has it any more."""
    if is_before(each.handed_at, timedelta(hours=settings.MODEL_IMPORT_HOURS)):
        refuse_import(each, *NO_WORKER)
    elif each.sent_at is None:
        send_inspection(each)
    elif connection().get(inspection_alive_key(str(each.pk))):
        move(each, (State.CHECKING,), seen_at=timezone.now(), is_at_work=True)
    elif message_id(each) in waiting:
        move(each, (State.CHECKING,), seen_at=timezone.now(), is_at_work=False)
    elif is_before(each.seen_at, timedelta(seconds=settings.LOST_AFTER_SECONDS)):
        find_lost(each)


def find_lost(each: ModelImport) -> None:
    """Another attempt, or the end."""
    if each.attempt >= settings.MAX_ATTEMPTS:
        refuse_import(each, *WORKER_LOST)
    elif move(each, (State.CHECKING,), attempt=each.attempt + 1, sent_at=None):
        log.warning("Import %s was lost; it is sent again.", each.pk)
        AuditEvent.record("model.import_resend", on=each, attempt=each.attempt)
        send_inspection(each)


def abandon_uploads() -> None:
    """Files that nobody goes on sending do not fill the disk for ever."""
    before = timezone.now() - timedelta(hours=settings.UPLOAD_EXPIRY_HOURS)
    left = ModelImport.objects.filter(state=State.RECEIVING, updated_at__lt=before)
    for each in left:
        ended = move(
            each,
            (State.RECEIVING,),
            state=State.CANCELLED,
            code="UPLOAD_ABANDONED",
            message="Nothing more of it was sent for too long.",
            ended_at=timezone.now(),
        )
        if ended:
            incoming.remove_uploaded(each)


def waiting_messages() -> set[str]:
    """Ids of what is on the training queue."""
    waiting: Any = connection().lrange(TRAINING_QUEUE, 0, -1)
    found = (json.loads(message).get("headers", {}).get("id") for message in waiting)
    return {str(each) for each in found}


def is_before(moment: datetime | None, ago: timedelta) -> bool:
    """Longer ago than that."""
    return moment is not None and moment < timezone.now() - ago
