"""Searching FHIR: who finds what, by what, and page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from fhir.resources.R4B import get_fhir_model_class

from tests.webapp.factories import make_model_version, make_slide, make_user
from tests.webapp.fhir.test_reading import UID, program_of
from tests.webapp.world import make_answered
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.models import Series, Study
from webapp.questions.models import Answer, Question
from webapp.reviews.models import Review
from webapp.slides.models import Slide, SlideAccess

Find = list[str]
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def make_case(owner: User, number: int) -> Question:
    """Patient H-{number}, whose slide was asked about {number} days after the first."""
    slide = make_slide(owner, mpp_x=0.5, mpp_y=0.5)
    study = Study.objects.create(
        owner=owner,
        uid=f"{UID}.{number}",
        date=f"202603{number:02}",
        patient_id=f"H-{number}",
        accession_number=f"A-{number}",
    )
    Series.objects.create(
        study=study, uid=f"{UID}.{number}.1", modality="SM", slide=slide
    )
    question = make_answered(slide, make_model_version(state="retired"))
    at = NOON + timedelta(days=number)
    Answer.objects.filter(question=question).update(created_at=at)
    return question


@pytest.fixture
def cases(alice: User) -> list[Question]:
    """Three, the oldest first."""
    return [make_case(alice, number) for number in (1, 2, 3)]


@pytest.fixture
def fhir(alice: User) -> Client:
    return program_of(alice)


def search(client: Client, query: str, **headers: str) -> dict[str, Any]:
    """The bundle, valid by FHIR's own rules; so is each resource in it."""
    address = query if query.startswith("http") else f"/fhir/{query}"
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    get_fhir_model_class("Bundle").model_validate(found)
    assert found["type"] == "searchset"
    return found


def ids(bundle: dict[str, Any]) -> list[str]:
    entries = bundle.get("entry", [])
    matches = [one for one in entries if one["search"]["mode"] == "match"]
    assert all(one["fullUrl"].endswith(f"/{one['resource']['id']}") for one in matches)
    return [one["resource"]["id"] for one in matches]


def next_of(bundle: dict[str, Any]) -> str | None:
    links = {one["relation"]: one["url"] for one in bundle["link"]}
    return links.get("next")


STUDY_QUERIES = [
    ("", [3, 2, 1]),
    ("patient:identifier=H-2", [2]),
    ("patient.identifier=H-2,H-3", [3, 2]),
    ("patient=H-2", [2]),
    ("subject=Patient/H-2", [2]),
    ("patient=H-1&patient=H-2", []),
    ("patient=nobody", []),
    (f"identifier=urn:dicom:uid|urn:oid:{UID}.2", [2]),
    (f"identifier=urn:oid:{UID}.2", [2]),
    ("identifier=A-3", [3]),
    ("identifier=|A-3", [3]),
    ("identifier=urn:dicom:uid|A-3", []),
    ("identifier=elsewhere|A-3", []),
    (f"_id={UID}.1,{UID}.3", [3, 1]),
    ("started=2026-03-02", [2]),
    ("started=ge2026-03-02", [3, 2]),
    ("started=gt2026-03-02&started=lt2026-03-04", [3]),
    ("started=le2026-03-02", [2, 1]),
    ("started=ne2026-03-02", [3, 1]),
    ("started=2026-03", [3, 2, 1]),
    ("started=2025", []),
    ("modality=SM&started=eb2026-03-02", [1]),
    ("modality=CT", []),
    ("_lastUpdated=lt2001", []),
    ("_lastUpdated=gt2001", [3, 2, 1]),
]


@pytest.mark.parametrize(("query", "expected"), STUDY_QUERIES)
def test_studies_are_found_by(
    fhir: Client, cases: list[Question], query: str, expected: list[int]
) -> None:
    found = search(fhir, f"ImagingStudy?{query}")
    assert ids(found) == [f"{UID}.{number}" for number in expected]
    assert found["total"] == len(expected)


ANSWER_QUERIES = [
    ("", [3, 2, 1]),
    ("patient:identifier=H-2", [2]),
    ("patient=H-1,H-3", [3, 1]),
    ("date=2026-03-16", [2]),
    ("date=ge2026-03-16T12:00:00Z", [3, 2]),
    ("date=gt2026-03-16T12:00:00Z", [3]),
    ("date=lt2026-03-16T13:00:00%2B01:00", [1]),
    ("date=sa2026-03-16", [3]),
    ("_id=nonsense", []),
    ("identifier=nonsense", []),
]


@pytest.mark.parametrize(("query", "expected"), ANSWER_QUERIES)
def test_reports_are_found_by(
    fhir: Client, cases: list[Question], query: str, expected: list[int]
) -> None:
    found = search(fhir, f"DiagnosticReport?{query}")
    assert ids(found) == [str(cases[number - 1].pk) for number in expected]
    assert found["total"] == len(expected)


@pytest.mark.parametrize(("query", "expected"), ANSWER_QUERIES)
def test_observations_are_found_by(
    fhir: Client, cases: list[Question], query: str, expected: list[int]
) -> None:
    found = search(fhir, f"Observation?{query}")
    names = [str(cases[number - 1].pk) for number in expected]
    assert ids(found) == [f"{pk}{end}" for pk in names for end in ("", "-1")]
    assert found["total"] == 2 * len(expected)


@pytest.mark.parametrize("kind", ["DiagnosticReport", "Observation"])
def test_what_was_read_is_found_by_its_id_and_identifier(
    fhir: Client, cases: list[Question], kind: str
) -> None:
    every = search(fhir, kind)
    for entry in every["entry"]:
        resource = entry["resource"]
        assert ids(search(fhir, f"{kind}?_id={resource['id']}")) == [resource["id"]]
        (named,) = resource["identifier"]
        token = f"{named['system']}|{named['value']}".replace("#", "%23")
        assert ids(search(fhir, f"{kind}?identifier={token}")) == [resource["id"]]


def test_a_found_resource_is_the_one_that_is_read(
    fhir: Client, cases: list[Question]
) -> None:
    for kind in ("ImagingStudy", "DiagnosticReport", "Observation"):
        for entry in search(fhir, kind)["entry"]:
            assert fhir.get(entry["fullUrl"]).json() == entry["resource"]


@pytest.mark.parametrize(
    ("kind", "count"),
    [("ImagingStudy", 3), ("DiagnosticReport", 3), ("Observation", 6)],
)
@pytest.mark.parametrize("size", [1, 2, 4])
def test_pages_tell_each_once(
    fhir: Client, cases: list[Question], kind: str, count: int, size: int
) -> None:
    following: str | None = f"{kind}?_count={size}&_lastUpdated=gt2001"
    seen: list[str] = []
    while following:
        page = search(fhir, following)
        assert page["total"] == count
        assert 1 <= len(ids(page)) <= size
        seen += ids(page)
        following = next_of(page)
    assert seen == ids(search(fhir, kind))
    assert len(seen) == count


def test_what_comes_meanwhile_shifts_no_page(
    fhir: Client, cases: list[Question], alice: User
) -> None:
    first = search(fhir, "DiagnosticReport?_count=2")
    make_case(alice, 9)
    following = next_of(first)
    assert following is not None
    assert ids(search(fhir, following)) == [str(cases[0].pk)]


def test_none_at_all_can_be_asked_for(fhir: Client, cases: list[Question]) -> None:
    found = search(fhir, "DiagnosticReport?_count=0")
    assert (found["total"], ids(found), next_of(found)) == (3, [], None)


def test_nothing_found_is_an_empty_bundle(fhir: Client, db: None) -> None:
    found = search(fhir, "Observation")
    assert (found["total"], "entry" in found) == (0, False)


@pytest.mark.parametrize("kind", ["ImagingStudy", "DiagnosticReport", "Observation"])
def test_a_stranger_finds_nothing(cases: list[Question], bob: User, kind: str) -> None:
    found = search(program_of(bob), f"{kind}?patient=H-1")
    assert (found["total"], ids(found)) == (0, [])


@pytest.mark.parametrize("kind", ["ImagingStudy", "DiagnosticReport", "Observation"])
def test_a_colleague_finds_what_is_shared(
    cases: list[Question], bob: User, kind: str
) -> None:
    SlideAccess.objects.create(slide=cases[1].slide, user=bob)
    found = search(program_of(bob), kind)
    every = search(program_of(bob), f"{kind}?patient=H-1,H-2,H-3")
    assert ids(found) == ids(every)
    assert found["total"] == (2 if kind == "Observation" else 1)


def test_a_deleted_slide_takes_its_answers_along(
    fhir: Client, cases: list[Question]
) -> None:
    Slide.objects.filter(pk=cases[0].slide_id).update(deleted_at=NOON)
    assert search(fhir, "DiagnosticReport")["total"] == 2
    assert search(fhir, "Observation")["total"] == 4


def test_one_study_from_two_accounts_is_one_study(
    cases: list[Question], bob: User
) -> None:
    make_case(bob, 1)
    root = program_of(make_user("root", User.Role.ADMIN))
    assert sorted(ids(search(root, "ImagingStudy"))) == [
        f"{UID}.{n}" for n in (1, 2, 3)
    ]


def test_a_review_makes_a_report_final_and_new(
    fhir: Client, cases: list[Question], alice: User
) -> None:
    before = NOON + timedelta(days=30)
    old = f"DiagnosticReport?_lastUpdated=lt{before:%Y-%m-%d}"
    assert search(fhir, old)["total"] == 3
    Review.objects.create(question=cases[1], reviewer=alice, verdict="right")
    Review.objects.update(created_at=before)
    assert search(fhir, old)["total"] == 2
    assert ids(search(fhir, "DiagnosticReport?status=final")) == [str(cases[1].pk)]
    assert search(fhir, "DiagnosticReport?status=preliminary")["total"] == 2
    assert search(fhir, "DiagnosticReport?status=odd")["total"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "date=never",
        "date=2026-13",
        "date=2026-02-30",
        "date=9999",
        "date=0000-01-01",
        "date=2026-01-01T25:00",
        "date=ap2026",
        "_count=many",
        "_count=-1",
        "_page=nonsense",
        "_page=W10",
        "patient=%00",
        "_id=" + "1," * 200,
    ],
)
@pytest.mark.parametrize("kind", ["DiagnosticReport", "Observation"])
def test_what_makes_no_sense_is_refused(fhir: Client, kind: str, query: str) -> None:
    answer = fhir.get(f"/fhir/{kind}?{query}")
    assert answer.status_code == 400
    outcome = answer.json()
    get_fhir_model_class("OperationOutcome").model_validate(outcome)
    assert outcome["issue"][0]["diagnostics"].startswith("SEARCH_INVALID")


def test_what_is_not_known_is_told_and_not_used(
    fhir: Client, cases: list[Question]
) -> None:
    found = search(fhir, "DiagnosticReport?shoe-size=42&patient=H-1")
    assert ids(found) == [str(cases[0].pk)]
    said = found["entry"][-1]
    assert said["search"]["mode"] == "outcome"
    assert "shoe-size" in said["resource"]["issue"][0]["details"]["text"]
    (link,) = found["link"]
    assert parse_qs(urlsplit(link["url"]).query) == {"patient": ["H-1"]}


def test_who_wants_strictness_gets_it(fhir: Client, db: None) -> None:
    strict = {"Prefer": "handling=strict"}
    answer = fhir.get("/fhir/DiagnosticReport?shoe-size=42", headers=strict)
    assert answer.status_code == 400
    search(fhir, "DiagnosticReport?patient=H-1&_format=json", **strict)


def test_a_search_can_be_a_form(fhir: Client, cases: list[Question]) -> None:
    form = "application/x-www-form-urlencoded"
    for kind in ("ImagingStudy", "DiagnosticReport", "Observation"):
        answer = fhir.generic("POST", f"/fhir/{kind}/_search", "patient=H-2", form)
        assert answer.status_code == 200
        assert ids(answer.json()) == ids(search(fhir, f"{kind}?patient=H-2"))
    wrong = fhir.generic("POST", f"/fhir/{kind}/_search", "{}", "application/json")
    assert (wrong.status_code, wrong.json()["resourceType"]) == (
        415,
        "OperationOutcome",
    )


def test_a_form_needs_no_more_than_reading(alice: User, cases: list[Question]) -> None:
    form = "application/x-www-form-urlencoded"
    for scope, status in (("results.read", 200), ("results.write", 403)):
        client = program_of(alice, scope)
        answer = client.generic("POST", "/fhir/Observation/_search", "", form)
        assert answer.status_code == status


def test_each_type_says_by_what_it_is_searched(client: Client, db: None) -> None:
    stated = client.get("/fhir/metadata").json()["rest"][0]["resource"]
    for resource in stated:
        codes = {one["code"] for one in resource["interaction"]}
        assert codes == {"read", "search-type"}
        names = {one["name"] for one in resource["searchParam"]}
        assert {"_id", "_lastUpdated", "identifier", "patient"} <= names


def test_each_stated_parameter_is_used(fhir: Client, cases: list[Question]) -> None:
    stated = fhir.get("/fhir/metadata").json()["rest"][0]["resource"]
    for resource in stated:
        for one in resource["searchParam"]:
            value = "2026" if one["type"] == "date" else "x"
            found = search(fhir, f"{resource['type']}?{one['name']}={value}")
            assert one["name"] in found["link"][0]["url"]


def test_a_search_is_in_the_audit_without_what_was_searched(
    fhir: Client, cases: list[Question]
) -> None:
    search(fhir, "DiagnosticReport?patient=H-1")
    event = AuditEvent.objects.get(action="fhir.search")
    assert event.details == {"resource": "DiagnosticReport", "found": 1}
