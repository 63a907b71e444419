"""A report of each answer and of each review, without anybody asking for it."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from dragonfly.errors import DragonflyError
from webapp.celery import app
from webapp.dicomweb.models import Series
from webapp.questions.models import Question
from webapp.results.models import ResultFailure, ResultObject
from webapp.results.services.making import make_result
from webapp.reviews.models import Review

REPORT = "webapp.results.report"
MOST_TRIES = 3
AT_ONCE = 50
RECENT = timedelta(days=1)
log = logging.getLogger(__name__)


def send_report(question: Question) -> None:
    """Report on a slide that came as DICOM; without a queue the clock does it."""
    if not Series.objects.filter(slide=question.slide_id).exists():
        return
    try:
        app.send_task(REPORT, args=(str(question.pk),), retry=False, expires=600)
    except (RedisError, OperationalError):
        log.warning("The queue does not answer; the report of %s waits.", question.pk)


def report_on(question_id: UUID) -> ResultObject | None:
    """Make the newest report; None if it cannot be made, which is noted."""
    question = Question.objects.filter(pk=question_id).first()
    if question is None or question.state != Question.State.ANSWERED:
        return None
    try:
        report = make_result(question, ResultObject.Kind.SR)
    except DragonflyError as error:
        _note(question, error)
        return None
    ResultFailure.objects.filter(question=question).delete()
    return report


def _note(question: Question, error: DragonflyError) -> None:
    failure, _ = ResultFailure.objects.get_or_create(question=question)
    ResultFailure.objects.filter(pk=failure.pk).update(
        code=error.code,
        message=error.message,
        tries=F("tries") + 1,
        updated_at=timezone.now(),
    )
    log.warning("No report of question %s: %s", question.pk, error.code)


def report_missed() -> int:
    """Report on what was answered or reviewed unseen; how many were sent."""
    if not settings.REPORT_ANSWERS:
        return 0
    since = timezone.now() - RECENT
    this = OuterRef("pk")
    reviews = Review.objects.filter(question=this).order_by("-created_at")
    given_up = ResultFailure.objects.filter(question=this, tries__gte=MOST_TRIES)
    told = ResultObject.objects.filter(question=this, kind=ResultObject.Kind.SR)
    missed = (
        Question.objects.annotate(newest=Subquery(reviews.values("pk")[:1]))
        .annotate(
            has_report=Exists(told),
            has_verified=Exists(told.filter(review=OuterRef("newest"))),
        )
        .filter(
            Q(ended_at__gt=since) | Exists(reviews.filter(created_at__gt=since)),
            Q(newest=None, has_report=False)
            | Q(newest__isnull=False, has_verified=False),
            Exists(Series.objects.filter(slide=OuterRef("slide"))),
            state=Question.State.ANSWERED,
        )
        .exclude(Exists(given_up))
    )
    found = list(missed[:AT_ONCE])
    for question in found:
        send_report(question)
    return len(found)
