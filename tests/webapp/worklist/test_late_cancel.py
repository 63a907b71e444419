"""A request to cancel that comes when the job has just ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.webapp.worklist.conftest import Ups, asking, value
from tests.webapp.worklist.test_performing import ordered, series  # noqa: F401
from webapp.audit.models import AuditEvent
from webapp.jobs.models import Job
from webapp.worklist.dataset import element
from webapp.worklist.services import move_on

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("series")
def test_a_refused_request_leaves_nothing_behind(
    ups: Ups,
    ordered: Callable[..., None],  # noqa: F811
) -> None:
    ordered(**asking("Is there necrosis?"))
    Job.objects.update(state=Job.State.SUCCEEDED)
    assert ups.cancel({"00741238": element("LT", "Too late")}).status_code == 409
    assert not AuditEvent.objects.filter(action="workitem.cancel").exists()
    move_on()
    found = ups.read()
    assert value(found, "00741000") == "COMPLETED"
    assert value(found, "00741002", "00741238") is None
