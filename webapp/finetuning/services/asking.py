"""Asking for a fine-tune job: checked, estimated, and refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.finetuning.data_files import slides_of
from webapp.finetuning.estimates import estimate
from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.presets import config_of
from webapp.finetuning.services.sending import send_next
from webapp.reviews.models import DataSetVersion, Part
from webapp.training.models import ModelVersion
from webapp.training.services import active_model_version


@dataclass(frozen=True)
class Wanted:
    """What a job is to be."""

    data_set: DataSetVersion
    preset: str = FineTuneJob.Preset.LORA_SMALL
    base: ModelVersion | None = None
    """None: the version that answers now."""
    title: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    priority: int = 0
    only_at_night: bool = False


def reason_for_none() -> tuple[str, str] | None:
    """Why nothing can be trained at all; None when something can."""
    if not DataSetVersion.objects.exists():
        return (
            "DATA_SET_MISSING",
            "There is nothing to learn from yet: accept reviews, then freeze a data "
            "set.",
        )
    if active_model_version() is None:
        return (
            "MODEL_MISSING",
            "No model version is active yet: start an inference worker first.",
        )
    return None


def checked(wanted: Wanted) -> FineTuneJob:
    """The job as it would be, not yet saved.

    Raises:
        DragonflyError: DATA_SET_MISSING, MODEL_MISSING, SETTING_INVALID,
            CONSENT_WITHDRAWN, SLIDE_MISSING or DISK_FULL.
    """
    if reason := reason_for_none():
        raise DragonflyError(*reason)
    base = wanted.base or active_model_version()
    assert base is not None  # noqa: S101 -- there is an active one
    examples = wanted.data_set.rows.filter(part=Part.TRAIN).count()
    config = config_of(wanted.preset, wanted.fields, examples)
    slides_of(wanted.data_set)
    told = estimate(base, wanted.preset, config, examples)
    refuse_full_disk(told)
    label = FineTuneJob.Preset(wanted.preset).label
    return FineTuneJob(
        title=wanted.title.strip() or f"{base.name}, {label}, {wanted.data_set.name}",
        data_set=wanted.data_set,
        base=base,
        preset=wanted.preset,
        fields=wanted.fields,
        config=config,
        estimate=told,
        priority=wanted.priority,
        only_at_night=wanted.only_at_night,
        total=config["optimizer"]["steps"],
    )


def refuse_full_disk(told: dict[str, Any]) -> None:
    """Raise DISK_FULL where the job would leave less than what is kept free."""
    needed = (told["disk_bytes"] or 0) + settings.TRAINING_MIN_FREE_BYTES
    if told["free_bytes"] < needed:
        raise DragonflyError(
            "DISK_FULL",
            f"The job needs {needed / 2**30:.1f} GiB of free disk, and there are "
            f"{told['free_bytes'] / 2**30:.1f}. Remove old models or slides first.",
        )


def ask_for_job(wanted: Wanted, actor: User, address: str | None = None) -> FineTuneJob:
    """Record the job; it is sent when its turn comes.

    Raises:
        DragonflyError: as `checked`.
    """
    job = checked(wanted)
    job.title, job.created_by = job.title[:128], actor
    with transaction.atomic():
        job.save()
        AuditEvent.record(
            "finetune.create",
            actor=actor,
            on=job,
            address=address,
            preset=job.preset,
            data_set=wanted.data_set.digest,
            base=job.base.digest,
        )
        transaction.on_commit(send_next)
    return job
