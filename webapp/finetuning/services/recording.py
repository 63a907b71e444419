"""Recording what the training worker tells; what is late or repeated counts not."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from inference_worker.messages import TrainingEnded, TrainingTold
from webapp.audit.models import AuditEvent
from webapp.finetuning.folders import forget_run
from webapp.finetuning.models import Figure, FineTuneJob
from webapp.finetuning.services.moving import move, requeue
from webapp.finetuning.services.sending import send_next
from webapp.training.models import ModelVersion

State = FineTuneJob.State
BEFORE = {
    "training": (State.QUEUED, State.TRAINING),
    "evaluating": FineTuneJob.OPEN,
}


def record_training(told: TrainingTold) -> bool:
    """Move a working job forward, with its figures."""
    job = FineTuneJob.objects.filter(pk=told.job_id, attempt=told.attempt).first()
    if job is None:
        return False
    changes: dict[str, Any] = {
        "state": told.state,
        "note": told.note[:255],
        "started_at": Coalesce("started_at", Now()),
        "memory_bytes": told.usage.get("memory_bytes", 0),
        "free_bytes": told.usage.get("free_bytes"),
        "log": told.log,
        "step": max(told.step, job.step),
    }
    if told.step > job.step:
        changes["losses"] = 0
    if etas := [r["eta_s"] for r in told.records if "eta_s" in r]:
        changes["eta_s"] = etas[-1]
    with transaction.atomic():
        moved = move(job.pk, told.attempt, BEFORE[told.state], **changes)
        if moved and told.records:
            save_figures(job, told.records)
    return moved


def save_figures(job: FineTuneJob, records: tuple[dict[str, Any], ...]) -> None:
    """A step that is done again after a break replaces what it was."""
    rows = {(r["kind"], r["step"]): r for r in records if "kind" in r and "step" in r}
    Figure.objects.bulk_create(
        [
            Figure(job=job, kind=kind, step=step, data=record)
            for (kind, step), record in rows.items()
        ],
        update_conflicts=True,
        unique_fields=["job", "kind", "step"],
        update_fields=["data"],
    )


def record_end(ended: TrainingEnded) -> bool:
    """End the attempt; False when it had ended, or another one counts."""
    job = FineTuneJob.objects.filter(pk=ended.job_id, attempt=ended.attempt).first()
    if job is None:
        return False
    with transaction.atomic():
        if ended.outcome == "paused" and job.wish == FineTuneJob.Wish.DAY:
            moved = requeue(job, FineTuneJob.OPEN, log=ended.log)
        else:
            moved = close(job, ended)
        if moved:
            AuditEvent.record(
                "finetune.end", on=job, outcome=ended.outcome, code=ended.code
            )
            transaction.on_commit(send_next)
    if moved and ended.outcome == "cancelled":
        forget_run(job)
    return moved


def close(job: FineTuneJob, ended: TrainingEnded) -> bool:
    """Move to the state that the outcome names, and keep what came of it."""
    version = candidate(job, ended) if ended.outcome == "succeeded" else None
    return move(
        job.pk,
        ended.attempt,
        FineTuneJob.OPEN,
        state=State(ended.outcome),
        wish="",
        note="",
        eta_s=None,
        memory_bytes=0,
        log=ended.log,
        failure_code=ended.code,
        failure_message=ended.message,
        recipe=ended.recipe,
        evaluation=ended.evaluation,
        model_version=version,
        ended_at=None if ended.outcome == "paused" else timezone.now(),
    )


def candidate(job: FineTuneJob, ended: TrainingEnded) -> ModelVersion:
    """The version that came of it: it waits for people to decide."""
    assert ended.model is not None  # noqa: S101 -- a success has one
    version, is_new = ModelVersion.objects.get_or_create(
        digest=ended.model.digest,
        defaults={
            "name": job.title,
            "path": ended.model.path,
            "variant": ended.variant,
            "note": f"Trained here from {job.base.name} on {job.data_set.name}.",
        },
    )
    if is_new:
        AuditEvent.record("model.train", on=version, job=str(job.pk))
    return version
