"""Pausing, resuming and cancelling: wishes that the worker reads at its next look."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from dragonfly.errors import DragonflyError
from inference_worker.messages import (
    STREAM_SECONDS,
    training_attempt_key,
    training_wish_key,
)
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.finetuning.data_files import slides_of
from webapp.finetuning.folders import forget_run
from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.services.moving import move, requeue
from webapp.finetuning.services.sending import send_next

log = logging.getLogger(__name__)
State, Wish = FineTuneJob.State, FineTuneJob.Wish


def pause_job(job: FineTuneJob, actor: User, address: str | None = None) -> None:
    """Stop at the next checkpoint; one that waits stops waiting.

    Raises:
        DragonflyError: JOB_ENDED.
    """
    with transaction.atomic():
        if move(job.pk, job.attempt, (State.QUEUED,), state=State.PAUSED, sent_at=None):
            # The message that waits is of an attempt that does not count any more.
            FineTuneJob.objects.filter(pk=job.pk).update(attempt=job.attempt + 1)
        elif not move(job.pk, job.attempt, FineTuneJob.WORKING, wish=Wish.PAUSE):
            raise ended()
        AuditEvent.record("finetune.pause", actor=actor, on=job, address=address)
        transaction.on_commit(lambda: tell(job, Wish.PAUSE))
        transaction.on_commit(send_next)


def resume_job(job: FineTuneJob, actor: User, address: str | None = None) -> None:
    """Go on from the last checkpoint when its turn comes.

    Raises:
        DragonflyError: JOB_OPEN, it is under way; JOB_ENDED; CONSENT_WITHDRAWN or
            SLIDE_MISSING.
    """
    if job.is_open:
        raise DragonflyError("JOB_OPEN", "The job is under way already.")
    slides_of(job.data_set)
    with transaction.atomic():
        if not requeue(
            job,
            (State.PAUSED, State.FAILED),
            losses=0,
            failure_code="",
            failure_message="",
            ended_at=None,
            is_forgotten=False,
        ):
            raise ended()
        AuditEvent.record("finetune.resume", actor=actor, on=job, address=address)
        transaction.on_commit(send_next)


def cancel_job(job: FineTuneJob, actor: User, address: str | None = None) -> None:
    """End it for good; its checkpoints are removed.

    Raises:
        DragonflyError: JOB_ENDED.
    """
    idle = (State.QUEUED, State.PAUSED, State.FAILED)
    with transaction.atomic():
        at_once = move(
            job.pk,
            job.attempt,
            idle,
            state=State.CANCELLED,
            ended_at=timezone.now(),
            sent_at=None,
        )
        if not at_once and not move(
            job.pk, job.attempt, FineTuneJob.WORKING, wish=Wish.CANCEL
        ):
            raise ended()
        AuditEvent.record("finetune.cancel", actor=actor, on=job, address=address)
        transaction.on_commit(lambda: tell(job, Wish.CANCEL))
        transaction.on_commit(send_next)
    if at_once:
        forget_run(job)


def tell(job: FineTuneJob, wish: str) -> None:
    """Leave the sign that the worker looks for; the sweeper leaves it again."""
    said = "cancel" if wish == Wish.CANCEL else "pause"
    name, counts = str(job.pk), FineTuneJob.objects.get(pk=job.pk).attempt
    try:
        connection().set(training_wish_key(name), said, ex=STREAM_SECONDS)
        connection().set(training_attempt_key(name), counts, ex=STREAM_SECONDS)
    except RedisError:
        log.warning("Job %s cannot be told just now.", job.pk)


def ended() -> DragonflyError:
    """Too late."""
    return DragonflyError("JOB_ENDED", "The job has ended already.")
