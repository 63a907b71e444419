"""A job's way to its end, and what it says on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inference_worker.messages import Progressed, stop_key
from tests.webapp.factories import make_slide, make_user
from tests.webapp.jobs.conftest import Submit
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.jobs.models import Job
from webapp.jobs.services import advance
from webapp.jobs.tasks import sweep
from webapp.questions.models import Question
from webapp.questions.services import record_progress
from webapp.slides.ingest.steps import fail
from webapp.slides.models import Slide, Upload

Reply = Callable[..., None]
PREPARING = Slide.State.PREPARING


@pytest.fixture
def job(submit: Submit) -> Job:
    submit()
    return Job.objects.get()


def seen(client: Client, job: Job) -> Any:
    return client.get(f"/api/v1/jobs/{job.pk}").json()


def test_the_last_answer_ends_it(as_alice: Client, job: Job, reply: Reply) -> None:
    reply(job)
    body = seen(as_alice, job)
    assert (body["state"], body["stage"], body["progress"]) == ("succeeded", "ended", 1)
    assert body["ended_at"] is not None


def test_it_says_how_far_it_is(as_alice: Client, job: Job) -> None:
    question = Question.objects.get()
    record_progress(Progressed(str(question.pk), 1, "zooming", step=1, steps=2))
    body = seen(as_alice, job)
    assert (body["stage"], body["progress"]) == ("answering", 0.5)


def test_a_failed_question_fails_it_with_its_reason(
    as_alice: Client, job: Job, reply: Reply
) -> None:
    reply(job, outcome="failed", code="SLIDE_UNREADABLE", message="It is damaged.")
    body = seen(as_alice, job)
    assert body["state"] == "failed"
    assert body["failure"] == {"code": "SLIDE_UNREADABLE", "message": "It is damaged."}


def test_it_waits_for_its_slide(
    submit: Submit, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    slide = make_slide(alice, state=PREPARING)
    body = submit(input={"slide": str(slide.pk)}).json()
    assert (body["state"], body["stage"]) == ("queued", "preparing")
    Slide.objects.filter(pk=slide.pk).update(state=Slide.State.READY)
    with django_capture_on_commit_callbacks(execute=True):
        sweep()
    assert Job.objects.get().state == "running"


def test_it_waits_for_its_upload(submit: Submit, alice: User, slide: Slide) -> None:
    upload = make_upload(alice)
    assert submit(input={"upload": str(upload.pk)}).json()["state"] == "queued"
    Upload.objects.update(slide=slide, state=Upload.State.COMPLETE)
    assert advance(Job.objects.get().pk)
    assert Question.objects.get().slide == slide


def make_upload(owner: User, **fields: Any) -> Upload:
    ends = timezone.now() + timedelta(days=1)
    return Upload.objects.create(
        owner=owner, file_name="a.svs", size=1, expires_at=ends, **fields
    )


def test_an_upload_that_never_ends_fails_it(submit: Submit, alice: User) -> None:
    submit(input={"upload": str(make_upload(alice).pk)})
    Upload.objects.update(state=Upload.State.ABANDONED)
    advance(Job.objects.get().pk)
    assert Job.objects.get().failure_code == "UPLOAD_GONE"


def test_a_slide_that_fails_fails_it_at_once(
    submit: Submit, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    slide = make_slide(alice, state=PREPARING)
    submit(input={"slide": str(slide.pk)})
    with django_capture_on_commit_callbacks(execute=True):
        fail(slide, "SLIDE_TRUNCATED", "The file ends too early.")
    job = Job.objects.get()
    assert (job.state, job.failure_code) == ("failed", "SLIDE_TRUNCATED")


def test_a_duplicate_is_asked_about_as_its_twin(
    submit: Submit, alice: User, slide: Slide
) -> None:
    double = make_slide(alice, state=Slide.State.FAILED, twin=slide)
    submit(input={"slide": str(double.pk)})
    assert Question.objects.get().slide == slide


def test_a_slide_that_is_deleted_meanwhile_fails_it(
    submit: Submit, alice: User
) -> None:
    slide = make_slide(alice, state=PREPARING)
    submit(input={"slide": str(slide.pk)})
    Slide.objects.filter(pk=slide.pk).update(deleted_at=timezone.now())
    advance(Job.objects.get().pk)
    assert Job.objects.get().failure_code == "SLIDE_GONE"


def test_it_does_not_wait_for_ever(submit: Submit, alice: User) -> None:
    slide = make_slide(alice, state=PREPARING)
    submit(input={"slide": str(slide.pk)})
    Job.objects.update(created_at=timezone.now() - timedelta(hours=25))
    advance(Job.objects.get().pk)
    assert Job.objects.get().failure_code == "SLIDE_NOT_READY"


def test_cancelling_ends_it_once(as_alice: Client, job: Job) -> None:
    response = as_alice.delete(f"/api/v1/jobs/{job.pk}")
    assert (response.status_code, response.json()["state"]) == (202, "cancelled")
    again = as_alice.delete(f"/api/v1/jobs/{job.pk}")
    assert (again.status_code, again.json()["code"]) == (409, "JOB_ENDED")


def test_what_another_job_waits_for_too_goes_on(
    as_alice: Client,
    job: Job,
    submit: Submit,
    django_capture_on_commit_callbacks: Any,
) -> None:
    submit()
    question = Question.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        as_alice.delete(f"/api/v1/jobs/{job.pk}")
    assert not connection().exists(stop_key(str(question.pk)))
    other = Job.objects.exclude(pk=job.pk).get()
    with django_capture_on_commit_callbacks(execute=True):
        as_alice.delete(f"/api/v1/jobs/{other.pk}")
    question.refresh_from_db()
    assert question.stop_requested_at is None  # it was asked for the first job


def test_cancelling_tells_the_worker(
    as_alice: Client, job: Job, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        as_alice.delete(f"/api/v1/jobs/{job.pk}")
    assert Question.objects.get().stop_requested_at is not None


def test_a_late_answer_changes_nothing(
    as_alice: Client, job: Job, reply: Reply
) -> None:
    as_alice.delete(f"/api/v1/jobs/{job.pk}")
    reply(job)
    assert seen(as_alice, job)["state"] == "cancelled"


def test_a_watcher_with_the_newest_is_told_so(as_alice: Client, job: Job) -> None:
    first = as_alice.get(f"/api/v1/jobs/{job.pk}")
    assert int(first["Retry-After"]) > 0
    known = {"If-None-Match": first["ETag"]}
    second = as_alice.get(f"/api/v1/jobs/{job.pk}", headers=known)
    assert (second.status_code, second.content) == (304, b"")


def test_the_list_is_filtered_and_cut_into_pages(
    submit: Submit, as_alice: Client, job: Job
) -> None:
    submit(again=True)
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    failed = as_alice.get("/api/v1/jobs?state=failed").json()["results"]
    assert [found["id"] for found in failed] == [str(job.pk)]
    page = as_alice.get("/api/v1/jobs?page_size=1")
    assert 'rel="next"' in page["Link"]
    rest = as_alice.get(page.json()["next"])
    assert len(rest.json()["results"]) == 1
    assert "Link" not in rest
    nothing = as_alice.get(f"/api/v1/jobs?slide={uuid.uuid4()}").json()
    assert nothing["results"] == []


def test_an_administrator_sees_every_job(client: Client, job: Job) -> None:
    client.force_login(make_user("root", User.Role.ADMIN))
    assert client.get(f"/api/v1/jobs/{job.pk}").status_code == 200
