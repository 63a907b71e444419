"""The sweeper: sends what was never sent, sends again what was lost, ends the rest.

A question is lost when its message is neither waiting nor taken, or when it was taken
and the worker is no longer heard of. Who decides is this page alone.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.questions.history import written_text
from webapp.questions.models import Question
from webapp.questions.services.moving import end, move
from webapp.questions.services.sending import send_on_commit, send_question
from webapp.questions.workers import (
    is_alive,
    is_claimed,
    message_name,
    waiting_messages,
)

log = logging.getLogger(__name__)
State = Question.State
WORKER_LOST = (
    "The worker that was answering was lost, and so were those that tried again. Ask "
    "again; if it happens again, tell an administrator."
)


def resend_lost_questions() -> int:
    """Look at every open question of which nothing was heard; returns how many moved.

    While the queue is away, or has just come back and workers have not yet been heard
    of again, nobody can tell what was lost.
    """
    try:
        server: Any = connection().info("server")
        if server["uptime_in_seconds"] < settings.LOST_AFTER_SECONDS:
            return 0
        waiting = set(waiting_messages())
        return sum(sweep(question, waiting) for question in silent_questions())
    except RedisError:
        log.warning("The queue is away; the sweep waits.")
        return 0


def silent_questions() -> list[Question]:
    """Open ones that have not moved lately."""
    before = timezone.now() - timedelta(seconds=settings.LOST_AFTER_SECONDS)
    return list(Question.objects.filter(state__in=Question.OPEN, updated_at__lt=before))


def sweep(question: Question, waiting: set[str]) -> bool:
    """Do what one silent question needs; False when that is nothing."""
    is_waiting = message_name(question.pk, question.attempt) in waiting
    if question.stop_requested_at and (is_waiting or not is_alive(question)):
        return close_as_stopped(question)
    if is_waiting or is_alive(question):
        return False
    was_sent = question.sent_at is not None or question.state != State.QUEUED
    if not was_sent and not is_claimed(question):
        return send_question(question.pk, question.attempt)
    return resend_or_fail(question)


def close_as_stopped(question: Question) -> bool:
    """A stop that no worker will confirm."""
    text = written_text(question)
    with transaction.atomic():
        return end(
            question.pk,
            question.attempt,
            Question.OPEN,
            State.STOPPED,
            partial_text=text,
        )


def resend_or_fail(question: Question) -> bool:
    """Another attempt, while there are any left."""
    name, attempt = question.pk, question.attempt
    if attempt >= settings.MAX_ATTEMPTS:
        return fail_as_lost(question)
    with transaction.atomic():
        moved = move(
            name,
            attempt,
            (question.state,),
            state=State.QUEUED,
            attempt=attempt + 1,
            step=0,
            steps=0,
            sent_at=None,
            started_at=None,
        )
        if moved:
            log.warning("Question %s was lost; attempt %s follows.", name, attempt + 1)
            AuditEvent.record("question.resend", on=question, attempt=attempt + 1)
            send_on_commit(name, attempt + 1)
    return moved


def fail_as_lost(question: Question) -> bool:
    """No attempt is left."""
    text = written_text(question)
    with transaction.atomic():
        failed = end(
            question.pk,
            question.attempt,
            Question.OPEN,
            State.FAILED,
            failure_code="WORKER_LOST",
            failure_message=WORKER_LOST,
            is_retryable=True,
            partial_text=text,
        )
        if failed:
            AuditEvent.record("question.end", on=question, outcome="failed")
    return failed
