"""Moving jobs on: asking once the slides are prepared, ending once all is answered."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.jobs.models import Job, JobQuestion
from webapp.jobs.services.ending import end
from webapp.jobs.services.inputs import settled_slides
from webapp.questions.models import Question
from webapp.questions.services import ask_question
from webapp.slides.models import Slide

log = logging.getLogger(__name__)
State = Job.State
STOPPED = "Somebody stopped the question before it was answered."


def advance_jobs(jobs: Iterable[UUID]) -> int:
    """Move each of these on as far as it goes; returns how many changed state."""
    return sum(advance(pk) for pk in jobs)


def advance(job_id: UUID) -> bool:
    """Move a job on as far as it goes; False when it stays where it is."""
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(of=("self",))
            .select_related("owner", "model_version")
            .filter(pk=job_id, state__in=Job.OPEN)
            .first()
        )
        if job is None:
            return False
        has_begun = job.state == State.QUEUED and _begin(job)
        has_ended = job.state == State.RUNNING and _end_if_done(job)
    return has_begun or has_ended


def _begin(job: Job) -> bool:
    try:
        slides = settled_slides(job)
    except DragonflyError as gone:
        return _fail(job, gone.code, gone.message)
    if slides is None:
        return _fail_if_late(job)
    number = 0
    for slide in slides:
        for asked in job.asked:
            number += 1
            _ask(job, number, slide, asked)
    job.state, job.started_at = State.RUNNING, timezone.now()
    job.save(update_fields=["state", "started_at", "updated_at"])
    return True


def _ask(job: Job, number: int, slide: Slide, asked: dict[str, Any]) -> None:
    item = JobQuestion(job=job, number=number, slide=slide, **asked)
    try:
        refuse_unusable(slide)
        done = ask_question(
            asker=job.owner,
            slide=slide,
            text=item.text,
            scope=item.scope,
            region=item.rectangle,
            again=job.again,
            model_version=job.model_version,
            priority=job.priority,
        )
        item.question, item.is_ours = done.question, not done.is_existing
    except DragonflyError as refused:
        item.failure_code, item.failure_message = refused.code, refused.message
    item.save()


def refuse_unusable(slide: Slide) -> None:
    """Raise what kept the slide from being prepared.

    Raises:
        DragonflyError: the ingest's own code.
    """
    if slide.state == Slide.State.FAILED:
        raise DragonflyError(slide.failure_code, slide.failure_message)


def _end_if_done(job: Job) -> bool:
    items = list(job.items.select_related("question"))
    if any(item.question and item.question.is_open for item in items):
        return False
    failure = next(filter(None, map(failure_of, items)), None)
    if failure:
        return _fail(job, *failure)
    return end(job, (State.RUNNING,), State.SUCCEEDED)


def failure_of(item: JobQuestion) -> tuple[str, str] | None:
    """Code and words of a question that has no answer and will have none."""
    question = item.question
    if item.failure_code:
        return item.failure_code, item.failure_message
    if question is None:
        return "QUESTION_GONE", "The question was deleted."
    if question.state == Question.State.FAILED:
        return question.failure_code, question.failure_message
    stopped = question.state == Question.State.STOPPED
    return ("QUESTION_STOPPED", STOPPED) if stopped else None


def _fail_if_late(job: Job) -> bool:
    longest = timedelta(hours=settings.LONGEST_JOB_WAIT_HOURS)
    if job.created_at > timezone.now() - longest:
        return False
    hours = settings.LONGEST_JOB_WAIT_HOURS
    message = f"The slide was not there and prepared within {hours} hours."
    return _fail(job, "SLIDE_NOT_READY", message)


def _fail(job: Job, code: str, message: str) -> bool:
    return end(job, Job.OPEN, State.FAILED, failure_code=code, failure_message=message)
