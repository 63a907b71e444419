"""Studies and answers read as FHIR R4, checked by an independent model of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from fhir.resources.R4B import get_fhir_model_class

from tests.webapp.factories import make_model_version, make_question, make_slide
from webapp.accounts.models import ApiToken, User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.models import Instance, Series, Study
from webapp.questions.models import Answer, EvidenceRegion, Question

UID = "1.2.826.0.1.3680043.8.498.77"
ASKED = "Is there <b>necrosis</b>?"
USE = "Research use only"


@pytest.fixture
def question(alice: User, bob: User) -> Question:
    """Answered with one region, about a slide that came as DICOM."""
    slide = make_slide(alice, mpp_x=0.5, mpp_y=0.5)
    study = Study.objects.create(
        owner=alice,
        uid=UID,
        date="20260314",
        patient_id="H-1",
        accession_number="A-7",
        attributes={"00081030": {"vr": "LO", "Value": ["Breast"]}},
    )
    series = Series.objects.create(
        study=study, uid=f"{UID}.1", modality="SM", number=1, slide=slide
    )
    Instance.objects.create(
        owner=alice,
        series=series,
        uid=f"{UID}.1.1",
        sop_class="1.2.840.10008.5.1.4.1.1.77.1.6",
        transfer_syntax="1.2.840.10008.1.2.1",
        sha256="0" * 64,
        byte_size=1,
        number=1,
    )
    question = make_question(
        slide, text=ASKED, state="answered", model_version=make_model_version()
    )
    Answer.objects.create(question=question, text="No necrosis.", intended_use=USE)
    EvidenceRegion.objects.create(
        question=question,
        number=1,
        kind="examined",
        rule="attention",
        score=1.5,
        x=100,
        y=200,
        width=400,
        height=300,
        resolution="mid",
        downsample=4.0,
    )
    return question


@pytest.fixture
def fhir(alice: User) -> Client:
    """Alice's program."""
    return program_of(alice)


def program_of(user: User, scopes: str = "") -> Client:
    _, secret = ApiToken.issue(user, "fhir", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def read(client: Client, name: str, **headers: str) -> dict[str, Any]:
    """The resource, valid by its type's own rules."""
    answer = client.get(f"/fhir/{name}", headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"].startswith("application/fhir+json")
    found: dict[str, Any] = answer.json()
    get_fhir_model_class(found["resourceType"]).model_validate(found)
    return found


def test_a_study_with_its_series_and_instances(
    fhir: Client, question: Question
) -> None:
    found = read(fhir, f"ImagingStudy/{UID}")
    assert found["started"] == "2026-03-14"
    assert found["description"] == "Breast"
    assert found["subject"]["identifier"] == {"value": "H-1"}
    assert (found["numberOfSeries"], found["numberOfInstances"]) == (1, 1)
    assert found["series"][0]["instance"][0]["uid"] == f"{UID}.1.1"
    assert found["contained"][0]["address"] == "http://testserver/dicom-web"


def test_a_study_without_date_and_patient_is_valid_too(
    fhir: Client, question: Question
) -> None:
    Study.objects.update(date="2026", patient_id="", attributes={})
    Series.objects.update(modality="", number=-1)
    assert "started" not in read(fhir, f"ImagingStudy/{UID}")


def test_an_answer_is_a_preliminary_report(fhir: Client, question: Question) -> None:
    found = read(fhir, f"DiagnosticReport/{question.pk}")
    assert found["status"] == "preliminary"
    assert found["conclusion"] == "No necrosis."
    assert found["imagingStudy"][0]["reference"] == f"ImagingStudy/{UID}"
    assert "Not for diagnosis" in found["text"]["div"]
    assert "<b>" not in found["text"]["div"]


def test_its_results_can_be_read_in_turn(fhir: Client, question: Question) -> None:
    report = read(fhir, f"DiagnosticReport/{question.pk}")
    answer = read(fhir, report["result"][0]["reference"])
    assert (answer["code"]["text"], answer["valueString"]) == (ASKED, "No necrosis.")
    (member,) = answer["hasMember"]
    region = read(fhir, member["reference"])
    named = {part["code"]["text"]: part for part in region["component"]}
    assert named["width in px"]["valueQuantity"]["value"] == 400
    assert named["width in mm"]["valueQuantity"]["value"] == 0.2
    assert named["Rule that chose it"]["valueString"] == "attention"


def test_an_answer_names_its_model(fhir: Client, question: Question) -> None:
    (device,) = read(fhir, f"Observation/{question.pk}")["contained"]
    assert question.model_version is not None
    assert device["version"] == [{"value": question.model_version.digest}]


def test_an_answer_about_a_slide_that_is_no_dicom(
    fhir: Client, question: Question
) -> None:
    Series.objects.update(slide=None)
    assert "imagingStudy" not in read(fhir, f"DiagnosticReport/{question.pk}")
    assert "derivedFrom" not in read(fhir, f"Observation/{question.pk}-1")


def test_an_empty_answer_is_valid_too(fhir: Client, question: Question) -> None:
    Answer.objects.update(text=" ")
    assert "conclusion" not in read(fhir, f"DiagnosticReport/{question.pk}")
    assert "dataAbsentReason" in read(fhir, f"Observation/{question.pk}")


def test_what_is_offered_can_be_read_by_anybody(client: Client, db: None) -> None:
    found = read(client, "metadata")
    assert found["fhirVersion"] == "4.0.1"
    assert found["implementation"]["url"] == "http://testserver/fhir"


@pytest.mark.parametrize(
    "name",
    [
        "ImagingStudy/{uid}",
        "DiagnosticReport/{q}",
        "Observation/{q}",
        "Observation/{q}-1",
    ],
)
def test_a_stranger_finds_nothing(name: str, bob: User, question: Question) -> None:
    answer = program_of(bob).get(f"/fhir/{name.format(uid=UID, q=question.pk)}")
    assert answer.status_code == 404
    outcome = answer.json()
    get_fhir_model_class("OperationOutcome").model_validate(outcome)
    assert outcome["issue"][0]["code"] == "not-found"


@pytest.mark.parametrize(
    "name", ["Patient/1", "Observation/{q}-9", "ImagingStudy/1.2", "x", "ImagingStudy/"]
)
def test_what_is_not_there_is_an_outcome(
    name: str, fhir: Client, question: Question
) -> None:
    answer = fhir.get(f"/fhir/{name.format(q=question.pk)}")
    assert answer.status_code == 404
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_an_open_question_has_no_report(fhir: Client, question: Question) -> None:
    Question.objects.update(state="writing")
    assert fhir.get(f"/fhir/DiagnosticReport/{question.pk}").status_code == 404


def test_without_signing_in_there_is_nothing(
    client: Client, question: Question
) -> None:
    answer = client.get(f"/fhir/ImagingStudy/{UID}")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["issue"][0]["code"] == "login"


def test_a_token_needs_the_scope(alice: User, question: Question) -> None:
    answer = program_of(alice, "slides.read").get(f"/fhir/ImagingStudy/{UID}")
    assert answer.status_code == 403
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


def test_json_alone_is_offered(fhir: Client, question: Question) -> None:
    address = f"/fhir/ImagingStudy/{UID}"
    xml = {"Accept": "application/fhir+xml"}
    assert fhir.get(address, headers=xml).status_code == 406
    assert fhir.get(f"{address}?_format=xml").status_code == 406
    read(fhir, f"ImagingStudy/{UID}?_format=json", Accept="application/fhir+xml")


def test_nothing_can_be_written(fhir: Client, question: Question) -> None:
    answer = fhir.delete(f"/fhir/ImagingStudy/{UID}")
    assert answer.status_code == 405
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_reading_is_in_the_audit(fhir: Client, question: Question) -> None:
    read(fhir, f"DiagnosticReport/{question.pk}")
    event = AuditEvent.objects.get(action="fhir.read")
    assert event.object_id == str(question.pk)
    assert event.details == {"resource": "DiagnosticReport"}
