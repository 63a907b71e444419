"""Requests to cancel a workitem are answered as PS3.18 section 11.8 says."""

from __future__ import annotations

from tests.webapp.worklist.conftest import Ups, performed, value, workitem
from webapp.worklist.dataset import element

LOCK = "1.2.826.0.1.3680043.8.498.77"
STATE = "00741000"


def test_what_waits_is_canceled_with_the_reason(ups: Ups) -> None:
    ups.create(workitem())
    answer = ups.cancel({"00741238": element("LT", "Not needed")})
    assert answer.status_code == 202
    found = ups.read()
    assert value(found, STATE) == "CANCELED"
    assert value(found, "00741002", "00741238") == "Not needed"


def test_a_second_request_is_warned_of(ups: Ups) -> None:
    ups.create(workitem())
    ups.cancel({})
    answer = ups.cancel({})
    assert answer.status_code == 202
    assert "already in the requested state of CANCELED" in answer.headers["Warning"]


def test_a_request_needs_no_body(ups: Ups) -> None:
    ups.create(workitem())
    assert ups.cancel().status_code == 202


def test_another_performer_cannot_be_asked(ups: Ups) -> None:
    ups.create(workitem())
    ups.state("IN PROGRESS", LOCK)
    answer = ups.cancel({})
    assert answer.status_code == 409
    assert "The performer cannot be contacted." in answer.headers["Warning"]
    assert value(ups.read(), STATE) == "IN PROGRESS"


def test_what_is_completed_stays_so(ups: Ups) -> None:
    ups.create(workitem())
    ups.state("IN PROGRESS", LOCK)
    ups.update(LOCK, **performed())
    ups.state("COMPLETED", LOCK)
    answer = ups.cancel({})
    assert answer.status_code == 409
    assert "The UPS is already COMPLETED." in answer.headers["Warning"]


def test_what_is_not_there_is_404(ups: Ups) -> None:
    assert ups.cancel({}).status_code == 404


def test_subscriptions_are_refused_as_not_offered(ups: Ups) -> None:
    ups.create(workitem())
    one = "/1.2.826.0.1.3680043.8.498.5/subscribers/ROUTER"
    assert ups.send("post", one).status_code == 403
    filtered = ups.send("post", "/1.2.840.10008.5.1.4.34.5.1/subscribers/ROUTER")
    assert filtered.status_code == 403
    words = "Filtered Worklist Subscriptions are not supported."
    assert words in filtered.headers["Warning"]
