"""Jobs about stored DICOM, named by its UIDs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.webapp.factories import make_slide
from tests.webapp.jobs.conftest import Submit
from webapp.accounts.models import User
from webapp.dicomweb.models import Instance, Series, Study
from webapp.jobs.models import Job
from webapp.jobs.services import advance
from webapp.questions.models import Question
from webapp.slides.models import Slide

Reply = Callable[..., None]


def make_series(
    owner: User, uid: str, slide: Slide | None = None, n: int = 1
) -> Series:
    """A series of the study 1.2.3 with `n` pictures, all in its slide if it has one."""
    study, _ = Study.objects.get_or_create(owner=owner, uid="1.2.3")
    series = Series.objects.create(
        study=study,
        uid=uid,
        modality="SM",
        slide=slide,
        prepared_count=n if slide else 0,
    )
    for number in range(n):
        Instance.objects.create(
            id=uuid.uuid4(),
            owner=owner,
            series=series,
            uid=f"{uid}.{number + 1}",
            sop_class="1.2.840.10008.5.1.4.1.1.77.1.6",
            transfer_syntax="1.2.840.10008.1.2.1",
            sha256="0" * 64,
            byte_size=1,
            frame_count=1,
        )
    return series


@pytest.fixture
def two(alice: User) -> list[Slide]:
    slides = [make_slide(alice), make_slide(alice)]
    for number, slide in enumerate(slides, 1):
        make_series(alice, f"1.2.3.{number}", slide)
    return slides


def asked_about() -> set[Any]:
    return set(Question.objects.values_list("slide", flat=True))


def test_each_slide_of_a_study_is_asked_about(submit: Submit, two: list[Slide]) -> None:
    body = submit(input={"study": "1.2.3"}).json()
    assert body["input"]["study"] == "1.2.3"
    assert asked_about() == {slide.pk for slide in two}


def test_a_series_is_asked_about(submit: Submit, two: list[Slide]) -> None:
    submit(input={"study": "1.2.3", "series": "1.2.3.2"})
    assert asked_about() == {two[1].pk}


def test_the_series_of_an_instance_is_asked_about(
    submit: Submit, two: list[Slide]
) -> None:
    submit(input={"study": "1.2.3", "instance": "1.2.3.1.1"})
    assert asked_about() == {two[0].pk}


def test_a_series_of_another_study_is_not_found(
    submit: Submit, two: list[Slide]
) -> None:
    wrong = {"study": "1.2.4", "series": "1.2.3.2"}
    assert submit(input=wrong).status_code == 404


@pytest.mark.usefixtures("two")
def test_a_strangers_study_is_not_found(submit: Submit, as_charlie: Client) -> None:
    assert submit(as_charlie, input={"study": "1.2.3"}).status_code == 404


def test_it_waits_until_the_series_is_a_slide(submit: Submit, alice: User) -> None:
    series = make_series(alice, "1.2.3.9")
    assert submit(input={"study": "1.2.3"}).json()["state"] == "queued"
    slide = make_slide(alice)
    Series.objects.filter(pk=series.pk).update(slide=slide, prepared_count=1)
    assert advance(Job.objects.get().pk)
    assert asked_about() == {slide.pk}


def test_a_series_that_makes_no_slide_fails_it(submit: Submit, alice: User) -> None:
    make_series(alice, "1.2.3.9", n=3)
    submit(input={"study": "1.2.3"})
    Series.objects.update(changed_at=timezone.now() - timedelta(minutes=5))
    advance(Job.objects.get().pk)
    assert Job.objects.get().failure_code == "NO_SLIDE"


def test_one_failed_slide_fails_the_job_and_keeps_the_other_answer(
    submit: Submit, two: list[Slide], reply: Reply, as_alice: Client
) -> None:
    Slide.objects.filter(pk=two[0].pk).update(
        state=Slide.State.FAILED, failure_code="SLIDE_BAD", failure_message="Bad."
    )
    submit(input={"study": "1.2.3"})
    job = Job.objects.get()
    reply(job)
    body = as_alice.get(f"/api/v1/jobs/{job.pk}/result").json()
    assert body["failure"]["code"] == "SLIDE_BAD"
    assert [bool(answer["answer"]) for answer in body["answers"]] == [False, True]
