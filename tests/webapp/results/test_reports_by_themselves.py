"""Each answer about a DICOM slide is reported on, and each review anew."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from tests.webapp.factories import make_slide
from tests.webapp.results.conftest import answered
from webapp.accounts.models import User
from webapp.celery import app
from webapp.questions.models import Question
from webapp.results import tasks
from webapp.results.models import ResultFailure, ResultObject
from webapp.results.services import automatic
from webapp.results.services.automatic import report_missed, report_on
from webapp.reviews.services import review_answer
from webapp.reviews.services.reviewing import Judgement


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Questions whose report was put on the queue."""
    found: list[str] = []

    def keep(name: str, args: tuple[str], **_: object) -> None:
        assert name == automatic.REPORT == tasks.report.name
        found.append(args[0])

    monkeypatch.setattr(app, "send_task", keep)
    return found


@pytest.fixture
def ended(question: Question) -> Question:
    Question.objects.filter(pk=question.pk).update(ended_at=timezone.now())
    return question


def test_a_review_has_the_report_made_anew(
    question: Question,
    alice: User,
    sent: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        review_answer(question, alice, Judgement("right"))
    assert sent == [str(question.pk)]


def test_the_task_makes_the_report(question: Question) -> None:
    tasks.report(str(question.pk))
    assert ResultObject.objects.get().kind == "sr"


def test_the_clock_finds_what_was_missed_until_it_is_made(
    ended: Question, alice: User, sent: list[str]
) -> None:
    assert report_missed() == 1
    report_on(ended.pk)
    assert report_missed() == 0
    review_answer(ended, alice, Judgement("right"))
    assert report_missed() == 1
    report_on(ended.pk)
    assert report_missed() == 0


def test_switched_off_nothing_is_sent(
    ended: Question, sent: list[str], settings: Settings
) -> None:
    settings.REPORT_ANSWERS = False
    assert report_missed() == 0


def test_slides_of_no_study_are_left_alone(
    alice: User, valkey: str, sent: list[str]
) -> None:
    question = answered(make_slide(alice))
    Question.objects.filter(pk=question.pk).update(ended_at=timezone.now())
    assert report_missed() == 0
    assert not sent


def test_a_report_that_cannot_be_made_is_given_up_with_its_reason(
    ended: Question, sent: list[str]
) -> None:
    for instance in ended.slide.series.get().instances.all():
        (instance.folder / "metadata.json").unlink()
    for _ in range(automatic.MOST_TRIES):
        assert report_on(ended.pk) is None
    failure = ResultFailure.objects.get()
    assert (failure.code, failure.tries) == ("RESULT_SOURCE_UNREADABLE", 3)
    assert report_missed() == 0
