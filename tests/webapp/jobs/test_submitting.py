"""Submitting: what is taken, what is refused, and what waits."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from dragonfly.geometry import Region
from tests.webapp.factories import make_model_version, make_question, make_slide
from tests.webapp.jobs.conftest import Submit
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job
from webapp.questions.models import Question
from webapp.questions.workers import waiting_messages
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion


def test_a_job_is_taken_and_its_question_is_queued(submit: Submit) -> None:
    response = submit()
    job, question = Job.objects.get(), Question.objects.get()
    assert response.status_code == 202
    assert response["Location"] == f"/api/v1/jobs/{job.pk}"
    assert int(response["Retry-After"]) > 0
    assert list(waiting_messages()) == [f"{question.pk}.1"]
    body = response.json()
    assert (body["state"], body["stage"], body["progress"]) == ("running", "waiting", 0)
    assert body["intended_use"].startswith("Research use only.")


def test_several_questions_are_asked_in_order(submit: Submit) -> None:
    asked = [{"text": "Which organ?"}, {"text": "Which stain?"}]
    body = submit(questions=asked).json()
    assert [item["text"] for item in body["questions"]] == [
        "Which organ?",
        "Which stain?",
    ]
    assert Question.objects.count() == 2


@pytest.mark.parametrize("priority", ["high", "low"])
def test_its_questions_have_its_priority(submit: Submit, priority: str) -> None:
    assert submit(priority=priority).json()["priority"] == priority
    assert Question.objects.get().priority == Question.Priority[priority.upper()]


def test_without_one_it_goes_after_people_and_before_rules(submit: Submit) -> None:
    assert submit().json()["priority"] == "medium"
    assert Question.objects.get().priority == Question.Priority.MEDIUM


@pytest.mark.parametrize("priority", ["urgent", 3, None, ["high"]])
def test_a_priority_that_is_none_is_refused(submit: Submit, priority: Any) -> None:
    refused = submit(priority=priority)
    assert (refused.status_code, Job.objects.count()) == (400, 0)


def test_a_region_is_asked_about(submit: Submit) -> None:
    region = {"x": 10, "y": 20, "width": 300, "height": 200}
    submit(questions=[{"text": "What?", "scope": "rectangle", "region": region}])
    assert Question.objects.get().region == Region(**region)


def test_a_named_model_version_answers(submit: Submit) -> None:
    make_model_version()
    older = make_model_version(state=ModelVersion.State.RETIRED)
    submit(model_version=older.digest)
    assert Question.objects.get().model_version == older


def test_a_candidate_answers_administrators_alone(
    submit: Submit, alice: User, as_alice: Client
) -> None:
    candidate = make_model_version(state=ModelVersion.State.CANDIDATE)
    assert submit(model_version=candidate.digest).status_code == 400
    alice.role = User.Role.ADMIN
    alice.save()
    assert submit(model_version=candidate.digest).status_code == 202


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"input": {}}, 400, "INVALID"),
        ({"input": {"slide": str(uuid.uuid4())}}, 404, "NOT_FOUND"),
        ({"input": {"upload": str(uuid.uuid4())}}, 404, "NOT_FOUND"),
        ({"input": {"study": "1.2.3"}}, 404, "NOT_FOUND"),
        ({"input": {"study": "../../etc"}}, 400, "INVALID"),
        ({"input": {"series": "1.2.3"}}, 400, "INVALID"),
        ({"questions": []}, 400, "INVALID"),
        ({"questions": [{"text": "x"}] * 21}, 400, "INVALID"),
        ({"questions": [{"text": " "}]}, 400, "INVALID"),
        ({"questions": [{"text": "x" * 2001}]}, 400, "QUESTION_TOO_LONG"),
        ({"questions": [{"text": "x", "scope": "view"}]}, 400, "REGION_MISSING"),
        ({"model_version": "sha256-none"}, 400, "INVALID"),
    ],
)
def test_what_cannot_be_done_is_refused(
    submit: Submit, fields: dict[str, Any], status: int, code: str
) -> None:
    response = submit(**fields)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert not Job.objects.exists()


def test_a_stranger_finds_neither_slide_nor_job(
    submit: Submit, as_charlie: Client
) -> None:
    assert submit(as_charlie).status_code == 404
    address = submit()["Location"]
    assert as_charlie.get(address).status_code == 404
    assert as_charlie.delete(address).status_code == 404
    assert as_charlie.get(f"{address}/result").status_code == 404
    assert as_charlie.get("/api/v1/jobs").json()["results"] == []


def test_a_full_queue_says_when_to_come_again(
    submit: Submit, settings: Settings
) -> None:
    settings.MOST_OPEN_JOBS = 1
    submit()
    response = submit()
    assert (response.status_code, response.json()["code"]) == (503, "QUEUE_FULL")
    assert int(response["Retry-After"]) > 0


def test_submitting_is_audited_without_the_words(submit: Submit, alice: User) -> None:
    submit(questions=[{"text": "Does Mr Smith have cancer?"}])
    event = AuditEvent.objects.get(action="job.create")
    assert event.actor == alice
    assert "Smith" not in json.dumps(event.details)


def test_a_region_outside_fails_that_question_with_its_reason(submit: Submit) -> None:
    far = {"x": 10**6, "y": 0, "width": 100, "height": 100}
    body = submit(
        questions=[{"text": "x", "scope": "view", "region": far}, {"text": "y"}]
    ).json()
    assert body["questions"][0]["failure"]["code"] == "REGION_OUTSIDE"
    assert body["questions"][1]["failure"] is None
    assert body["state"] == "running"


def test_what_was_answered_before_is_answered_at_once(
    submit: Submit, alice: User, slide: Slide
) -> None:
    make_question(slide, state=Question.State.ANSWERED)
    assert submit().json()["state"] == "succeeded"
    assert submit(again=True).json()["state"] == "running"


def test_a_reader_may_ask_about_what_is_shared(
    submit: Submit, alice: User, as_bob: Client, bob: User
) -> None:
    demo = make_slide(alice, is_demo=True)
    response = submit(as_bob, input={"slide": str(demo.pk)})
    assert response.status_code == 202
