"""A DICOM series of tiles is one slide, whoever compressed it."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide import Slide, dicom_file, open_slide
from tests.slides import Picture, tissue_picture, write_dicom_image, write_dicom_wsi


def pixels_of(slide: Slide) -> Picture:
    return slide.read_region(Region.of(slide.size), slide.size)


@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
@pytest.mark.parametrize(
    "syntax",
    [
        JPEGBaseline8Bit,
        ExplicitVRLittleEndian,
        JPEG2000Lossless,
        JPEGLSLossless,
        RLELossless,
    ],
)
def test_every_compression_shows_the_same_slide(
    tmp_path: Path, syntax: UID, sparse: bool
) -> None:
    picture = write_dicom_wsi(tmp_path / "s", transfer_syntax=syntax, sparse=sparse)
    if sparse:
        picture[:128, :128] = 255
    with open_slide(tmp_path / "s") as slide:
        assert [level.size for level in slide.levels] == [
            Size(640, 512),
            Size(320, 256),
        ]
        assert slide.mpp == pytest.approx(0.5)
        assert np.abs(pixels_of(slide).astype(int) - picture).mean() < 2.5


def test_any_file_of_the_series_opens_the_slide(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "s", transfer_syntax=JPEGLSLossless)
    with open_slide(tmp_path / "s" / "level2.dcm") as slide:
        assert slide.size == Size(640, 512)
        assert len(slide.levels) == 2


def test_another_series_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "s", transfer_syntax=JPEGLSLossless)
    other = tmp_path / "s" / "other.dcm"
    (tmp_path / "s" / "level2.dcm").rename(other)
    dataset = dcmread(other)
    dataset.SeriesInstanceUID = generate_uid()
    dataset.save_as(other)
    with open_slide(tmp_path / "s" / "level1.dcm") as slide:
        assert len(slide.levels) == 1


def test_only_the_tiles_asked_for_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dicom_wsi(tmp_path / "s", downsamples=(1,), transfer_syntax=JPEGLSLossless)
    slide = open_slide(tmp_path / "s")
    frames: list[int] = []
    real = dicom_file.DicomFile.frame

    def noting(file: dicom_file.DicomFile, index: int) -> object:
        frames.append(index)
        return real(file, index)

    monkeypatch.setattr(dicom_file.DicomFile, "frame", noting)
    slide.read_region(Region(130, 10, 200, 100), Size(200, 100))
    slide.read_region(Region(140, 20, 180, 90), Size(90, 45))
    assert sorted(frames) == [1, 2]


def test_a_damaged_frame_is_marked(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "s", downsamples=(1,), transfer_syntax=JPEGLSLossless)
    path = tmp_path / "s" / "level1.dcm"
    file = dicom_file.DicomFile(path)
    stored = file.stored(7)
    path.write_bytes(path.read_bytes().replace(stored, b"\0" * len(stored)))
    with open_slide(path) as slide:
        pixels = pixels_of(slide)
        assert slide.unreadable_tiles == 1
    assert set(np.unique(pixels[128:256, 256:384])) == {110, 190}


def test_a_grey_slide_of_sixteen_bits_keeps_one_window(tmp_path: Path) -> None:
    write_dicom_wsi(
        tmp_path / "s", downsamples=(1,), transfer_syntax=ExplicitVRLittleEndian
    )
    path = tmp_path / "s" / "level1.dcm"
    dataset = dcmread(path)
    values = (
        np.arange(20, dtype=np.uint16)[:, None] * np.ones(128 * 128, np.uint16) * 50
    )
    dataset.PhotometricInterpretation, dataset.SamplesPerPixel = "MONOCHROME2", 1
    del dataset.PlanarConfiguration
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelData = values.tobytes()
    dataset["PixelData"].VR = "OW"
    dataset.save_as(path)
    with open_slide(path) as slide:
        assert "WINDOW_DERIVED" in [note.code for note in slide.notes]
        greys = [
            slide.tile(slide.grid.last_z, i % 5, i // 5)[9, 9, 0] for i in range(20)
        ]
    assert greys == sorted(greys)
    assert (greys[0], greys[-1]) == (0, 255)


def test_tiles_that_overlap_are_refused(tmp_path: Path) -> None:
    write_dicom_wsi(
        tmp_path / "s", downsamples=(1,), transfer_syntax=JPEGLSLossless, sparse=True
    )
    path = tmp_path / "s" / "level1.dcm"
    dataset = dcmread(path)
    place = dataset.PerFrameFunctionalGroupsSequence[3].PlanePositionSlideSequence[0]
    place.ColumnPositionInTotalImagePixelMatrix += 5
    dataset.save_as(path)
    with pytest.raises(SlideError) as refusal:
        open_slide(path)
    assert refusal.value.code == "FORMAT_UNSUPPORTED"


def test_channels_that_are_not_shown_are_noted(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "s", downsamples=(1,), transfer_syntax=JPEGLSLossless)
    path = tmp_path / "s" / "level1.dcm"
    dataset = dcmread(path)
    dataset.NumberOfOpticalPaths = 3
    dataset.save_as(path)
    with open_slide(path) as slide:
        assert "LAYERS_HIDDEN" in [note.code for note in slide.notes]


def test_a_slide_that_states_no_size_is_refused(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "s", downsamples=(1,), transfer_syntax=JPEGLSLossless)
    path = tmp_path / "s" / "level1.dcm"
    dataset = dcmread(path)
    dataset.TotalPixelMatrixRows = 0
    dataset.save_as(path)
    with pytest.raises(SlideError) as refusal:
        open_slide(path)
    assert refusal.value.code == "FORMAT_CORRUPT"


def test_a_folder_with_one_plain_dicom_image_opens_it(tmp_path: Path) -> None:
    write_dicom_image(tmp_path / "a.dcm", tissue_picture(32, 24))
    with open_slide(tmp_path) as slide:
        assert slide.size == Size(32, 24)
