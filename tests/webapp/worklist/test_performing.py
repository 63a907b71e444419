"""A workitem that asks a question is performed by the site itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.webapp.factories import make_slide
from tests.webapp.jobs.conftest import reply  # noqa: F401
from tests.webapp.jobs.test_dicom import make_series
from tests.webapp.worklist.conftest import Ups, asking, value, workitem
from webapp.accounts.models import User
from webapp.jobs.models import Job
from webapp.jobs.services import advance
from webapp.questions.models import Question
from webapp.worklist.dataset import element
from webapp.worklist.services import move_on

STATE = "00741000"
Reply = Callable[..., None]


@pytest.fixture
def ordered(
    ups: Ups, alice: User, valkey: str, django_capture_on_commit_callbacks: Any
) -> Callable[..., None]:
    """Put a workitem with these changes on the list; its job begins on commit."""

    def put(**changes: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            assert ups.create(workitem(**changes)).status_code == 201

    return put


@pytest.fixture
def series(alice: User) -> None:
    make_series(alice, "1.2.3.1", make_slide(alice, mpp_x=0.5, mpp_y=0.25))


@pytest.mark.usefixtures("series")
@pytest.mark.parametrize("priority", ["HIGH", "MEDIUM", "LOW"])
def test_its_priority_is_the_question_s(
    ordered: Callable[..., None], priority: str
) -> None:
    stated = element("CS", priority)
    ordered(**asking("Is there necrosis?"), t00741200=stated)
    assert Question.objects.get().priority == Question.Priority[priority]


@pytest.mark.usefixtures("series")
def test_the_question_is_asked_at_once(ups: Ups, ordered: Callable[..., None]) -> None:
    ordered(**asking("Is there necrosis?", "Which organ?"))
    assert value(ups.read(), STATE) == "IN PROGRESS"
    advance(Job.objects.get().pk)
    texts = set(Question.objects.values_list("text", flat=True))
    assert texts == {"Is there necrosis?", "Which organ?"}


@pytest.mark.usefixtures("series")
def test_the_end_of_the_job_is_its_end(
    ups: Ups,
    ordered: Callable[..., None],
    reply: Reply,  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    ordered(**asking("Is there necrosis?"))
    job = Job.objects.get()
    advance(job.pk)
    reply(job)
    with django_capture_on_commit_callbacks(execute=True):
        advance(job.pk)
    found = ups.read()
    assert value(found, STATE) == "COMPLETED"
    assert value(found, "00741002", "00741004") == 100
    assert value(found, "00741216", "00404051")
    contact = value(found, "00741002", "00741008", "0074100A")
    assert contact == f"http://testserver/api/v1/jobs/{job.pk}/result"


@pytest.mark.usefixtures("series")
def test_a_failed_question_cancels_it_with_the_reason(
    ups: Ups,
    ordered: Callable[..., None],
    reply: Reply,  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    ordered(**asking("Is there necrosis?"))
    job = Job.objects.get()
    advance(job.pk)
    reply(job, outcome="failed", code="SLIDE_UNREADABLE", message="It is damaged.")
    with django_capture_on_commit_callbacks(execute=True):
        advance(job.pk)
    found = ups.read()
    assert value(found, STATE) == "CANCELED"
    assert value(found, "00741002", "00741238")


@pytest.mark.usefixtures("series")
def test_a_request_to_cancel_stops_the_job(
    ups: Ups, ordered: Callable[..., None], django_capture_on_commit_callbacks: Any
) -> None:
    ordered(**asking("Is there necrosis?"))
    reason = {"00741238": element("LT", "Wrong patient")}
    with django_capture_on_commit_callbacks(execute=True):
        assert ups.cancel(reason).status_code == 202
    assert Job.objects.get().state == Job.State.CANCELLED
    found = ups.read()
    assert value(found, STATE) == "CANCELED"
    assert value(found, "00741002", "00741238") == "Wrong patient"


@pytest.mark.usefixtures("series")
@pytest.mark.parametrize(
    "held",
    [
        {"t00404041": element("CS", "UNREADY")},
        {"t00404005": element("DT", "20990101")},
        {"t00404021": element("SQ")},
    ],
)
def test_it_waits_for_its_time_and_its_input(
    ups: Ups, ordered: Callable[..., None], held: dict[str, Any]
) -> None:
    ordered(**(asking("Is there necrosis?") | held))
    move_on()
    assert value(ups.read(), STATE) == "SCHEDULED"
    assert not Job.objects.exists()


@pytest.mark.usefixtures("series")
def test_an_update_that_makes_it_ready_begins_it(
    ups: Ups, ordered: Callable[..., None]
) -> None:
    ordered(**asking("Is there necrosis?"), t00404041=element("CS", "UNREADY"))
    assert ups.update(t00404041=element("CS", "READY")).status_code == 200
    assert value(ups.read(), STATE) == "IN PROGRESS"


def test_the_clock_begins_it_when_the_series_has_come(
    ups: Ups, alice: User, ordered: Callable[..., None]
) -> None:
    ordered(**asking("Is there necrosis?"))
    assert value(ups.read(), STATE) == "SCHEDULED"
    make_series(alice, "1.2.3.1", make_slide(alice))
    assert move_on() == 1
    assert value(ups.read(), STATE) == "IN PROGRESS"


def test_the_series_of_a_stranger_begins_nothing(
    ups: Ups, charlie: User, ordered: Callable[..., None]
) -> None:
    make_series(charlie, "1.2.3.1", make_slide(charlie))
    ordered(**asking("Is there necrosis?"))
    move_on()
    assert value(ups.read(), STATE) == "SCHEDULED"


@pytest.mark.usefixtures("series")
def test_nobody_else_ends_what_the_site_performs(
    ups: Ups, ordered: Callable[..., None]
) -> None:
    ordered(**asking("Is there necrosis?"))
    assert ups.state("COMPLETED", "1.2.3").status_code == 400
    assert value(ups.read(), STATE) == "IN PROGRESS"
