"""A series of many pictures opens as one sheet of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import generate_uid

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide import open_slide
from tests.slides import write_dicom_image


def write_series(folder: Path, levels: list[int], **attributes: Any) -> Path:
    """Pictures of 64 x 64 pixels, each of one grey; written in reverse."""
    folder.mkdir()
    uid = generate_uid()
    for number, level in reversed(list(enumerate(levels, 1))):
        pixels = np.full((64, 64), level, np.uint8)
        write_dicom_image(
            folder / f"{len(levels) - number}.dcm",
            pixels,
            SeriesInstanceUID=uid,
            InstanceNumber=number,
            **attributes,
        )
    return folder


def greys(folder: Path) -> np.ndarray:
    """The middle of each cell."""
    with open_slide(folder) as slide:
        pixels = slide.read_region(Region.of(slide.size), slide.size)
    return pixels[32::64, 32::64, 0]


def test_pictures_lie_in_rows_by_their_numbers(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "ct", [10, 20, 30, 40, 50])
    assert greys(folder).tolist() == [[10, 20, 30], [40, 50, 0]]


def test_it_says_that_it_is_a_sheet(tmp_path: Path) -> None:
    with open_slide(write_series(tmp_path / "ct", [1, 2, 3, 4])) as slide:
        assert slide.size == Size(128, 128)
        assert slide.format == "DICOM series"
        assert "SERIES_AS_SHEET" in [note.code for note in slide.notes]


def test_the_pixel_size_is_the_series_own(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "ct", [1, 2], PixelSpacing=[0.5, 0.5])
    with open_slide(folder) as slide:
        assert slide.mpp == 500


def test_every_frame_of_a_file_has_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "us"
    folder.mkdir()
    uid = generate_uid()
    for number in (1, 2):
        stack = np.full((2, 64, 64), number * 10, np.uint8)
        stack[1] += 5
        write_dicom_image(
            folder / f"{number}.dcm",
            stack,
            frames=2,
            SeriesInstanceUID=uid,
            InstanceNumber=number,
        )
    assert greys(folder).tolist() == [[10, 15], [20, 25]]


def test_coarser_levels_show_the_same(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "ct", [5 * n for n in range(40)])
    with open_slide(folder) as slide:
        shown = slide.thumbnail(Size(256, 256))
        size = Size(shown.shape[1], shown.shape[0])
        fine = slide.read_region(Region.of(slide.size), slide.size)
    factor = fine.shape[1] // size.width
    assert np.abs(shown[8, 8].astype(int) - fine[8 * factor, 8 * factor]).max() <= 1


def test_one_brightness_for_all_where_the_files_say_none(tmp_path: Path) -> None:
    folder = tmp_path / "mr"
    folder.mkdir()
    uid = generate_uid()
    for number in range(1, 5):
        ramp = np.tile(np.arange(64, dtype=np.uint16) * 10 * number, (64, 1))
        write_dicom_image(
            folder / f"{number}.dcm",
            ramp,
            SeriesInstanceUID=uid,
            InstanceNumber=number,
        )
    with open_slide(folder) as slide:
        pixels = slide.read_region(Region.of(slide.size), slide.size)
    # The value 300 is at column 30 of the first picture and at 15 of the second.
    assert abs(int(pixels[0, 30, 0]) - int(pixels[0, 64 + 15, 0])) <= 1


def test_two_series_are_not_one_sheet(tmp_path: Path) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    for number in (1, 2):
        write_dicom_image(folder / f"{number}.dcm", np.zeros((8, 8), np.uint8))
    with pytest.raises(SlideError) as refused:
        open_slide(folder)
    assert refused.value.code == "SLIDE_AMBIGUOUS"


def test_a_damaged_picture_leaves_the_others(tmp_path: Path) -> None:
    folder = write_series(
        tmp_path / "ct", [10, 20, 30, 40], transfer_syntax="1.2.840.10008.1.2.4.90"
    )
    victim = folder / "0.dcm"
    data = bytearray(victim.read_bytes())
    at = data.find(b"\xff\x4f\xff\x51")
    data[at + 2 : at + 60] = bytes(58)
    victim.write_bytes(data)
    assert greys(folder)[0].tolist() == [10, 20]


def test_frames_of_the_only_file_lie_in_rows_too(tmp_path: Path) -> None:
    folder = tmp_path / "ct"
    folder.mkdir()
    stack = np.stack([np.full((64, 64), level, np.uint8) for level in (10, 20, 30, 40)])
    write_dicom_image(folder / "1.dcm", stack, frames=4)
    for place in (folder, folder / "1.dcm"):
        assert greys(place).tolist() == [[10, 20], [30, 40]]
    with open_slide(folder / "1.dcm", frame=2) as slide:
        assert slide.size == Size(64, 64)
