"""Stopping a question."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from inference_worker.messages import STREAM_SECONDS, stop_key
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.questions.models import Question
from webapp.questions.services.moving import end
from webapp.questions.workers import is_claimed

log = logging.getLogger(__name__)


def stop_question(
    *, question: Question, actor: User, address: str | None = None
) -> bool:
    """Ask for it to stop; True if nobody had asked before and it was open.

    A question that no worker has taken ends at once. Otherwise the worker stops, sends
    what it has written, and that ends it.
    """
    with transaction.atomic():
        rows = Question.objects.filter(
            pk=question.pk, state__in=Question.OPEN, stop_requested_at=None
        )
        if not rows.update(stop_requested_at=timezone.now()):
            return False
        AuditEvent.record("question.stop", actor=actor, on=question, address=address)
        transaction.on_commit(lambda: ask_worker(question))
    return True


def ask_worker(question: Question) -> None:
    """Leave the sign that the worker looks for, then see whether there is one."""
    try:
        connection().set(stop_key(str(question.pk)), 1, ex=STREAM_SECONDS)
        is_taken = is_claimed(question)
    except RedisError:
        log.warning("Question %s cannot be stopped just now.", question.pk)
        return
    if not is_taken:
        with transaction.atomic():
            queued = (Question.State.QUEUED,)
            end(question.pk, question.attempt, queued, Question.State.STOPPED)
