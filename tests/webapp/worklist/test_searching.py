"""Workitems are found as PS3.18 section 11.9 says."""

from __future__ import annotations

import pytest

from tests.webapp.dicomweb.wado import client_of
from tests.webapp.worklist.conftest import Ups, asking, workitem
from webapp.accounts.models import User
from webapp.worklist.dataset import element


@pytest.fixture
def three(ups: Ups) -> Ups:
    ups.create(workitem(), "1.2.1")
    ups.create(workitem(t00741200=element("CS", "HIGH"), **asking("?")), "1.2.2")
    later = element("DT", "20270304")
    ups.create(workitem(t00404005=later, t00100020=element("LO", "H-9")), "1.2.3")
    return ups


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"1.2.1", "1.2.2", "1.2.3"}),
        ({"00741200": "HIGH"}, {"1.2.2"}),
        ({"ScheduledProcedureStepPriority": "HIGH"}, {"1.2.2"}),
        ({"PatientID": "H-9"}, {"1.2.3"}),
        ({"PatientName": "doe*"}, {"1.2.1", "1.2.2", "1.2.3"}),
        ({"SOPInstanceUID": "1.2.1,1.2.3"}, {"1.2.1", "1.2.3"}),
        ({"ProcedureStepState": "COMPLETED"}, set()),
        ({"00404005": "20270101-20271231"}, {"1.2.3"}),
        ({"00404005": "-20261231235959"}, {"1.2.1", "1.2.2"}),
        ({"InputInformationSequence__StudyInstanceUID": "1.2.3"}, {"1.2.2"}),
        ({"00404018__00080100": "110005"}, {"1.2.1", "1.2.2", "1.2.3"}),
        ({"includefield": "all"}, {"1.2.1", "1.2.2", "1.2.3"}),
    ],
)
def test_it_is_found_by_what_it_says(
    three: Ups, query: dict[str, str], found: set[str]
) -> None:
    assert set(three.find(**query)) == found


def test_a_page_says_how_many_are_left(three: Ups) -> None:
    answer = three.client.get("/dicom-web/workitems?limit=2")
    assert len(answer.json()) == 2
    assert "1 additional results" in answer.headers["Warning"]
    assert len(three.find(limit="2", offset="2")) == 1


def test_fuzzy_matching_is_warned_of(three: Ups) -> None:
    answer = three.client.get("/dicom-web/workitems?fuzzymatching=true")
    assert "Only literal matching" in answer.headers["Warning"]


@pytest.mark.parametrize(
    "query",
    ["limit=x", "offset=-1", "00404005=soon", "nonsense=1", "PatientID=1&PatientID=2"],
)
def test_a_query_that_makes_no_sense_is_refused(three: Ups, query: str) -> None:
    assert three.client.get(f"/dicom-web/workitems?{query}").status_code == 400


def test_everybody_finds_their_own(three: Ups, bob: User) -> None:
    assert Ups(client_of(bob)).find() == []


def test_a_page_takes_as_many_queries_as_one_item(
    three: Ups, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert len(three.find()) == 3
