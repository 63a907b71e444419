"""Submitting a job."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from dragonfly.errors import DragonflyError, QuestionError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.delivery.models import Destination
from webapp.jobs.models import Job
from webapp.jobs.services.advancing import advance
from webapp.questions.models import Question
from webapp.questions.services.asking import checked_text
from webapp.slides.models import Slide, Upload
from webapp.training.models import ModelVersion


@dataclass(frozen=True)
class Wish:
    """What a job is to be about, and what it asks. One input is named."""

    asked: list[dict[str, Any]]
    slide: Slide | None = None
    upload: Upload | None = None
    study_uid: str = ""
    series_uid: str = ""
    instance_uid: str = ""
    model_version: ModelVersion | None = None
    again: bool = False
    priority: int = Question.Priority.MEDIUM
    destinations: list[Destination] = field(default_factory=list)
    """Where the objects that are made of the answers go."""
    details: dict[str, Any] = field(default_factory=dict)
    """For the audit: where it came from, if not from a person or a program."""


def submit_job(owner: User, wish: Wish, *, address: str | None = None) -> Job:
    """Record the job; its questions are asked as soon as its slides are prepared.

    Raises:
        QuestionError: QUESTION_EMPTY, QUESTION_TOO_LONG or REGION_MISSING.
        DragonflyError: QUEUE_FULL.
    """
    asked = [_checked(question) for question in wish.asked]
    refuse_when_full()
    with transaction.atomic():
        job = Job.objects.create(
            owner=owner,
            slide=wish.slide,
            upload=wish.upload,
            study_uid=wish.study_uid,
            series_uid=wish.series_uid,
            instance_uid=wish.instance_uid,
            asked=asked,
            model_version=wish.model_version,
            again=wish.again,
            priority=wish.priority,
        )
        job.destinations.set(wish.destinations)
        AuditEvent.record(
            "job.create", actor=owner, on=job, address=address, **wish.details
        )
        advance(job.pk)
    job.refresh_from_db()
    return job


def _checked(question: dict[str, Any]) -> dict[str, Any]:
    scope = question.get("scope", Question.Scope.SLIDE)
    region = question.get("region")
    if scope != Question.Scope.SLIDE and region is None:
        raise QuestionError(
            "REGION_MISSING", "Name a region, or ask about the whole slide."
        )
    text = checked_text(question["text"])
    whole = scope == Question.Scope.SLIDE
    return {"text": text, "scope": scope, "region": None if whole else region}


def refuse_when_full() -> None:
    """Keep what waits to what can be answered in a day or so.

    Raises:
        DragonflyError: QUEUE_FULL.
    """
    waiting = Job.objects.filter(state__in=Job.OPEN).count()
    if waiting >= settings.MOST_OPEN_JOBS:
        raise DragonflyError(
            "QUEUE_FULL",
            f"{waiting} jobs are waiting or running, and no more are taken just now. "
            "Try again later.",
        )
