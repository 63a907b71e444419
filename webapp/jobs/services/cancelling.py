"""Cancelling a job."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job, JobQuestion
from webapp.jobs.services.ending import end
from webapp.questions.models import Question
from webapp.questions.services import stop_question


def cancel_job(job: Job, actor: User, *, address: str | None = None) -> bool:
    """End it now; False when it had ended.

    Questions that were asked for this job alone are stopped; what others wait for too
    goes on.
    """
    with transaction.atomic():
        if not end(job, Job.OPEN, Job.State.CANCELLED):
            return False
        AuditEvent.record("job.cancel", actor=actor, on=job, address=address)
        transaction.on_commit(partial(_stop_questions, job, actor))
    return True


def _stop_questions(job: Job, actor: User) -> None:
    for question in Question.objects.filter(
        state__in=Question.OPEN, job_items__job=job, job_items__is_ours=True
    ):
        others = JobQuestion.objects.filter(question=question, job__state__in=Job.OPEN)
        if not others.exists():
            stop_question(question=question, actor=actor)
