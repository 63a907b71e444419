"""How far a question is: its place in the queue, how long it may take, who is at it."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

from django.db.models import Q
from redis.exceptions import RedisError

from webapp.questions.models import Question
from webapp.questions.workers import is_alive, live_workers

LAST_ANSWERED = 20


def place_of(question: Question) -> int:
    """1 for the next to be taken."""
    more_urgent = Q(priority__lt=question.priority)
    earlier = Q(priority=question.priority, created_at__lt=question.created_at)
    queued = Question.objects.filter(state=Question.State.QUEUED)
    return queued.filter(more_urgent | earlier).count() + 1


def usual_seconds() -> float | None:
    """The median time of the last answers; None before the first one."""
    times = Question.objects.filter(
        state=Question.State.ANSWERED, started_at__isnull=False
    ).order_by("-ended_at")
    pairs = times.values_list("started_at", "ended_at")[:LAST_ANSWERED]
    seconds = [(end - start).total_seconds() for start, end in pairs if end and start]
    return median(seconds) if seconds else None


def queue_of(question: Question, workers: int = 1) -> dict[str, Any]:
    """{"place", "eta_s"}: seconds until it is taken, None when nobody can tell."""
    place, each_s = place_of(question), usual_seconds()
    running = Question.objects.filter(state__in=Question.RUNNING).count()
    if each_s is None:
        return {"place": place, "eta_s": None}
    # Those under way are, on average, half done.
    ahead_s = (place - 1 + running / 2) * each_s
    return {"place": place, "eta_s": math.ceil(ahead_s / max(1, workers))}


def progress_of(question: Question) -> dict[str, Any]:
    """What a page is told when nothing happens: slow, waiting, or is nobody there?

    "worker" is "busy" with this question, "waiting" for one, "gone" when the one that
    was at it is no longer heard of, "none" when there is none at all, or "unknown"
    while the queue does not answer.
    """
    told: dict[str, Any] = {"state": question.state, "attempt": question.attempt}
    if question.state == Question.State.QUEUED:
        told |= queue_of(question)
    try:
        return told | {"worker": _worker_of(question)}
    except RedisError:
        return told | {"worker": "unknown"}


def _worker_of(question: Question) -> str:
    if is_alive(question):
        return "busy"
    if question.state != Question.State.QUEUED:
        return "gone"
    return "waiting" if live_workers() else "none"
