"""`Asked`: one question that has ended, as far as drift needs to know it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from webapp.questions.models import Question
from webapp.reviews.models import Review

UNFAMILIAR = "PICTURE_UNFAMILIAR"
"""The note of an answer that says only that the model does not know such pictures."""
ENDED = (Question.State.ANSWERED, Question.State.FAILED)
"""What a person has stopped speaks neither for nor against a version."""


@dataclass(frozen=True)
class Asked:
    """Answered or failed, in the week that begins on the Monday `week` (UTC)."""

    week: date
    version: int
    slide: UUID
    is_answered: bool
    has_abstained: bool
    distance: float | None
    """To the pictures of the training, in units of the version's own threshold."""
    verdicts: tuple[str, ...] = ()
    """Of each person's current review."""


def monday(moment: datetime) -> date:
    """Of its week, in UTC."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def first_day(weeks: int) -> date:
    """The Monday on which the last so many weeks began; this week is one of them."""
    return monday(timezone.now()) - timedelta(weeks=weeks - 1)


def asked_since(day: date) -> Iterator[Asked]:
    """Every question with a version that ended on that day or later."""
    since = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    verdicts = _verdicts_since(since)
    rows = Question.objects.filter(
        ended_at__gte=since, state__in=ENDED, model_version__isnull=False
    ).values_list(
        "pk",
        "ended_at",
        "model_version_id",
        "slide_id",
        "state",
        "answer__notes",
        "answer__provenance__familiarity",
    )
    for pk, ended_at, version, slide, state, notes, familiarity in rows.iterator():
        assert ended_at is not None  # noqa: S101 -- the filter leaves the others out
        yield Asked(
            week=monday(ended_at),
            version=version,
            slide=slide,
            is_answered=state == Question.State.ANSWERED,
            has_abstained=UNFAMILIAR in _codes(notes),
            distance=_distance(familiarity),
            verdicts=tuple(verdicts.get(pk, ())),
        )


def _verdicts_since(since: datetime) -> dict[UUID, list[str]]:
    reviews = Review.objects.filter(is_current=True, question__ended_at__gte=since)
    found: dict[UUID, list[str]] = {}
    for question, verdict in reviews.values_list("question_id", "verdict"):
        found.setdefault(question, []).append(verdict)
    return found


def _codes(notes: Any) -> set[str]:
    listed = notes if isinstance(notes, list) else []
    return {str(n.get("code")) if isinstance(n, dict) else str(n) for n in listed}


def _distance(familiarity: Any) -> float | None:
    if not isinstance(familiarity, dict):
        return None
    distance, threshold = familiarity.get("distance"), familiarity.get("threshold")
    if not isinstance(distance, int | float) or not isinstance(threshold, int | float):
        return None
    return distance / threshold if threshold > 0 else None
