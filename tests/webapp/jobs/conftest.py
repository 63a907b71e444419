"""A program of Alice's that submits jobs about a slide of hers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.webapp.factories import make_slide
from tests.webapp.questions.conftest import answered
from webapp.accounts.models import User
from webapp.jobs.models import Job
from webapp.questions.models import Question
from webapp.questions.services import record_reply
from webapp.slides.models import Slide

Submit = Callable[..., Any]
Commit = Any


@pytest.fixture
def slide(alice: User) -> Slide:
    return make_slide(alice, mpp_x=0.5, mpp_y=0.25)


@pytest.fixture
def submit(
    as_alice: Client, slide: Slide, valkey: str, django_capture_on_commit_callbacks: Any
) -> Submit:
    """Submit through REST; what is queued on commit is really queued."""

    def post(
        client: Client | None = None,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> Any:
        body = {
            "input": {"slide": str(slide.pk)},
            "questions": [{"text": "Is there necrosis?"}],
        } | fields
        with django_capture_on_commit_callbacks(execute=True):
            return (client or as_alice).post(
                "/api/v1/jobs", body, content_type="application/json", headers=headers
            )

    return post


@pytest.fixture
def reply(django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """A worker's reply to each question of a job that is open."""

    def end(job: Job, **fields: Any) -> None:
        open_ones = Question.objects.filter(
            job_items__job=job, state__in=Question.OPEN
        ).distinct()
        for question in open_ones:
            with django_capture_on_commit_callbacks(execute=True):
                record_reply(answered(question, **fields))

    return end
