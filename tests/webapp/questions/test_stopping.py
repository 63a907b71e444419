"""Stopping: at once while nobody is at it, by the worker's word otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from inference_worker.messages import claim_key, event_stream, stop_key
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.event_stream import read_after
from webapp.questions.models import Question
from webapp.slides.models import SlideAccess

pytestmark = pytest.mark.usefixtures("valkey")


@pytest.fixture
def stop(question: Question, django_capture_on_commit_callbacks: Any) -> Any:
    def post(client: Client) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(f"/api/v1/questions/{question.pk}/stop")

    return post


def test_a_waiting_question_ends_at_once(
    stop: Any, as_alice: Client, question: Question
) -> None:
    assert stop(as_alice).status_code == 200
    question.refresh_from_db()
    assert question.state == "stopped"
    assert question.ended_at is not None
    assert stop(as_alice).json()["state"] == "stopped"


def test_a_taken_question_waits_for_its_worker(
    stop: Any, as_alice: Client, question: Question
) -> None:
    connection().set(claim_key(str(question.pk), 1), "worker")
    body = stop(as_alice).json()
    assert (body["state"], body["stop_requested_at"] is not None) == ("queued", True)
    assert connection().exists(stop_key(str(question.pk)))
    assert read_after(event_stream(str(question.pk))) == []


def test_stopping_twice_is_one_stop(stop: Any, as_alice: Client) -> None:
    stop(as_alice)
    stop(as_alice)
    assert AuditEvent.objects.filter(action="question.stop").count() == 1


def test_a_colleague_may_not_stop_what_is_not_theirs(stop: Any, as_bob: Client) -> None:
    response = stop(as_bob)
    assert (response.status_code, response.json()["code"]) == (403, "NO_PERMISSION")


def test_who_asked_may_stop(
    stop: Any, as_bob: Client, bob: User, question: Question
) -> None:
    Question.objects.filter(pk=question.pk).update(asker=bob)
    assert as_bob.get(f"/api/v1/questions/{question.pk}").json()["can_stop"]
    assert stop(as_bob).status_code == 200


def test_who_lost_access_may_not_stop(
    stop: Any, as_bob: Client, bob: User, question: Question
) -> None:
    Question.objects.filter(pk=question.pk).update(asker=bob)
    SlideAccess.objects.all().delete()
    assert stop(as_bob).status_code == 404
