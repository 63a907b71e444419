"""An SVS has results, too: they join the DICOM copy that is written of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from highdicom.sr import srread
from pydicom import dcmread
from pytest_django.fixtures import Settings

from dragonfly.errors import DragonflyError
from tests.slides import write_pyramid
from tests.webapp.deidentification.studies import errors_of
from tests.webapp.ingest.arriving import prepared
from tests.webapp.results.conftest import answered
from tests.webapp.results.test_results_over_rest import make
from webapp.accounts.models import User
from webapp.celery import app
from webapp.dicomweb.models import Instance
from webapp.questions.models import Question
from webapp.results.models import ResultObject
from webapp.results.services import make_result
from webapp.slides.models import Slide, SlideAccess
from webapp.twins.models import Twin
from webapp.twins.services import copy_of, make_twin, remove_of_gone_slides

KINDS = list(ResultObject.Kind.values)


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "send_task", lambda *words, **options: None)


@pytest.fixture
def svs(
    alice: User, valkey: str, dicom_folder: None, settings: Settings, tmp_path: Path
) -> Slide:
    """Three levels of JPEG tiles at 0.5 µm a pixel."""
    settings.DICOM_FOLDER.mkdir(parents=True, exist_ok=True)
    write_pyramid(tmp_path / "liver.svs")
    slide = prepared(alice, tmp_path / "liver.svs")
    assert (slide.mpp_x, slide.mpp_y) == (0.5, 0.5)
    return slide


@pytest.fixture
def about_svs(svs: Slide) -> Question:
    return answered(svs)


@pytest.fixture
def copied(about_svs: Question, alice: User) -> Question:
    """Asked for once, and the copy written."""
    with pytest.raises(DragonflyError, match="is being written now"):
        make_result(about_svs, "sr", alice)
    make_twin(Twin.objects.get().pk)
    return about_svs


def test_every_kind_is_sound_and_joins_the_copy(copied: Question, alice: User) -> None:
    twin = Twin.objects.get()
    for kind in KINDS:
        made = make_result(copied, kind, alice).instance
        assert not errors_of(made.path), kind
        assert made.series.study.uid == twin.study_uid


def test_its_regions_lie_where_the_copy_has_those_pixels(
    copied: Question, alice: User
) -> None:
    """By hand: pixels of 0.5 µm, origin at 0, columns run to -y, rows to -x."""
    report: Any = srread(make_result(copied, "sr", alice).instance.path)
    series = copy_of(copied.slide)
    assert series is not None
    finest = dcmread(series.instances.get(number=1).path)
    place = report.content.get_planar_roi_measurement_groups()[0].roi.value
    assert list(finest.ImageOrientationSlide) == [0, -1, 0, -1, 0, 0]
    column, row = 10 - 0.5, 20 - 0.5
    assert np.allclose(place[0], (-row * 0.0005, -column * 0.0005, 0), atol=1e-7)
    assert np.allclose(np.ptp(place, axis=0), (48 * 0.0005, 64 * 0.0005, 0), atol=1e-7)
    (study,) = report.CurrentRequestedProcedureEvidenceSequence
    (named,) = study.ReferencedSeriesSequence[0].ReferencedSOPSequence
    assert named.ReferencedSOPInstanceUID == finest.SOPInstanceUID


def test_a_copy_is_asked_for_once(
    client: Client, about_svs: Question, alice: User
) -> None:
    client.force_login(alice)
    for _ in range(2):
        waits = make(client, about_svs, "sr")
        assert (waits.status_code, waits.json()["code"]) == (409, "RESULT_WAITS")
    make_twin(Twin.objects.get().pk)
    assert make(client, about_svs, "sr").status_code == 200


def test_whom_it_is_shared_with_waits_for_the_owner(
    client: Client, about_svs: Question, alice: User, bob: User
) -> None:
    SlideAccess.objects.create(slide=about_svs.slide, user=bob)
    client.force_login(bob)
    assert make(client, about_svs, "sr").json()["code"] == "RESULT_NEEDS_DICOM"
    assert not Twin.objects.exists()
    with pytest.raises(DragonflyError):
        make_result(about_svs, "sr", alice)
    make_twin(Twin.objects.get().pk)
    assert make(client, about_svs, "sr").status_code == 200


def test_a_copy_that_failed_is_told_with_its_reason(
    about_svs: Question, alice: User
) -> None:
    words = "One tile cannot be read."
    Twin.objects.create(slide=about_svs.slide, state="failed", failure_message=words)
    with pytest.raises(DragonflyError, match=words) as refused:
        make_result(about_svs, "sr", alice)
    assert refused.value.code == "RESULT_NEEDS_DICOM"


def test_they_go_with_the_slide(copied: Question, alice: User) -> None:
    make_result(copied, "ko", alice)
    Slide.objects.filter(pk=copied.slide_id).update(files_removed=True)
    remove_of_gone_slides()
    assert not ResultObject.objects.exists()
    assert not Instance.objects.exists()
