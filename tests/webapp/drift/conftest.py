"""Questions that ended in chosen weeks, as workers and people left them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.webapp.factories import make_model_version, make_question, make_slide
from webapp.accounts.models import User
from webapp.drift.asked import monday
from webapp.questions.models import Answer, Question
from webapp.reviews.models import Review
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion

Ended = Callable[..., list[Question]]


@pytest.fixture
def version(db: None) -> ModelVersion:
    return make_model_version(name="mini")


@pytest.fixture
def slide(alice: User) -> Slide:
    return make_slide(alice, vendor="aperio")


def in_week(ago: int) -> datetime:
    """The first hour of the week that began so many weeks ago."""
    day = monday(timezone.now()) - timedelta(weeks=ago)
    return datetime.combine(day, datetime.min.time(), UTC)


@pytest.fixture
def ended(version: ModelVersion, slide: Slide, bob: User) -> Ended:
    """So many questions that ended so many weeks ago."""

    def make(ago: int, count: int = 1, **told: Any) -> list[Question]:
        made = []
        for _ in range(count):
            question = make_question(
                told.get("slide", slide),
                model_version=told.get("version", version),
                state=told.get("state", "answered"),
                ended_at=in_week(ago),
            )
            if question.state == Question.State.ANSWERED:
                Answer.objects.create(
                    question=question,
                    text="No.",
                    notes=told.get("notes", []),
                    provenance={"familiarity": told.get("familiarity")},
                )
            if verdict := told.get("verdict"):
                Review.objects.create(question=question, reviewer=bob, verdict=verdict)
            made.append(question)
        return made

    return make
