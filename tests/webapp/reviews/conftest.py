"""Answered questions of Alice's, which Bob may see and Charlie may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_question, make_slide, make_user
from webapp.accounts.models import User
from webapp.questions.models import Answer, EvidenceRegion, Question
from webapp.reviews.models import SlideUse
from webapp.slides.models import Slide, SlideAccess


@pytest.fixture
def root(db: None) -> User:
    return make_user("root", User.Role.ADMIN)


@pytest.fixture
def as_root(root: User) -> Client:
    return signed_in(root)


def make_answered(slide: Slide, text: str = "No necrosis.", **fields: Any) -> Question:
    """A question with an answer and evidence 1."""
    question = make_question(slide, state=Question.State.ANSWERED, **fields)
    Answer.objects.create(question=question, text=text, intended_use="Research.")
    EvidenceRegion.objects.create(
        question=question,
        number=1,
        kind="selected",
        rule="novelty",
        score=1.0,
        x=0,
        y=0,
        width=64,
        height=64,
        resolution="high",
        downsample=1.0,
    )
    return question


@pytest.fixture
def question(alice: User, bob: User) -> Question:
    slide = make_slide(alice)
    SlideAccess.objects.create(slide=slide, user=bob)
    return make_answered(slide)


@pytest.fixture
def review() -> Callable[..., Any]:
    """Review through REST."""

    def post(client: Client, question: Question, **fields: Any) -> Any:
        body = {"verdict": "wrong", "corrected_answer": "Yes, necrosis."} | fields
        return client.post(
            f"/api/v1/questions/{question.pk}/reviews",
            body,
            content_type="application/json",
        )

    return post


def allow(slide: Slide, patient: str = "", **fields: Any) -> SlideUse:
    """Consent was given and the pixels were checked."""
    plain = {"consent": "given", "is_deidentified": True, "set_by": slide.owner}
    return SlideUse.objects.create(
        slide_digest=slide.digest, patient=patient, **(plain | fields)
    )
