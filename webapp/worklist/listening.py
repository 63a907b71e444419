"""What the parts below tell, as steps of workitems."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from webapp.jobs.happened import job_ended
from webapp.jobs.models import Job
from webapp.worklist.services import follow


@receiver(job_ended)
def job_has_ended(job: Job, **_: Any) -> None:
    follow(job)
