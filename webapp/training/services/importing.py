"""Bringing in a checkpoint or an adapter: by a folder of the site, or by an upload."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training import incoming
from webapp.training.models import ModelImport, ModelVersion
from webapp.training.services.inspecting import send_inspection

State = ModelImport.State
DESCRIPTIONS = ("config.json", "adapter.json")


def import_folder(
    folder: str,
    actor: User,
    *,
    base: ModelVersion | None = None,
    title: str = "",
    address: str | None = None,
) -> ModelImport:
    """Have a worker look at a folder of `models/incoming`.

    Raises:
        DragonflyError: PATH_OUTSIDE, CHECKPOINT_MISSING, or IMPORT_OPEN.
    """
    name = incoming.checked_folder(folder)
    if ModelImport.objects.filter(folder=name, state__in=ModelImport.OPEN).exists():
        raise DragonflyError("IMPORT_OPEN", "This folder is being checked already.")
    with transaction.atomic():
        made = ModelImport.objects.create(
            folder=name,
            title=title.strip(),
            base=base,
            created_by=actor,
            handed_at=timezone.now(),
        )
        AuditEvent.record(
            "model.import", actor=actor, on=made, address=address, folder=name
        )
        transaction.on_commit(partial(send_inspection, made))
    return made


def begin_upload(
    actor: User,
    *,
    base: ModelVersion | None = None,
    title: str = "",
    address: str | None = None,
) -> ModelImport:
    """Open an import that files can be sent to."""
    made = ModelImport(
        id=uuid.uuid4(),
        title=title.strip(),
        base=base,
        created_by=actor,
        is_upload=True,
        state=State.RECEIVING,
    )
    made.folder = f"{incoming.UPLOADED}{made.id}"
    with transaction.atomic():
        made.save()
        AuditEvent.record("model.import", actor=actor, on=made, address=address)
    return made


def receive(model_import: ModelImport, name: str, offset: int, piece: bytes) -> int:
    """Take the next piece of a file; returns how much of it is here now.

    Raises:
        DragonflyError: IMPORT_ENDED, or as `incoming.append`.
    """
    if not move(model_import, (State.RECEIVING,)):
        raise ended()
    return incoming.append(model_import, name, offset, piece)


def submit_upload(model_import: ModelImport, actor: User, address: str | None) -> None:
    """All files are here: have a worker look at them.

    Raises:
        DragonflyError: IMPORT_ENDED, or UPLOAD_INCOMPLETE without a description.
    """
    here = incoming.files_of(model_import)
    if not any(name in here for name in DESCRIPTIONS):
        raise DragonflyError(
            "UPLOAD_INCOMPLETE",
            f"A model needs {' or '.join(DESCRIPTIONS)}. Send it too.",
        )
    with transaction.atomic():
        moved = move(
            model_import,
            (State.RECEIVING,),
            state=State.CHECKING,
            handed_at=timezone.now(),
        )
        if not moved:
            raise ended()
        AuditEvent.record(
            "model.import_submit",
            actor=actor,
            on=model_import,
            address=address,
            bytes=sum(here.values()),
        )
        transaction.on_commit(partial(send_inspection, model_import))


def cancel_import(model_import: ModelImport, actor: User, address: str | None) -> None:
    """End it; what a worker says of it later does not count.

    Raises:
        DragonflyError: IMPORT_ENDED.
    """
    with transaction.atomic():
        now = timezone.now()
        if not move(
            model_import, ModelImport.OPEN, state=State.CANCELLED, ended_at=now
        ):
            raise ended()
        AuditEvent.record(
            "model.import_cancel", actor=actor, on=model_import, address=address
        )
        transaction.on_commit(partial(incoming.remove_uploaded, model_import))


def move(model_import: ModelImport, expected: Iterable[str], **changes: Any) -> bool:
    """Change the row if it is in one of the `expected` states."""
    rows = ModelImport.objects.filter(pk=model_import.pk, state__in=tuple(expected))
    if rows.update(updated_at=timezone.now(), **changes) != 1:
        return False
    model_import.refresh_from_db()
    return True


def ended() -> DragonflyError:
    """Too late."""
    return DragonflyError("IMPORT_ENDED", "This import takes no more files.")
