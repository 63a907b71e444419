"""Workitems are claimed, completed and canceled as PS3.18 section 11.7 says."""

from __future__ import annotations

import pytest

from tests.webapp.dicomweb.wado import client_of
from tests.webapp.worklist.conftest import UID, Ups, performed, value, workitem
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.worklist.dataset import element

LOCK = "1.2.826.0.1.3680043.8.498.77"
OTHER = "1.2.826.0.1.3680043.8.498.78"
STATE = "00741000"


@pytest.fixture
def claimed(ups: Ups) -> Ups:
    ups.create(workitem())
    assert ups.state("IN PROGRESS", LOCK).status_code == 200
    return ups


def warned(answer: object) -> str:
    return str(answer.headers.get("Warning", ""))  # type: ignore[attr-defined]


def test_a_claim_is_kept_and_its_secret_is_not_shown(claimed: Ups) -> None:
    found = claimed.read()
    assert value(found, STATE) == "IN PROGRESS"
    assert "00081195" not in found


def test_a_second_claim_is_a_conflict(claimed: Ups) -> None:
    answer = claimed.state("IN PROGRESS", OTHER)
    assert answer.status_code == 409
    assert "inconsistent with the state of the UPS Instance" in warned(answer)


def test_a_claim_needs_a_transaction(ups: Ups) -> None:
    ups.create(workitem())
    answer = ups.state("IN PROGRESS")
    assert answer.status_code == 400
    assert "The Transaction UID is missing." in warned(answer)


def test_another_transaction_ends_nothing(claimed: Ups) -> None:
    answer = claimed.state("CANCELED", OTHER)
    assert answer.status_code == 400
    assert "The Transaction UID is incorrect." in warned(answer)
    assert value(claimed.read(), STATE) == "IN PROGRESS"


def test_what_nobody_claimed_cannot_be_completed(ups: Ups) -> None:
    ups.create(workitem())
    assert ups.state("COMPLETED", LOCK).status_code == 409


def test_it_is_not_completed_before_it_is_told_what_was_done(claimed: Ups) -> None:
    answer = claimed.state("COMPLETED", LOCK)
    assert answer.status_code == 409
    assert b"PerformedWorkitemCodeSequence" in answer.content


def test_it_is_completed_once_that_is_told(claimed: Ups) -> None:
    assert claimed.update(LOCK, **performed()).status_code == 200
    assert claimed.state("COMPLETED", LOCK).status_code == 200
    found = claimed.read()
    assert value(found, STATE) == "COMPLETED"
    assert value(found, "00741216", "00404050") == "20260102030500"


def test_the_end_told_twice_is_warned_of(claimed: Ups) -> None:
    claimed.state("CANCELED", LOCK)
    answer = claimed.state("CANCELED", LOCK)
    assert answer.status_code == 200
    assert "already in the requested state of CANCELED" in warned(answer)


def test_an_end_is_final(claimed: Ups) -> None:
    claimed.state("CANCELED", LOCK)
    assert claimed.state("COMPLETED", LOCK).status_code == 409
    assert claimed.state("IN PROGRESS", LOCK).status_code == 409


def test_a_canceled_one_says_when_and_why(claimed: Ups) -> None:
    claimed.state("CANCELED", LOCK)
    found = claimed.read()
    assert value(found, "00741002", "00404052")
    assert value(found, "00741002", "0074100E", "00080100") == "110513"


@pytest.mark.parametrize("wished", ["SCHEDULED", "DONE", ""])
def test_a_state_that_cannot_be_wished_for(claimed: Ups, wished: str) -> None:
    assert claimed.state(wished, LOCK).status_code == 400


@pytest.mark.parametrize("lock", ["not-a-uid", "1." * 40])
def test_a_transaction_is_a_uid(ups: Ups, lock: str) -> None:
    ups.create(workitem())
    assert ups.state("IN PROGRESS", lock).status_code == 400


def test_a_stranger_finds_nothing_to_claim(ups: Ups, charlie: User) -> None:
    ups.create(workitem())
    stranger = Ups(client_of(charlie))
    assert stranger.state("IN PROGRESS", LOCK).status_code == 404
    assert stranger.client.get(f"/dicom-web/workitems/{UID}").status_code == 404
    assert stranger.update(t00741204=element("LO", "x")).status_code == 404
    assert stranger.cancel().status_code == 404
    assert stranger.find() == []


def test_who_changed_what_is_in_the_audit(claimed: Ups, alice: User) -> None:
    claimed.state("CANCELED", LOCK)
    found = AuditEvent.objects.filter(action__startswith="workitem.", actor=alice)
    told = found.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["workitem.create", "workitem.state", "workitem.state"]
