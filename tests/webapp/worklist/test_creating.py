"""Workitems are put on the worklist as PS3.18 section 11.4 says."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.webapp.dicomweb.wado import client_of
from tests.webapp.worklist.conftest import UID, Json, Ups, workitem
from webapp.accounts.models import ApiToken, User
from webapp.worklist.dataset import element
from webapp.worklist.models import Workitem

XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<NativeDicomModel xml:space="preserve">
<DicomAttribute tag="00741000" vr="CS"><Value number="1">SCHEDULED</Value>
</DicomAttribute><DicomAttribute tag="00741200" vr="CS"><Value number="1">LOW</Value>
</DicomAttribute><DicomAttribute tag="00741204" vr="LO"><Value number="1">Look</Value>
</DicomAttribute><DicomAttribute tag="00404005" vr="DT"><Value number="1">2026</Value>
</DicomAttribute><DicomAttribute tag="00404041" vr="CS"><Value number="1">READY</Value>
</DicomAttribute></NativeDicomModel>"""


def test_it_is_created_where_the_answer_says(ups: Ups) -> None:
    answer = ups.create(workitem())
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://testserver/dicom-web/workitems/{UID}"
    assert ups.read()["00741204"]["Value"] == ["Ask about a slide"]


@pytest.mark.parametrize("name", ["workitem", "AffectedSOPInstanceUID"])
def test_the_uid_may_have_a_name_in_the_query(ups: Ups, name: str) -> None:
    assert ups.send("post", f"?{name}={UID}", workitem()).status_code == 201
    assert ups.read()["00080018"]["Value"] == [UID]


def test_without_a_uid_it_gets_one(ups: Ups) -> None:
    answer = ups.send("post", "", workitem())
    assert ups.client.get(answer.headers["Location"]).status_code == 200


def test_the_uid_may_be_in_the_data_set(ups: Ups) -> None:
    ups.send("post", "", workitem(t00080018=element("UI", UID)))
    assert ups.read()["00741000"]["Value"] == ["SCHEDULED"]


def test_what_the_site_completed_is_warned_of(ups: Ups) -> None:
    answer = ups.create(workitem(t00741202=None))
    expected = "299 http://testserver/dicom-web: The Workitem was created with"
    assert answer.headers["Warning"].startswith(expected)
    assert ups.read()["00741202"]["Value"] == ["Dragonfly"]


def test_the_same_uid_twice_is_a_conflict(ups: Ups) -> None:
    ups.create(workitem())
    assert ups.create(workitem()).status_code == 409
    assert Workitem.objects.count() == 1


def test_two_accounts_may_use_the_same_uid(ups: Ups, bob: User) -> None:
    assert ups.create(workitem()).status_code == 201
    assert Ups(client_of(bob)).create(workitem()).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        workitem(t00741000=element("CS", "IN PROGRESS")),
        workitem(t00741000=None),
        workitem(t00081195=element("UI", "1.2")),
        workitem(t00741204=None),
        workitem(t00741204=element("LO", "x" * 65)),
        workitem(t00741200=element("CS", "NOW")),
        workitem(t00404005=element("DT", "tomorrow")),
        workitem(t00404041=element("CS")),
        workitem(t00741216=element("SQ", {"00404050": element("DT", "2026")})),
        workitem(t00080018=element("UI", "1.2.3")),
    ],
)
def test_what_a_new_workitem_must_not_be(ups: Ups, wrong: Json) -> None:
    answer = ups.create(wrong)
    assert answer.status_code == 400
    assert answer.content
    assert not Workitem.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"[1]",
        b'{"x": 1}',
        b'{"00741204": {"vr": "LO", "Value": ["\\u0000"]}}',
        b'{"00741204": {"vr": "LO", "Value": ["\\ud800"]}}',
        b'{"00741204": {"vr": "DS", "Value": [NaN]}}',
        b'{"00741204": {"vr": "LO", "BulkDataURI": "file:///etc/passwd"}}',
        b'{"00404021": {"vr": "SQ", "Value": [1]}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_data_set_is_refused(ups: Ups, body: bytes) -> None:
    kind = "application/dicom+json"
    answer = ups.client.post("/dicom-web/workitems", body, content_type=kind)
    assert answer.status_code == 400


def test_xml_is_understood(ups: Ups) -> None:
    kind = "application/dicom+xml"
    address = f"/dicom-web/workitems?{UID}"
    assert ups.client.post(address, XML, content_type=kind).status_code == 201
    assert ups.read()["00741200"]["Value"] == ["LOW"]


def test_entities_of_xml_are_not(ups: Ups) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><NativeDicomModel/>'
    kind = "application/dicom+xml"
    answer = ups.client.post("/dicom-web/workitems", bomb, content_type=kind)
    assert answer.status_code == 400


def test_another_type_is_415_and_says_which(ups: Ups) -> None:
    answer = ups.client.post("/dicom-web/workitems", b"x", content_type="text/plain")
    assert answer.status_code == 415
    assert "application/dicom+json" in answer.headers["Accept"]


def test_another_method_is_405_and_says_which(ups: Ups) -> None:
    answer = ups.client.delete(f"/dicom-web/workitems/{UID}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_token_needs_the_scope_of_jobs(alice: User, ups: Ups) -> None:
    ups.create(workitem())
    _, secret = ApiToken.issue(alice, "x", scopes="jobs.read dicomweb.write")
    reader = Ups(Client(headers={"Authorization": f"Bearer {secret}"}))
    assert reader.read()
    assert reader.create(workitem(), "1.2.7").status_code == 403
