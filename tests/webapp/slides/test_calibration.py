"""A person sets the pixel size; the file's own value stays known and comes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.webapp.factories import make_slide
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.slides.models import Slide, SlideAccess

MISSING = {"code": "PIXELSIZE_MISSING", "message": "No pixel size."}
BLANK = {"code": "SLIDE_NO_TISSUE", "message": "Blank."}
LINE = {"start": {"x": 100, "y": 300}, "end": {"x": 500, "y": 0}, "length_um": 250}


@pytest.fixture
def slide(alice: User) -> Slide:
    return make_slide(
        alice, state="ready_with_notes", notes=[MISSING], mpp_source="unknown"
    )


def address(slide: Slide) -> str:
    return f"/api/v1/slides/{slide.id}/calibration"


def calibrate(client: Client, slide: Slide, **asked: Any) -> Any:
    return client.post(address(slide), asked, "application/json")


def test_a_line_of_known_length_gives_the_pixel_size(
    as_alice: Client, slide: Slide
) -> None:
    found = calibrate(as_alice, slide, **LINE).json()
    assert (found["mpp_x"], found["mpp_y"]) == (0.5, 0.5)
    assert (found["mpp_source"], found["magnification"]) == ("person", 20)
    assert (found["state"], found["notes"]) == ("ready", [])


def test_who_set_it_and_what_the_file_says_is_told(
    as_alice: Client, slide: Slide
) -> None:
    found = calibrate(as_alice, slide, **LINE).json()["calibration"]
    assert found["set_by"] == "alice"
    assert found["start"] == {"x": 100, "y": 300}
    assert found["end"] == {"x": 500, "y": 0}
    assert found["length_um"] == 250
    assert (found["file_mpp_x"], found["file_mpp_source"]) == (None, "unknown")


def test_the_pixel_size_itself_can_be_entered(as_alice: Client, slide: Slide) -> None:
    found = calibrate(as_alice, slide, mpp=0.25).json()
    assert (found["mpp_x"], found["mpp_y"]) == (0.25, 0.25)
    assert found["calibration"]["start"] is None


def test_the_files_value_comes_back(as_alice: Client, slide: Slide) -> None:
    Slide.objects.update(notes=[MISSING, BLANK])
    before = as_alice.get(f"/api/v1/slides/{slide.id}").json()
    calibrate(as_alice, slide, **LINE)
    calibrate(as_alice, slide, mpp=0.3)
    after = as_alice.delete(address(slide)).json()
    changing = {"updated_at"}
    assert {key: after[key] for key in after.keys() - changing} == {
        key: before[key] for key in before.keys() - changing
    }


def test_other_doubts_stay(as_alice: Client, slide: Slide) -> None:
    Slide.objects.update(notes=[MISSING, BLANK])
    found = calibrate(as_alice, slide, mpp=0.3).json()
    assert (found["state"], found["notes"]) == ("ready_with_notes", [BLANK])


def test_taking_back_what_was_never_set_changes_nothing(
    as_alice: Client, slide: Slide
) -> None:
    assert as_alice.delete(address(slide)).json()["notes"] == [MISSING]
    assert not AuditEvent.objects.filter(object_id=str(slide.id)).exists()


def test_a_second_calibration_keeps_what_the_file_says(
    as_alice: Client, slide: Slide
) -> None:
    Slide.objects.update(mpp_x=85.0, mpp_y=85.0, mpp_source="file")
    calibrate(as_alice, slide, mpp=0.3)
    found = calibrate(as_alice, slide, mpp=0.4).json()
    assert (found["mpp_x"], found["calibration"]["file_mpp_x"]) == (0.4, 85.0)


def test_pixels_that_are_not_square_stay_so(as_alice: Client, slide: Slide) -> None:
    Slide.objects.update(mpp_x=1.0, mpp_y=2.0, mpp_source="file")
    end = {"x": 100, "y": 100}
    found = calibrate(
        as_alice, slide, start={"x": 100, "y": 0}, end=end, length_um=50
    ).json()
    assert (found["mpp_x"], found["mpp_y"]) == (0.25, 0.5)


def test_an_objective_that_the_file_names_stays(as_alice: Client, slide: Slide) -> None:
    Slide.objects.update(mpp_x=0.5, mpp_y=0.5, magnification=40)
    assert calibrate(as_alice, slide, mpp=0.26).json()["magnification"] == 40


def test_a_magnification_worked_out_from_the_pixel_size_follows_it(
    as_alice: Client, slide: Slide
) -> None:
    Slide.objects.update(mpp_x=0.5, mpp_y=0.5, magnification=20)
    assert calibrate(as_alice, slide, mpp=0.25).json()["magnification"] == 40


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "INVALID"),
        (LINE | {"mpp": 1}, "INVALID"),
        ({"start": LINE["start"], "length_um": 9}, "INVALID"),
        ({"mpp": "wide"}, "INVALID"),
        ({"mpp": "nan"}, "INVALID"),
        (LINE | {"length_um": "inf"}, "INVALID"),
        ({"mpp": 0}, "CALIBRATION_IMPLAUSIBLE"),
        ({"mpp": -0.5}, "CALIBRATION_IMPLAUSIBLE"),
        ({"mpp": 5001}, "CALIBRATION_IMPLAUSIBLE"),
        (LINE | {"length_um": 1}, "CALIBRATION_IMPLAUSIBLE"),
        (LINE | {"end": {"x": 120, "y": 300}}, "CALIBRATION_LINE"),
        (LINE | {"end": {"x": 2049, "y": 0}}, "CALIBRATION_LINE"),
        (LINE | {"end": {"x": 0, "y": -1}}, "CALIBRATION_LINE"),
    ],
)
def test_what_makes_no_sense_is_refused(
    as_alice: Client, slide: Slide, asked: dict[str, Any], code: str
) -> None:
    reply = calibrate(as_alice, slide, **asked)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    slide.refresh_from_db()
    assert slide.mpp_x is None


def test_a_slide_that_is_not_ready_is_not_calibrated(
    as_alice: Client, slide: Slide
) -> None:
    Slide.objects.update(state="preparing")
    reply = calibrate(as_alice, slide, mpp=0.5)
    assert (reply.status_code, reply.json()["code"]) == (409, "SLIDE_NOT_READY")


@pytest.mark.parametrize("method", ["post", "delete"])
def test_a_stranger_finds_no_slide(
    as_charlie: Client, slide: Slide, method: str
) -> None:
    assert getattr(as_charlie, method)(address(slide)).status_code == 404


@pytest.mark.parametrize("method", ["post", "delete"])
def test_a_colleague_sees_it_but_does_not_set_it(
    as_alice: Client, as_bob: Client, bob: User, slide: Slide, method: str
) -> None:
    SlideAccess.objects.create(slide=slide, user=bob)
    calibrate(as_alice, slide, mpp=0.5)
    assert getattr(as_bob, method)(address(slide)).status_code == 403
    assert as_bob.get(f"/api/v1/slides/{slide.id}").json()["mpp_x"] == 0.5


def test_it_is_recorded(as_alice: Client, slide: Slide) -> None:
    calibrate(as_alice, slide, **LINE)
    as_alice.delete(address(slide))
    found = AuditEvent.objects.filter(object_id=str(slide.id)).order_by("id")
    assert [event.action for event in found] == [
        "slide.calibrate",
        "slide.withdraw_calibration",
    ]
    assert found[0].details["after"] == [0.5, 0.5]
    assert found[0].details["asked"]["length_um"] == 250


def test_the_worklist_costs_no_more_for_calibrated_slides(
    as_alice: Client,
    alice: User,
    slide: Slide,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(3):
        calibrate(as_alice, make_slide(alice), mpp=0.5)
    with django_assert_max_num_queries(4):
        found = as_alice.get("/api/v1/slides").json()["results"]
    assert sum(row["calibration"] is not None for row in found) == 3
