"""A data set: only what is allowed, split by patient, never torn, never moved."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from dragonfly.geometry import Region
from tests.webapp.factories import make_slide
from tests.webapp.reviews.conftest import allow
from webapp.accounts.models import User
from webapp.reviews.models import (
    DataSetRow,
    DataSetVersion,
    Example,
    GroupPart,
    SlideUse,
)
from webapp.reviews.services.examples import add_example
from webapp.slides.models import Slide, SlideAccess

pytestmark = pytest.mark.django_db


def make_example(slide: Slide, question: str = "Necrosis?", **fields: Any) -> Example:
    plain: dict[str, Any] = {
        "slide": slide,
        "slide_digest": slide.digest,
        "region": Region(0, 0, 100, 100),
        "question": question,
        "answer": "Yes.",
        "source": "review",
        "added_by": slide.owner,
    }
    return add_example(**(plain | fields))


def make_patients(owner: User, count: int, start: int = 0) -> list[Slide]:
    """Each with one slide and two examples."""
    slides = []
    for number in range(start, start + count):
        slide = make_slide(owner, digest=f"slide-{number:03}")
        allow(slide, patient=f"patient-{number:03}")
        for question in ("Necrosis?", "Which tissue?"):
            make_example(slide, question)
        slides.append(slide)
    return slides


def freeze(client: Client, name: str = "First") -> Any:
    return client.post(
        "/api/v1/data-sets", {"name": name}, content_type="application/json"
    )


def parts_by_patient() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in DataSetRow.objects.all():
        found.setdefault(json.loads(row.line)["patient"], set()).add(row.part)
    return found


def test_every_part_gets_patients_of_its_own(as_root: Client, root: User) -> None:
    make_patients(root, 10)
    body = freeze(as_root).json()
    counts = {part: card["examples"] for part, card in body["card"]["parts"].items()}
    assert counts["train"] == 14
    assert sorted((counts["validation"], counts["test"])) == [2, 4]
    assert all(len(parts) == 1 for parts in parts_by_patient().values())
    assert set(body["card"]["leakage"].values()) == {0}


@pytest.mark.parametrize("patients", [3, 4, 5])
def test_a_few_patients_are_enough(as_root: Client, root: User, patients: int) -> None:
    make_patients(root, patients)
    parts = freeze(as_root).json()["card"]["parts"]
    assert [parts[p]["patients"] for p in ("validation", "test")] == [1, 1]


def test_two_slides_of_one_patient_stay_together(as_root: Client, root: User) -> None:
    make_patients(root, 6)
    twin = make_slide(root, digest="slide-twin")
    allow(twin, patient="patient-000")
    make_example(twin)
    freeze(as_root)
    assert all(len(parts) == 1 for parts in parts_by_patient().values())
    rows = [json.loads(row.line) for row in DataSetRow.objects.all()]
    patient = {r["patient"] for r in rows if r["slide"] in ("slide-000", "slide-twin")}
    assert len(patient) == 1


def test_the_test_part_stays_locked_in_later_sets(as_root: Client, root: User) -> None:
    make_patients(root, 10)
    freeze(as_root)
    first = parts_by_patient()
    make_patients(root, 30, start=10)
    DataSetRow.objects.all().delete()
    freeze(as_root, "Second")
    second = parts_by_patient()
    assert {patient: second[patient] for patient in first} == first


def test_a_patient_who_would_be_in_two_parts_is_left_out(
    as_root: Client, root: User
) -> None:
    slides = make_patients(root, 10)
    freeze(as_root)
    parts = {r.example.slide_digest: r.part for r in DataSetRow.objects.all()}
    apart = next(s for s in slides if parts[s.digest] == "test")
    SlideUse.objects.filter(slide_digest=apart.digest).update(
        patient=next(
            f"patient-{d[-3:]}" for d, part in parts.items() if part == "train"
        )
    )
    make_patients(root, 4, start=20)
    card = freeze(as_root, "Second").json()["card"]
    assert card["left_out"]["PATIENT_IN_TWO_PARTS"] >= 2
    assert set(card["leakage"].values()) == {0}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consent": "refused"}, "NO_CONSENT"),
        ({"consent": "unknown"}, "NO_CONSENT"),
        ({"is_deidentified": False}, "NOT_DEIDENTIFIED"),
    ],
)
def test_what_is_not_allowed_is_left_out(
    as_root: Client, root: User, fields: dict[str, Any], reason: str
) -> None:
    make_patients(root, 5)
    slide = make_slide(root)
    allow(slide, **fields)
    example = make_example(slide)
    assert freeze(as_root).json()["card"]["left_out"] == {reason: 1}
    assert not example.data_set_rows.exists()


def test_a_slide_of_which_nothing_is_said_is_left_out(
    as_root: Client, root: User
) -> None:
    make_patients(root, 5)
    make_example(make_slide(root))
    assert freeze(as_root).json()["card"]["left_out"] == {"NO_CONSENT": 1}


def test_the_same_example_counts_once(as_root: Client, root: User) -> None:
    first, *_ = make_patients(root, 5)
    make_example(first, "  NECROSIS ")
    assert freeze(as_root).json()["card"]["left_out"] == {"DUPLICATE": 1}


def test_the_same_examples_are_the_same_data_set(as_root: Client, root: User) -> None:
    make_patients(root, 5)
    assert freeze(as_root).json()["id"] == freeze(as_root, "Again").json()["id"]
    assert DataSetVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("patients", "code"), [(0, "DATA_SET_EMPTY"), (2, "DATA_SET_INCOMPLETE")]
)
def test_too_little_is_refused(
    as_root: Client, root: User, patients: int, code: str
) -> None:
    make_patients(root, patients)
    assert freeze(as_root).json()["code"] == code
    assert not DataSetVersion.objects.exists()


def test_only_administrators_freeze_and_export(as_alice: Client) -> None:
    assert freeze(as_alice).status_code == 403
    assert as_alice.get("/api/v1/data-sets/1/export").status_code == 403


def test_an_export_holds_each_row_with_its_part(as_root: Client, root: User) -> None:
    make_patients(root, 5)
    pk = freeze(as_root).json()["id"]
    lines = as_root.get(f"/api/v1/data-sets/{pk}/export").content.splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 10
    assert {row["part"] for row in rows} == {"train", "validation", "test"}
    assert rows[0]["licence"] == "site data"
    assert not any("patient-0" in line.decode() for line in lines)


def test_an_export_is_read_again_with_its_parts(as_root: Client, root: User) -> None:
    make_patients(root, 5)
    before = exported(as_root)
    for kind in (DataSetVersion, Example, GroupPart):
        kind.objects.all().delete()

    body = as_root.post(
        "/api/v1/examples/import?file_format=jsonl&add=true",
        before,
        content_type="application/octet-stream",
    ).json()

    assert (body["added"], body["refused"]) == (10, [])
    assert places(exported(as_root)) == places(before)


def exported(client: Client) -> bytes:
    """Frozen now, and exported."""
    pk = freeze(client).json()["id"]
    return bytes(client.get(f"/api/v1/data-sets/{pk}/export").content)


def places(content: bytes) -> set[tuple[str, str, str]]:
    """Which question about which slide is in which part."""
    rows = [json.loads(line) for line in content.splitlines()]
    return {(row["slide"], row["question"], row["part"]) for row in rows}


def test_the_owner_says_what_a_slide_may_be_used_for(as_alice: Client) -> None:
    alice = User.objects.get(username="alice")
    slide = make_slide(alice)
    url = f"/api/v1/slides/{slide.pk}/training-use"
    body = {"patient": "p-1", "consent": "given", "is_deidentified": True}
    assert as_alice.get(url).json()["consent"] == "unknown"
    assert as_alice.put(url, body, content_type="application/json").json() == body
    assert SlideUse.objects.get().allows_learning


def test_a_colleague_does_not(as_bob: Client, alice: User) -> None:
    slide = make_slide(alice)
    url = f"/api/v1/slides/{slide.pk}/training-use"
    assert as_bob.get(url).status_code == 404
    SlideAccess.objects.create(slide=slide, user=User.objects.get(username="bob"))
    assert as_bob.put(url, {}, content_type="application/json").status_code == 403
