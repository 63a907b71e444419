"""Searches for what no database keeps."""

from __future__ import annotations

import pytest

from tests.webapp.worklist.conftest import Ups, workitem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query",
    [
        "PatientID=a%00b",
        "PatientName=a%00b",
        "ProcedureStepState=%00",
        "PatientID=a*%00",
        "AccessionNumber=%00",
        "StudyInstanceUID=1.2%00",
    ],
)
def test_a_zero_in_a_search_is_refused(ups: Ups, query: str) -> None:
    ups.create(workitem())
    answer = ups.client.get(f"/dicom-web/workitems?{query}")
    assert answer.status_code == 400
