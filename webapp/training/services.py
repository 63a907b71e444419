"""Recording model versions and making one of them the one that answers."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from inference_worker.messages import ModelFound
from webapp.audit.models import AuditEvent
from webapp.training.models import ModelVersion

State = ModelVersion.State


def record_found_model(found: ModelFound) -> ModelVersion:
    """Record the model that a worker told of; a known digest changes nothing.

    The first version of a site becomes active, so that it can answer at all; every
    later one waits for a person.
    """
    version, is_new = ModelVersion.objects.get_or_create(
        digest=found.digest,
        defaults={
            "name": found.name,
            "path": found.path,
            "variant": found.variant,
            "note": found.note,
        },
    )
    if is_new:
        AuditEvent.record("model.find", on=version, name=version.name)
        activate_if_first(version)
    return version


def activate_if_first(version: ModelVersion) -> None:
    """Activate it unless another is active; two workers may try at once."""
    if ModelVersion.objects.filter(state=State.ACTIVE).exists():
        return
    try:
        activate_model_version(version, replacing=None)
    except DragonflyError:
        return


def activate_model_version(
    version: ModelVersion,
    *,
    replacing: ModelVersion | None,
    actor: Any = None,
    address: str | None = None,
) -> None:
    """Let `version` answer from now on; answers keep the version that gave them.

    Args:
        replacing: the version that the person saw as active; None saw none.

    Raises:
        DragonflyError: MODEL_CHANGED, when another version has become active since.
    """
    try:
        with transaction.atomic():
            swap(version, replacing)
            AuditEvent.record(
                "model.activate",
                actor=actor,
                on=version,
                address=address,
                digest=version.digest,
                replaced=replacing.digest if replacing else None,
            )
    except IntegrityError:
        raise changed_meanwhile() from None
    version.refresh_from_db()


def swap(version: ModelVersion, replacing: ModelVersion | None) -> None:
    """Two conditional updates; the constraint of one active row catches the rest."""
    if replacing is not None:
        active = ModelVersion.objects.filter(pk=replacing.pk, state=State.ACTIVE)
        if not active.update(state=State.RETIRED):
            raise changed_meanwhile()
    waiting = ModelVersion.objects.filter(pk=version.pk).exclude(state=State.ACTIVE)
    if not waiting.update(state=State.ACTIVE, activated_at=timezone.now()):
        raise changed_meanwhile()


def changed_meanwhile() -> DragonflyError:
    """Somebody was faster."""
    return DragonflyError(
        "MODEL_CHANGED",
        "Another model version has become active meanwhile. Look again, then decide.",
    )


def active_model_version() -> ModelVersion | None:
    """The version that answers now; None before a worker has told of one."""
    return ModelVersion.objects.filter(state=State.ACTIVE).first()
