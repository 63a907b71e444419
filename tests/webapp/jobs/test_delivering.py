"""A job's objects go where the job says, once, and only if they are its owner's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.webapp.jobs.conftest import Submit
from tests.webapp.jobs.test_dicom import make_series
from webapp.accounts.models import User
from webapp.delivery.models import Delivery, Destination
from webapp.jobs.models import Job
from webapp.jobs.tasks import sweep
from webapp.questions.models import Question
from webapp.results.happened import result_made
from webapp.results.models import ResultObject
from webapp.slides.models import Slide, SlideAccess


@pytest.fixture
def archive(db: None) -> Destination:
    return Destination.objects.create(name="Archive", kind="stow", url="http://pacs/dw")


def result_of(question: Question, owner: User, uid: str = "1.2.3.9") -> ResultObject:
    """A report of it, as an instance of a series of its own."""
    instance = make_series(owner, uid).instances.get()
    return ResultObject.objects.create(question=question, kind="sr", instance=instance)


def sent() -> set[tuple[str, str]]:
    told = Delivery.objects.values_list("instance__uid", "destination__name")
    return set(told)


def test_a_result_goes_where_the_job_says_once(
    submit: Submit, archive: Destination, alice: User
) -> None:
    body = submit(deliver=[str(archive.pk)]).json()
    assert body["deliver"] == [str(archive.pk)]
    made = result_of(Question.objects.get(), alice)
    for _ in range(2):
        result_made.send(sender=None, result=made)
    assert sent() == {(made.instance.uid, "Archive")}
    assert Delivery.objects.count() == 1


def test_the_clock_finds_what_nobody_told_of(
    submit: Submit, archive: Destination, alice: User
) -> None:
    submit()
    made = result_of(Question.objects.get(), alice)
    sweep()
    assert sent() == set()
    submit(deliver=[str(archive.pk)])
    for _ in range(2):
        sweep()
    assert sent() == {(made.instance.uid, "Archive")}


def test_what_is_of_another_account_stays(
    submit: Submit, archive: Destination, bob: User
) -> None:
    submit(deliver=[str(archive.pk)])
    result_made.send(sender=None, result=result_of(Question.objects.get(), bob))
    sweep()
    assert sent() == set()


def test_a_colleague_cannot_have_results_handed_on(
    submit: Submit, archive: Destination, as_bob: Client, bob: User, slide: Slide
) -> None:
    SlideAccess.objects.create(slide=slide, user=bob)
    answer = submit(as_bob, deliver=[str(archive.pk)])
    assert (answer.status_code, answer.json()["code"]) == (403, "NO_PERMISSION")
    assert not Job.objects.exists()
    assert submit(as_bob).status_code == 202


def test_nor_can_a_colleague_by_the_study(
    submit: Submit, archive: Destination, as_bob: Client, bob: User, slide: Slide
) -> None:
    SlideAccess.objects.create(slide=slide, user=bob)
    study = make_series(slide.owner, "1.2.3.1", slide).study.uid
    asked: dict[str, Any] = {"input": {"study": study}, "deliver": [str(archive.pk)]}
    assert submit(as_bob, **asked).status_code == 403
    assert submit(**asked).status_code == 202


def test_a_reader_cannot_even_of_an_earlier_slide(
    submit: Submit, archive: Destination, alice: User
) -> None:
    alice.role = User.Role.READER
    alice.save()
    assert submit(deliver=[str(archive.pk)]).status_code == 403


@pytest.mark.parametrize("known", [False, True])
def test_a_destination_that_takes_nothing_is_refused(
    submit: Submit, archive: Destination, known: bool
) -> None:
    Destination.objects.update(is_enabled=False)
    name = str(archive.pk) if known else "0b7a3d4e-5c2f-4d8e-9a51-3f6f1c2b7d10"
    answer = submit(deliver=[name])
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")
