"""Making one version the one that answers, and going back to the one before."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training.models import ModelVersion
from webapp.training.services.trying import end_trial_of

State = ModelVersion.State


def activate_model_version(
    version: ModelVersion,
    *,
    replacing: ModelVersion | None,
    actor: User | None = None,
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
            ModelVersion.objects.filter(pk=version.pk).update(replaced=replacing)
            end_trial_of(version)
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


def roll_back(actor: User, address: str | None = None) -> ModelVersion:
    """Let the version answer again that answered before; questions asked keep theirs.

    One administrator alone may do this: it only undoes what two have decided.

    Raises:
        DragonflyError: NOTHING_BEFORE, or MODEL_CHANGED.
    """
    active = active_model_version()
    if active is None or active.replaced is None:
        raise DragonflyError(
            "NOTHING_BEFORE", "There is no earlier version to go back to."
        )
    before = active.replaced
    try:
        with transaction.atomic():
            swap(before, active)
            AuditEvent.record(
                "model.roll_back",
                actor=actor,
                on=before,
                address=address,
                digest=before.digest,
                replaced=active.digest,
            )
    except IntegrityError:
        raise changed_meanwhile() from None
    before.refresh_from_db()
    return before


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
    return (
        ModelVersion.objects.filter(state=State.ACTIVE)
        .select_related("replaced")
        .first()
    )
