"""What came of a job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.webapp.jobs.conftest import Submit
from tests.webapp.world import UID, make_world
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job, JobQuestion
from webapp.questions.models import Question
from webapp.slides.models import Slide, SlideAccess

Reply = Callable[..., None]


@pytest.fixture
def result(submit: Submit, as_alice: Client, reply: Reply) -> Any:
    submit()
    job = Job.objects.get()
    reply(job)
    return as_alice.get(f"/api/v1/jobs/{job.pk}/result").json()


def test_there_is_none_before_the_end(submit: Submit, as_alice: Client) -> None:
    address = submit().json()["links"]["result"]
    response = as_alice.get(address)
    assert (response.status_code, response.json()["code"]) == (409, "JOB_OPEN")


def test_it_has_the_answer_and_where_it_comes_from(result: Any, slide: Slide) -> None:
    answer = result["answers"][0]
    assert answer["answer"]["text"] == "No necrosis."
    assert answer["answer"]["provenance"]["model_digest"] == "sha256-unknown"
    assert answer["slide_digest"] == slide.digest
    assert answer["answer"]["intended_use"].startswith("Research use only.")
    assert "no calibrated probability" in result["confidence"]


def test_evidence_is_in_pixels_and_millimetres(result: Any) -> None:
    evidence = result["answers"][0]["evidence"][0]
    assert evidence["region"] == {"x": 0, "y": 0, "width": 320, "height": 256}
    assert evidence["millimetres"] == {"x": 0, "y": 0, "width": 0.16, "height": 0.064}
    question = Question.objects.get()
    assert evidence["crop"] == f"/api/v1/questions/{question.pk}/evidence/1/crop"


def test_no_millimetres_without_a_scale(
    submit: Submit, as_alice: Client, reply: Reply, slide: Slide
) -> None:
    Slide.objects.filter(pk=slide.pk).update(mpp_x=None)
    submit()
    job = Job.objects.get()
    reply(job)
    body = as_alice.get(f"/api/v1/jobs/{job.pk}/result").json()
    assert body["answers"][0]["evidence"][0]["millimetres"] is None


def test_a_failed_job_tells_what_was_answered(
    submit: Submit, as_alice: Client, reply: Reply
) -> None:
    region = {"x": 10**6, "y": 0, "width": 99, "height": 99}
    submit(questions=[{"text": "x", "scope": "view", "region": region}, {"text": "y"}])
    job = Job.objects.get()
    reply(job)
    body = as_alice.get(f"/api/v1/jobs/{job.pk}/result").json()
    assert (body["state"], body["failure"]["code"]) == ("failed", "REGION_OUTSIDE")
    assert [bool(a["answer"]) for a in body["answers"]] == [False, True]


def test_an_answer_goes_when_the_slide_is_no_longer_shared(
    submit: Submit, as_bob: Client, bob: Any, reply: Reply, slide: Slide
) -> None:
    access = SlideAccess.objects.create(slide=slide, user=bob)
    submit(as_bob)
    job = Job.objects.get()
    reply(job)
    address = f"/api/v1/jobs/{job.pk}/result"
    assert as_bob.get(address).json()["answers"][0]["answer"]
    access.delete()
    left = as_bob.get(address).json()["answers"][0]
    assert (left["answer"], left["evidence"]) == (None, [])


@pytest.fixture
def ended(alice: User, tmp_path: Path, settings: Settings) -> Job:
    """About a slide that came as DICOM, of whose answer a report was made."""
    settings.DICOM_FOLDER = tmp_path / "dicom"
    make_world(alice)
    question = Question.objects.get()
    job = Job.objects.get()
    JobQuestion.objects.create(
        job=job, number=1, slide=question.slide, text="What?", question=question
    )
    Job.objects.update(state=Job.State.SUCCEEDED)
    return job


def test_it_names_the_objects_that_were_made(as_alice: Client, ended: Job) -> None:
    body = as_alice.get(f"/api/v1/jobs/{ended.pk}/result").json()
    (made,) = body["answers"][0]["objects"]
    assert (made["kind"], made["instance_uid"]) == ("sr", f"{UID}.1.1")
    assert made["sop_class"] == "1.2.840.10008.5.1.4.1.1.77.1.6"
    found = as_alice.get(f"/dicom-web/instances?SOPInstanceUID={UID}.1.1").json()
    assert found[0]["00081190"]["Value"][0].endswith(made["wado"])


def test_who_reads_it_is_in_the_audit(as_alice: Client, ended: Job) -> None:
    body = as_alice.get(f"/api/v1/jobs/{ended.pk}/result").json()
    made: Any = as_alice.get(body["answers"][0]["objects"][0]["file"])
    assert b"".join(made.streaming_content) == b"DICM"
    slide = Slide.objects.get()
    as_alice.post(f"/api/v1/slides/{slide.pk}/tile-token")
    told = AuditEvent.objects.order_by("pk").values_list("action", "object_id")
    expected = {("job.read_result", str(ended.pk)), ("slide.view", str(slide.pk))}
    assert expected <= set(told)
    assert "result.read" in {action for action, _ in told}
