"""What a workitem says is changed as PS3.18 section 11.6 says."""

from __future__ import annotations

import pytest

from tests.webapp.worklist.conftest import UID, Json, Ups, value, workitem
from webapp.worklist.dataset import element

LOCK = "1.2.826.0.1.3680043.8.498.77"
LABEL = "00741204"


@pytest.fixture
def kept(ups: Ups) -> Ups:
    ups.create(workitem())
    return ups


def test_while_it_waits_anybody_of_the_account_changes_it(kept: Ups) -> None:
    answer = kept.update(t00741204=element("LO", "Look again"))
    assert answer.status_code == 200
    assert answer.headers["Content-Location"].endswith(f"/workitems/{UID}")
    assert value(kept.read(), LABEL) == "Look again"
    assert kept.find(ProcedureStepLabel="Look again")


def test_a_transaction_before_a_claim_is_a_conflict(kept: Ups) -> None:
    answer = kept.update(LOCK, t00741204=element("LO", "x"))
    assert answer.status_code == 409
    assert "did not reference a claimed Workitem" in answer.headers["Warning"]


def test_once_claimed_the_performer_alone_changes_it(kept: Ups) -> None:
    kept.state("IN PROGRESS", LOCK)
    said = element("LO", "Mine")
    assert kept.update(t00741204=said).status_code == 400
    assert kept.update("1.2.3", t00741204=said).status_code == 400
    assert kept.update(LOCK, t00741204=said).status_code == 200
    assert value(kept.read(), LABEL) == "Mine"


def test_the_transaction_may_stand_in_the_data_set(kept: Ups) -> None:
    kept.state("IN PROGRESS", LOCK)
    lock = element("UI", LOCK)
    changed = kept.update(t00081195=lock, t00741204=element("LO", "Mine"))
    assert changed.status_code == 200
    assert "00081195" not in kept.read()


def test_what_has_ended_stays_as_it_is(kept: Ups) -> None:
    kept.state("IN PROGRESS", LOCK)
    kept.state("CANCELED", LOCK)
    answer = kept.update(LOCK, t00741204=element("LO", "x"))
    assert answer.status_code == 400
    assert "current state of the Workitem" in answer.headers["Warning"]


@pytest.mark.parametrize(
    "change",
    [
        {"t00741000": element("CS", "COMPLETED")},
        {"t00100020": element("LO", "H-2")},
        {"t00080018": element("UI", "1.2.3")},
        {"t00741204": element("LO")},
        {"t00741200": element("CS", "SOON")},
        {"t00404005": element("DT", "soon")},
    ],
)
def test_what_cannot_be_changed(kept: Ups, change: dict[str, Json]) -> None:
    before = kept.read()
    assert kept.update(**change).status_code == 400
    assert kept.read() == before
