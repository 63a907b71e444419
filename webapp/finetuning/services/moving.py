"""The one conditional update that every change of state is made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from webapp.finetuning.models import FineTuneJob


def move(job_id: Any, at_attempt: int, expected: Iterable[str], **changes: Any) -> bool:
    """Change the row if it is at this attempt and in one of the `expected` states."""
    rows = FineTuneJob.objects.filter(
        pk=job_id, attempt=at_attempt, state__in=tuple(expected)
    )
    return rows.update(updated_at=timezone.now(), **changes) == 1


def requeue(job: FineTuneJob, expected: Iterable[str], **changes: Any) -> bool:
    """Let a new attempt wait for its turn."""
    return move(
        job.pk,
        job.attempt,
        expected,
        state=FineTuneJob.State.QUEUED,
        attempt=job.attempt + 1,
        sent_at=None,
        wish="",
        note="",
        eta_s=None,
        **changes,
    )
