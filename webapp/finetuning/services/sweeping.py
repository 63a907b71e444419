"""The sweeper: sends what waits or was lost, ends nights, and clears old runs."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from inference_worker.messages import TRAINING_QUEUE, training_alive_key
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.finetuning.folders import forget_old_runs
from webapp.finetuning.models import FineTuneJob
from webapp.finetuning.night import is_night
from webapp.finetuning.services.moving import move, requeue
from webapp.finetuning.services.sending import fail, send_next
from webapp.finetuning.services.wishing import tell

log = logging.getLogger(__name__)
State, Wish = FineTuneJob.State, FineTuneJob.Wish
WORKER_LOST = (
    "WORKER_LOST",
    "The training worker was lost again and again without a new step, most often "
    "because its machine ran out of memory or was switched off. Resume the job, or "
    "start a smaller one.",
)


def sweep_jobs() -> None:
    """Once in `SWEEP_SECONDS`."""
    try:
        server: Any = connection().info("server")
        is_settled = server["uptime_in_seconds"] >= settings.LOST_AFTER_SECONDS
        for job in FineTuneJob.objects.filter(state__in=FineTuneJob.WORKING):
            keep_wish(job)
        if is_settled:
            for job in silent_jobs():
                find_lost(job)
    except RedisError:
        log.warning("The queue is away; the sweep waits.")
        return
    send_next()
    forget_old_runs()


def keep_wish(job: FineTuneJob) -> None:
    """Repeat a wish that the queue may have lost, and end the night's work."""
    if job.only_at_night and not job.wish and not is_night():
        move(job.pk, job.attempt, FineTuneJob.WORKING, wish=Wish.DAY)
        tell(job, Wish.DAY)
    elif job.wish:
        tell(job, job.wish)


def silent_jobs() -> list[FineTuneJob]:
    """Sent ones of which nothing was heard lately."""
    before = timezone.now() - timedelta(seconds=settings.LOST_AFTER_SECONDS)
    sent = FineTuneJob.objects.filter(
        state__in=FineTuneJob.OPEN, sent_at__isnull=False, updated_at__lt=before
    )
    return list(sent)


def find_lost(job: FineTuneJob) -> None:
    """Neither waiting nor worked on: another attempt, or the end."""
    alive = str(connection().get(training_alive_key(str(job.pk))))
    if alive == str(job.attempt) or is_waiting(job):
        return
    if job.wish == Wish.CANCEL:
        now = timezone.now()
        move(job.pk, job.attempt, FineTuneJob.OPEN, state=State.CANCELLED, ended_at=now)
    elif job.wish == Wish.PAUSE:
        move(job.pk, job.attempt, FineTuneJob.OPEN, state=State.PAUSED, wish="")
    elif job.losses + 1 >= settings.MAX_ATTEMPTS:
        if fail(job, *WORKER_LOST):
            AuditEvent.record("finetune.end", on=job, outcome="failed")
    elif requeue(job, FineTuneJob.OPEN, losses=job.losses + 1):
        log.warning("Job %s was lost; it is sent again.", job.pk)
        AuditEvent.record("finetune.resend", on=job, attempt=job.attempt + 1)


def is_waiting(job: FineTuneJob) -> bool:
    """Its message is on the queue still."""
    waiting: Any = connection().lrange(TRAINING_QUEUE, 0, -1)
    ids = (json.loads(message).get("headers", {}).get("id") for message in waiting)
    return f"{job.pk}.{job.attempt}" in ids
