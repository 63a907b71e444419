"""Pictures that are no slides: CT, MR, ultrasound, colour; real files of pydicom's."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from django.test import Client
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    MRImageStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

from dragonfly.geometry import Region, Size
from dragonfly.slide import open_slide
from tests.slides import dicom_image
from tests.webapp.dicomweb.stow import Stow
from tests.webapp.dicomweb.wado import body, client_of, place
from tests.webapp.factories import make_model_version
from tests.webapp.ingest.arriving import after_ingest
from webapp.accounts.models import User
from webapp.dicomweb.models import Series
from webapp.dicomweb.preparing import prepare_series
from webapp.slides.models import Slide

REAL = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "examples_palette.dcm",
    "examples_ybr_color.dcm",
    "examples_rgb_color.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "JPGExtended.dcm",
    "JPEG2000.dcm",
)


@pytest.fixture
def client(stow: Stow) -> Client:
    return client_of(User.objects.get(username="alice"))


def made(series: Series) -> Slide:
    slide = prepare_series(series.pk)
    assert slide is not None
    return after_ingest(slide)


@pytest.mark.parametrize("name", REAL)
def test_a_real_picture_is_stored_shown_and_viewable(
    stow: Stow, client: Client, name: str
) -> None:
    file = get_testdata_file(name, download=False)
    assert isinstance(file, str)
    with open(file, "rb") as source:
        data = source.read()
    reply = stow.store(data)
    assert reply.status in (200, 202), reply.body
    shown = client.get(
        place(dcmread(file), "rendered"), headers={"Accept": "image/png"}
    )
    assert shown.status_code == 200, body(shown)
    assert np.asarray(Image.open(BytesIO(body(shown)))).std() > 1
    slide = made(Series.objects.get())
    assert slide.is_viewable, slide.failure_code


def series_of(sop_class: UID, modality: str, count: int) -> list[Dataset]:
    """A stack in which each picture is brighter than the one before."""
    study, series = generate_uid(), generate_uid()
    stack = []
    for number in range(count):
        values = np.full((64, 64), 100 * number, np.int16)
        values[16:48, 16:48] += 400
        dataset = dicom_image(
            values,
            StudyInstanceUID=study,
            SeriesInstanceUID=series,
            Modality=modality,
            PixelRepresentation=1,
            InstanceNumber=number + 1,
            PixelSpacing=[0.5, 0.5],
            WindowCenter=500,
            WindowWidth=1000,
        )
        dataset.SOPClassUID = sop_class
        dataset.file_meta.MediaStorageSOPClassUID = sop_class
        stack.append(dataset)
    return stack


@pytest.mark.parametrize(
    ("sop_class", "modality"), [(CTImageStorage, "CT"), (MRImageStorage, "MR")]
)
def test_a_series_is_found_opened_and_asked_about(
    stow: Stow, client: Client, sop_class: UID, modality: str
) -> None:
    stack = series_of(sop_class, modality, 6)
    assert stow.store(*stack).status == 200
    slide = made(Series.objects.get())
    make_model_version(state="active")
    listed = client.get("/api/v1/slides").json()["results"]
    assert [each["id"] for each in listed] == [str(slide.pk)]
    with open_slide(slide.path) as opened:
        picture = opened.read_region(Region.of(opened.size), opened.size)
        assert picture[..., 0].std() > 10
    question = {"slide": str(slide.pk), "text": "What is shown?"}
    asked = client.post("/api/v1/questions", question, "application/json")
    assert asked.status_code == 201, asked.content


def test_frames_of_one_object_become_a_sheet_too(stow: Stow, client: Client) -> None:
    frames = np.stack([np.full((64, 64), 20 * n, np.uint8) for n in range(9)])
    sent = dicom_image(frames, frames=9, Modality="US")
    sent.SOPClassUID = UltrasoundMultiFrameImageStorage
    sent.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    assert stow.store(sent).status == 200
    slide = made(Series.objects.get())
    assert slide.is_viewable, slide.failure_code
    with open_slide(slide.path) as opened:
        assert opened.size == Size(192, 192)
        shown = opened.read_region(Region.of(opened.size), opened.size)
    assert shown[::64, ::64, 0].ravel().tolist() == [20 * n for n in range(9)]
