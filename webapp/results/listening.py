"""What the parts below tell, as reports to be made."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.dispatch import receiver

from webapp.questions.happened import question_ended
from webapp.questions.models import Question
from webapp.results.services.automatic import send_report
from webapp.reviews.happened import review_written
from webapp.reviews.models import Review


@receiver(question_ended)
def question_has_ended(question: Question, **_: Any) -> None:
    """Report on an answer."""
    if settings.REPORT_ANSWERS and question.state == Question.State.ANSWERED:
        send_report(question)


@receiver(review_written)
def review_was_written(review: Review, **_: Any) -> None:
    """Report anew, with what the person said."""
    if settings.REPORT_ANSWERS:
        send_report(review.question)
