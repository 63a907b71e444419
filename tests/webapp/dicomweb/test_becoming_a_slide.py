"""A stored series becomes a slide by the same ingest as an upload."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.uid import UID, ParametricMapStorage, SegmentationStorage, generate_uid

from tests.slides import write_dicom_wsi
from tests.webapp.dicomweb.stow import Stow, picture
from tests.webapp.dicomweb.wado import client_of
from tests.webapp.factories import make_question, make_user
from tests.webapp.ingest.arriving import after_ingest, prepared_folder
from webapp.accounts.models import User
from webapp.dicomweb.models import Series
from webapp.dicomweb.preparing import prepare_quiet_series, prepare_series
from webapp.slides.models import Slide, SlideAccess


@pytest.fixture
def wsi(tmp_path: Path) -> Path:
    write_dicom_wsi(tmp_path / "wsi")
    return tmp_path / "wsi"


def stored(stow: Stow, *files: Path) -> Series:
    assert stow.store(*(file.read_bytes() for file in files)).status == 200
    return Series.objects.get()


def made(series: Series) -> Slide:
    slide = prepare_series(series.pk)
    assert slide is not None
    return after_ingest(slide)


def test_a_series_becomes_one_slide_of_all_its_levels(stow: Stow, wsi: Path) -> None:
    slide = made(stored(stow, *sorted(wsi.iterdir())))
    assert slide.is_viewable, slide.failure_code
    assert len(slide.levels) == 2
    assert slide.owner.username == "alice"


def test_nothing_is_made_twice(stow: Stow, wsi: Path) -> None:
    series = stored(stow, *sorted(wsi.iterdir()))
    made(series)
    assert prepare_series(series.pk) is None
    assert prepare_quiet_series() == 0


def test_the_clock_finds_what_no_message_told(stow: Stow, wsi: Path) -> None:
    stored(stow, *sorted(wsi.iterdir()))
    assert prepare_quiet_series() == 1


def test_a_series_whose_files_are_gone_keeps_no_other_waiting(
    stow: Stow, wsi: Path
) -> None:
    assert stow.store(picture()).status == 200
    Series.objects.get().instances.get().path.unlink()
    assert stow.store(*(file.read_bytes() for file in wsi.iterdir())).status == 200
    assert prepare_quiet_series() == 1


def test_a_level_that_comes_later_makes_a_new_slide(stow: Stow, wsi: Path) -> None:
    first, second = sorted(wsi.iterdir())
    early = made(stored(stow, first))
    late = made(stored(stow, second))
    early.refresh_from_db()
    assert early.deleted_at is not None
    assert len(late.levels) == 2


def test_a_slide_that_was_asked_about_stays(stow: Stow, wsi: Path) -> None:
    first, second = sorted(wsi.iterdir())
    early = made(stored(stow, first))
    make_question(early)
    made(stored(stow, second))
    early.refresh_from_db()
    assert early.deleted_at is None


def test_the_same_slide_from_the_browser_is_one(stow: Stow, wsi: Path) -> None:
    uploaded = prepared_folder(User.objects.get(username="alice"), wsi)
    slide = made(stored(stow, *sorted(wsi.iterdir())))
    assert (slide.failure_code, slide.twin) == ("UPLOAD_DUPLICATE", uploaded)


def test_another_picture_becomes_a_slide_too(stow: Stow) -> None:
    assert stow.store(picture()).status == 200
    assert made(Series.objects.get()).is_viewable


def test_who_a_slide_is_shared_with_sees_its_series(stow: Stow, wsi: Path) -> None:
    series = stored(stow, *sorted(wsi.iterdir()))
    bob = make_user("bob")
    assert client_of(bob).get("/dicom-web/studies").status_code == 204
    SlideAccess.objects.create(slide=made(series), user=bob)
    assert client_of(bob).get("/dicom-web/studies").status_code == 200


def test_a_series_of_pictures_becomes_one_sheet(stow: Stow) -> None:
    uid = generate_uid()
    study = generate_uid()
    pictures = [
        picture(StudyInstanceUID=study, SeriesInstanceUID=uid, InstanceNumber=number)
        for number in range(1, 6)
    ]
    assert stow.store(*pictures).status == 200
    slide = made(Series.objects.get())
    assert slide.is_viewable, slide.failure_code
    assert "SERIES_AS_SHEET" in [note["code"] for note in slide.notes]


@pytest.mark.parametrize("sop_class", [SegmentationStorage, ParametricMapStorage])
def test_a_result_becomes_none(stow: Stow, sop_class: UID) -> None:
    result = picture(SOPClassUID=sop_class)
    result.file_meta.MediaStorageSOPClassUID = sop_class
    assert stow.store(result).status == 200
    assert prepare_quiet_series() == 0
