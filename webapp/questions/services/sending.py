"""Putting a question on the inference queue."""

from __future__ import annotations

import logging
from dataclasses import asdict
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from inference_worker.messages import (
    ANSWER_QUESTION,
    STREAM_SECONDS,
    AnswerRequest,
    RegionFields,
    attempt_key,
    event_stream,
)
from webapp.broker import connection
from webapp.celery import app
from webapp.event_stream import append
from webapp.questions.models import Question
from webapp.questions.progress import queue_of
from webapp.questions.workers import message_name

log = logging.getLogger(__name__)
PATIENCE = {"max_retries": 2, "interval_start": 0.05, "interval_max": 0.2}
"""A page waits for this; what cannot be sent now is sent by the sweeper."""


def send_on_commit(question_id: UUID | str, attempt: int) -> None:
    """Send this attempt as soon as its row is committed."""
    transaction.on_commit(partial(send_question, question_id, attempt))


def send_question(question_id: UUID | str, attempt: int) -> bool:
    """Tell those who watch, then the workers; False when the queue is away."""
    question = (
        Question.objects.select_related("slide", "model_version")
        .filter(pk=question_id, attempt=attempt, state=Question.State.QUEUED)
        .first()
    )
    if question is None:
        return False
    key = str(question_id)
    try:
        connection().set(attempt_key(key), attempt, ex=STREAM_SECONDS)
        queued = {"state": question.state, **queue_of(question)}
        append(event_stream(key), "state", queued, attempt=attempt)
        app.send_task(
            ANSWER_QUESTION,
            kwargs=request_of(question).fields(),
            task_id=message_name(question_id, attempt),
            priority=question.priority,
            retry=True,
            retry_policy=PATIENCE,
        )
    except (RedisError, OperationalError):
        log.warning("Question %s could not be sent; it will be sent later.", key)
        return False
    sent = Question.objects.filter(pk=question_id, attempt=attempt)
    return bool(sent.update(sent_at=timezone.now()))


def request_of(question: Question) -> AnswerRequest:
    """The message of the newest attempt."""
    version, region = question.model_version, question.region
    return AnswerRequest(
        question_id=str(question.pk),
        attempt=question.attempt,
        slide_path=question.slide.entry,
        slide_digest=question.slide_digest,
        text=question.text,
        region=RegionFields(**asdict(region)) if region else None,
        model_digest=version.digest if version else None,
        model_path=version.path if version else None,
        max_new_tokens=settings.MAX_NEW_TOKENS,
        temperature=question.temperature,
        seed=question.seed,
    )
