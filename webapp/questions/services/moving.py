"""The one conditional update that every change of state is made of."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from inference_worker.messages import event_stream, stop_key
from webapp.broker import connection
from webapp.event_stream import append
from webapp.questions.happened import question_ended
from webapp.questions.history import end_data
from webapp.questions.models import Question

log = logging.getLogger(__name__)


def move(
    question_id: UUID | str, at_attempt: int, expected: Iterable[str], **changes: Any
) -> bool:
    """Change the row if it is at this attempt and in one of the `expected` states."""
    rows = Question.objects.filter(
        pk=question_id, attempt=at_attempt, state__in=tuple(expected)
    )
    return rows.update(updated_at=timezone.now(), **changes) == 1


def end(
    question_id: UUID | str,
    attempt: int,
    expected: Iterable[str],
    state: str,
    **changes: Any,
) -> bool:
    """Move to an end, and tell those who watch once that is committed."""
    ended = move(
        question_id,
        attempt,
        expected,
        state=state,
        ended_at=timezone.now(),
        **changes,
    )
    if ended:
        transaction.on_commit(lambda: tell_end(question_id))
    return ended


def tell_end(question_id: UUID | str) -> None:
    """Append the last event. Without it pages learn the end from the row."""
    question = Question.objects.select_related("answer").get(pk=question_id)
    key = str(question_id)
    try:
        append(
            event_stream(key),
            question.state,
            end_data(question),
            attempt=question.attempt,
        )
        connection().delete(stop_key(key))
    except RedisError:
        log.warning("The end of question %s could not be told.", key)
    question_ended.send_robust(Question, question=question)
