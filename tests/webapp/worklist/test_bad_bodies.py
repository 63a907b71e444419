"""Bodies that are JSON and yet no data set, at each resource that takes one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webapp.worklist.conftest import UID, Json, Ups, value, workitem

pytestmark = pytest.mark.django_db

BROKEN: tuple[Any, ...] = (
    {"vr": []},
    {"vr": {}},
    {"vr": None},
    {"vr": "IS", "Value": [10**400]},
    {"vr": "DS", "Value": [float("nan")]},
    {"vr": "LO", "Value": ["a\0b"]},
    {"vr": "LO", "Value": ["\ud800"]},
    {"vr": "LO", "Value": [True]},
    {"vr": "LO", "Value": [["a"]]},
    {"vr": "LO", "Value": "a"},
    {"vr": "LO", "BulkDataURI": "http://127.0.0.1/secret"},
    {"vr": "OB", "InlineBinary": "AAAA"},
    {"vr": "SQ", "Value": [[]], "other": 1},
)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_element_is_400_wherever_it_is_sent(ups: Ups, broken: Json) -> None:
    bad: Json = {"00741202": broken}
    assert ups.create(workitem() | bad).status_code == 400
    assert ups.create(workitem()).status_code == 201
    answers = [ups.send("post", f"/{UID}", bad), ups.send("put", f"/{UID}/state", bad)]
    assert [each.status_code for each in (*answers, ups.cancel(bad))] == [400] * 3
    assert value(ups.read(), "00741000") == "SCHEDULED"


@pytest.mark.parametrize(
    "tag", ["0074120", "007412001", "zz741202", "\uff10\uff10741202", ""]
)
def test_a_tag_is_eight_hexadecimal_digits(ups: Ups, tag: str) -> None:
    assert ups.create(workitem() | {tag: {"vr": "LO"}}).status_code == 400


def test_a_sequence_of_too_many_floors_is_refused(ups: Ups) -> None:
    deep: Json = {}
    for _ in range(20):
        deep = {"00404021": {"vr": "SQ", "Value": [deep]}}
    assert ups.create(workitem() | deep).status_code == 400
