"""What came of a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.webapp.jobs.conftest import Submit
from webapp.jobs.models import Job
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
