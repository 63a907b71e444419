"""QIDO-RS: what is found, and how the answer is worded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.uid import UID

from tests.webapp.dicomweb.stow import Stow, picture
from tests.webapp.factories import make_user
from webapp.accounts.models import ApiToken

STUDIES = ("1.2.1", "1.2.2", "1.2.3")


def client_of(name: str) -> Client:
    secret = ApiToken.issue(make_user(name), "test")[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def pacs(stow: Stow) -> Client:
    """Alice's client, with three studies stored."""
    names = ("Doe^Jane", "Roe^Richard", "Müller^Jörg=ミュラー")
    for number, (uid, name) in enumerate(zip(STUDIES, names, strict=True), 1):
        stow.store(
            picture(
                SpecificCharacterSet="ISO_IR 192",
                StudyInstanceUID=UID(uid),
                SeriesInstanceUID=UID(f"{uid}.1"),
                PatientName=name,
                PatientID=f"P{number}",
                StudyDate=f"2026010{number}",
                StudyTime=f"0{number}1500",
                AccessionNumber=f"A_{number}",
                InstanceNumber=number,
            )
        )
    alice = ApiToken.objects.get().user
    return Client(headers={"Authorization": f"Token {ApiToken.issue(alice, 'x')[1]}"})


def search(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    reply = client.get(f"/dicom-web/{path}", query)
    assert reply.status_code in (200, 204), reply.content
    return reply.json() if reply.status_code == 200 else []


def uids(client: Client, **query: Any) -> list[str]:
    found = search(client, "studies", **query)
    return sorted(study["0020000D"]["Value"][0] for study in found)


@pytest.mark.parametrize(
    ("key", "value", "numbers"),
    [
        ("PatientID", "P2", [2]),
        ("00100020", "P2", [2]),
        ("PatientName", "doe*", [1]),
        ("PatientName", "?oe^*", [1, 2]),
        ("PatientName", "Müller^Jörg", [3]),
        ("PatientName", "ミュラー", [3]),
        ("StudyDate", "20260102", [2]),
        ("StudyDate", "20260102-", [2, 3]),
        ("StudyDate", "-20260102", [1, 2]),
        ("StudyDate", "20260101-20260102", [1, 2]),
        ("StudyInstanceUID", "1.2.1,1.2.3", [1, 3]),
        ("ModalitiesInStudy", "OT", [1, 2, 3]),
        ("ModalitiesInStudy", "CT", []),
        ("AccessionNumber", "A_*", [1, 2, 3]),
        ("AccessionNumber", "A?_*", []),
        ("AccessionNumber", "' OR 1=1--", []),
    ],
)
def test_keys_match(pacs: Client, key: str, value: str, numbers: list[int]) -> None:
    assert uids(pacs, **{key: value}) == [f"1.2.{number}" for number in numbers]


def test_all_six_searches_answer(pacs: Client) -> None:
    for path in (
        "studies",
        "series",
        "instances",
        "studies/1.2.1/series",
        "studies/1.2.1/instances",
        "studies/1.2.1/series/1.2.1.1/instances",
    ):
        assert len(search(pacs, path)) == (1 if "1.2.1" in path else 3), path


def test_a_study_carries_what_viewers_list(pacs: Client) -> None:
    study = search(pacs, "studies", PatientID="P3")[0]
    assert study["00100010"]["Value"][0]["Ideographic"] == "ミュラー"
    assert study["00080061"]["Value"] == ["OT"]
    assert study["00201206"]["Value"] == study["00201208"]["Value"] == [1]
    assert study["00081190"]["Value"] == ["http://testserver/dicom-web/studies/1.2.3"]


def test_an_instance_carries_what_pathology_clients_need(pacs: Client) -> None:
    instance = search(pacs, "instances", InstanceNumber=1)[0]
    assert instance["00083002"]["Value"] == ["1.2.840.10008.1.2.1"]
    assert instance["00280010"]["Value"] == [8]


def test_a_page_says_how_many_more_there_are(pacs: Client) -> None:
    reply = pacs.get("/dicom-web/studies", {"limit": 1, "offset": 1})
    assert reply.headers["Warning"] == (
        "299 http://testserver/dicom-web: "
        "There are 1 additional results that can be requested"
    )


@pytest.mark.parametrize("query", [{"PatientID": "P9"}, {"offset": 3}, {"limit": 0}])
def test_nothing_is_an_empty_204(pacs: Client, query: dict[str, Any]) -> None:
    reply = pacs.get("/dicom-web/studies", query)
    assert (reply.status_code, reply.content) == (204, b"")


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=abc",
        "offset=-1",
        "NoSuchKeyword=1",
        "StudyDate=yesterday",
        "StudyDate=-",
        "StudyInstanceUID=../..",
        "PatientID=1&PatientID=2",
        "PatientName=" + "*a" * 20,
        "includefield=NoSuchKeyword",
        "fuzzymatching=perhaps",
        "PatientID=a%00b",
    ],
)
def test_what_makes_no_sense_is_400(pacs: Client, query: str) -> None:
    assert pacs.get(f"/dicom-web/studies?{query}").status_code == 400


def test_an_endless_offset_is_bounded(pacs: Client) -> None:
    assert pacs.get("/dicom-web/studies", {"offset": "1" * 20}).status_code == 204


def test_fuzzy_matching_is_literal_and_says_so(pacs: Client) -> None:
    reply = pacs.get("/dicom-web/studies", {"fuzzymatching": "true"})
    assert "Only literal matching has been performed." in reply.headers["Warning"]


def test_xml_carries_the_same(pacs: Client) -> None:
    accept = 'multipart/related; type="application/dicom+xml"'
    reply = pacs.get("/dicom-web/studies?PatientID=P1", headers={"Accept": accept})
    assert reply.headers["Content-Type"].startswith("multipart/related")
    assert b"<FamilyName>Doe</FamilyName>" in reply.content


def test_another_form_is_406(pacs: Client) -> None:
    reply = pacs.get("/dicom-web/studies", headers={"Accept": "image/png"})
    assert reply.status_code == 406


def test_a_stranger_finds_nothing(pacs: Client) -> None:
    assert client_of("charlie").get("/dicom-web/studies").status_code == 204


def test_nobody_is_asked_for_a_token(pacs: Client) -> None:
    reply = Client().get("/dicom-web/studies")
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_answer_that_is_known_is_304(pacs: Client) -> None:
    tag = pacs.get("/dicom-web/studies").headers["ETag"]
    reply = pacs.get("/dicom-web/studies", headers={"If-None-Match": tag})
    assert reply.status_code == 304


def test_searching_cannot_change_anything(pacs: Client) -> None:
    reply = pacs.put("/dicom-web/studies")
    assert reply.status_code == 405


def test_what_only_the_object_says_can_be_asked_for(pacs: Client, stow: Stow) -> None:
    item = Dataset()
    item.CodeMeaning = "Hematoxylin"
    sent = picture(AcquisitionContextSequence=[item], StudyInstanceUID=UID("1.2.9"))
    assert stow.store(sent).status == 200
    at = "/dicom-web/studies/1.2.9/instances"
    wanted = "00020010,AcquisitionContextSequence"
    found = pacs.get(f"{at}?includefield={wanted}").json()[0]
    assert found["00020010"]["Value"] == ["1.2.840.10008.1.2.1"]
    assert found["00400555"]["Value"][0]["00080104"]["Value"] == ["Hematoxylin"]
    assert not {"00020010", "00400555"} & pacs.get(at).json()[0].keys()
