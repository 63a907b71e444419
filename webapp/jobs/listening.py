"""What the parts below tell, as steps of jobs."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from webapp.dicomweb.models import Series
from webapp.jobs.delivering import deliver_result
from webapp.jobs.models import Job
from webapp.jobs.services import advance_jobs
from webapp.questions.happened import question_ended
from webapp.questions.models import Question
from webapp.results.happened import result_made
from webapp.results.models import ResultObject
from webapp.slides.happened import slide_settled
from webapp.slides.models import Slide


@receiver(slide_settled)
def slide_is_settled(slide: Slide, **_: Any) -> None:
    """Ask what waited for it."""
    studies = Series.objects.filter(slide=slide).values("study__uid")
    waiting = Job.objects.filter(
        Q(slide=slide) | Q(upload__slide=slide) | Q(study_uid__in=studies),
        state=Job.State.QUEUED,
    )
    advance_jobs(waiting.values_list("pk", flat=True))


@receiver(question_ended)
def question_has_ended(question: Question, **_: Any) -> None:
    """End the jobs of which it was the last."""
    waiting = Job.objects.filter(items__question=question, state=Job.State.RUNNING)
    advance_jobs(waiting.distinct().values_list("pk", flat=True))


@receiver(result_made)
def result_was_made(result: ResultObject, **_: Any) -> None:
    """Send it where the job wants it."""
    deliver_result(result)
