"""Deleting a version from outside that nobody needs; no answer loses its version."""

from __future__ import annotations

import logging
import re
import shutil
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training.models import ActivationRequest, ModelImport, ModelVersion

log = logging.getLogger(__name__)
State = ModelVersion.State
NAME = re.compile(r"[A-Za-z0-9-]+")
"""A digest that is one folder, and leads nowhere else."""


def delete_model_version(
    version: ModelVersion, actor: User, address: str | None = None
) -> None:
    """Remove an imported version with its files; the audit trail keeps that it was.

    What was decided about it goes too, unless it still waits or is on trial.

    Raises:
        DragonflyError: MODEL_ACTIVE; MODEL_NOT_IMPORTED, it was made or found here;
            MODEL_IN_USE, with what refers to it.
    """
    refuse_needed(version)
    name, digest = version.name, version.digest
    try:
        with transaction.atomic():
            AuditEvent.record(
                "model.delete",
                actor=actor,
                on=version,
                address=address,
                name=name,
                digest=digest,
            )
            let_history_go(version)
            version.delete()
            transaction.on_commit(lambda: remove_files(digest))
    except ProtectedError as error:
        found = Counter(
            str(each._meta.verbose_name) for each in error.protected_objects
        )
        told = ", ".join(f"{name} ({count})" for name, count in sorted(found.items()))
        raise in_use(f"These refer to it: {told}.") from error
    except IntegrityError as error:
        raise in_use("Somebody has just asked it.") from error


def refuse_needed(version: ModelVersion) -> None:
    """Raise for one that answers or may soon, and for one that is not from outside."""
    version.refresh_from_db()
    if version.state == State.ACTIVE:
        raise DragonflyError(
            "MODEL_ACTIVE", "This version answers. Let another one answer first."
        )
    if not version.imports.filter(state=ModelImport.State.ACCEPTED).exists():
        raise DragonflyError(
            "MODEL_NOT_IMPORTED",
            "Only versions that were brought in from outside can be deleted.",
        )
    if version.trials.filter(is_open=True).exists():
        raise in_use("It is on trial. End the trial first.")
    waiting = ActivationRequest.State.WAITING
    if version.activation_requests.filter(state=waiting).exists():
        raise in_use("A request about it waits. Decide on it first.")


def let_history_go(version: ModelVersion) -> None:
    """Old decisions and the record of its import refer to it no more."""
    version.trials.all().delete()
    version.activation_requests.all().delete()
    ActivationRequest.objects.filter(replacing=version).update(replacing=None)
    version.imports.update(model_version=None)


def remove_files(digest: str) -> None:
    """Of a version in the data folder; under another name first, so never in part."""
    folder = Path(settings.DATA_FOLDER) / "models" / digest
    if not NAME.fullmatch(digest) or not folder.is_dir():
        return
    away = folder.with_name(f"{digest}.deleted")
    try:
        folder.rename(away)
        shutil.rmtree(away)
    except OSError:
        log.warning("The files of model %s could not all be removed.", digest[:12])


def in_use(why: str) -> DragonflyError:
    """Something would lose its version."""
    return DragonflyError("MODEL_IN_USE", f"It cannot be deleted. {why}")
