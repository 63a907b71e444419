"""Sending an import to a worker, and recording what the worker says of it."""

from __future__ import annotations

import logging
import re
from dataclasses import asdict
from functools import partial

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from inference_worker.messages import (
    INSPECT_MODEL,
    TRAINING_QUEUE,
    Inspected,
    InspectRequest,
    ModelFields,
)
from webapp.audit.models import AuditEvent
from webapp.celery import app
from webapp.training import incoming
from webapp.training.models import ModelImport, ModelVersion

log = logging.getLogger(__name__)
State = ModelImport.State
PATIENCE = {"max_retries": 2, "interval_start": 0.05, "interval_max": 0.2}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]+")
MOST_MESSAGE = 1000


def send_inspection(model_import: ModelImport) -> bool:
    """Put it on the training queue; False when it could not be sent just now."""
    base, now = model_import.base, timezone.now()
    request = InspectRequest(
        str(model_import.pk),
        model_import.folder,
        ModelFields(base.digest, base.path) if base else None,
    )
    rows = ModelImport.objects.filter(
        pk=model_import.pk,
        state=State.CHECKING,
        attempt=model_import.attempt,
        sent_at=None,
    )
    # Taken first: two processes that come by at once send one message.
    if not rows.update(sent_at=now, seen_at=now, is_at_work=False):
        return False
    try:
        app.send_task(
            INSPECT_MODEL,
            kwargs=asdict(request),
            queue=TRAINING_QUEUE,
            task_id=message_id(model_import),
            retry=True,
            retry_policy=PATIENCE,
        )
    except (RedisError, OperationalError):
        log.warning("Import %s could not be sent; it will be later.", model_import.pk)
        ModelImport.objects.filter(pk=model_import.pk).update(sent_at=None)
        return False
    return True


def message_id(model_import: ModelImport) -> str:
    """By which its newest message is found on the queue."""
    return f"{model_import.pk}.{model_import.attempt}"


def record_inspection(told: Inspected) -> bool:
    """End the import; False when it had ended already."""
    found = ModelImport.objects.filter(pk=told.import_id).first()
    if found is None:
        return False
    if told.model is None:
        code = told.code or "CHECKPOINT_UNREADABLE"
        return refuse_import(found, plain(code, 64), plain(told.message, MOST_MESSAGE))
    with transaction.atomic():
        if not _end(found, State.ACCEPTED):
            return False
        version, is_new = ModelVersion.objects.get_or_create(
            digest=told.model.digest,
            defaults={
                "name": name_of(found, told)[:128],
                "path": told.model.path,
                "variant": plain(told.variant, 64),
                "note": note_of(found),
                "card_text": told.card.replace("\0", ""),
            },
        )
        ModelImport.objects.filter(pk=found.pk).update(model_version=version)
        AuditEvent.record(
            "model.accept",
            on=version,
            digest=version.digest,
            is_new=is_new,
            model_import=str(found.pk),
        )
    return True


def refuse_import(model_import: ModelImport, code: str, message: str) -> bool:
    """End it with the reason."""
    with transaction.atomic():
        if not _end(model_import, State.REFUSED, code=code, message=message):
            return False
        AuditEvent.record("model.refuse_import", on=model_import, code=code)
    return True


def _end(model_import: ModelImport, state: str, **changes: str) -> bool:
    rows = ModelImport.objects.filter(pk=model_import.pk, state=State.CHECKING)
    now = timezone.now()
    if not rows.update(
        state=state, ended_at=now, updated_at=now, is_at_work=False, **changes
    ):
        return False
    transaction.on_commit(partial(incoming.remove_uploaded, model_import))
    return True


def name_of(model_import: ModelImport, told: Inspected) -> str:
    """As the person calls it, or as it calls itself; a worker falls back on folders."""
    own = plain(told.name, 128)
    has_none = not own or own == model_import.folder
    return str(model_import) if model_import.title or has_none else own


def note_of(model_import: ModelImport) -> str:
    """What a person has to know of a version from outside."""
    how = "Uploaded" if model_import.is_upload else f"Taken from {model_import.folder}"
    base = (
        f", an adapter on top of {model_import.base.name}" if model_import.base else ""
    )
    return f"{how} by {model_import.created_by.username}{base}. Not trained here."


def plain(text: str, most: int) -> str:
    """One line of text: names in a model's files may hold anything."""
    return CONTROL.sub(" ", text).strip()[:most]
