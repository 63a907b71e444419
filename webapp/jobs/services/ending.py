"""Ending a job, and telling those who wait for it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from webapp.audit.models import AuditEvent
from webapp.event_stream import append
from webapp.jobs.happened import job_ended
from webapp.jobs.models import Job
from webapp.webhooks.services import announce

log = logging.getLogger(__name__)


def job_stream(job_id: UUID | str) -> str:
    """Key of the stream in which the end of a job is told."""
    return f"job:{job_id}:events"


def end(job: Job, expected: Iterable[str], state: str, **changes: Any) -> bool:
    """Move to an end; False when it is not in one of the `expected` states."""
    with transaction.atomic():
        ended = Job.objects.filter(pk=job.pk, state__in=tuple(expected)).update(
            state=state,
            ended_at=timezone.now(),
            updated_at=timezone.now(),
            **changes,
        )
        if not ended:
            return False
        code = changes.get("failure_code", "")
        AuditEvent.record("job.end", on=job, outcome=state, code=code)
        told = {"id": str(job.pk), "state": state, "failure_code": code}
        announce(job.owner, f"job.{state}", told)
        transaction.on_commit(partial(tell_end, job.pk))
    job.refresh_from_db()
    return True


def tell_end(job_id: UUID) -> None:
    """Wake those who wait. Without the queue they learn it from the row."""
    job = Job.objects.select_related("owner").get(pk=job_id)
    try:
        append(job_stream(job_id), job.state)
    except RedisError:
        log.warning("The end of job %s could not be told.", job_id)
    job_ended.send_robust(Job, job=job)
