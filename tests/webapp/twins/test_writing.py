"""What the written files hold: the slide's own tiles, and no error of DICOM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pytest
import simplejpeg
import tifffile
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from dragonfly.geometry import Region
from dragonfly.slide import Slide, open_slide
from dragonfly.slide.reader import UnreadableError
from tests.slides import tissue_picture, truncate, write_pyramid
from webapp.twins.writing import file as written_file
from webapp.twins.writing.__main__ import write_levels
from webapp.twins.writing.order import Order

ODD = tissue_picture(600, 500)


def order_for(slide: Path, folder: Path) -> Order:
    folder.mkdir()
    uids = {"study": "2.25.1", "series": "2.25.2", "reference": "2.25.3"}
    return Order(str(slide), str(folder), 0.5, 0.25, container="glass", **uids)


def written(path: Path) -> list[Path]:
    """The files of this slide, the finest level first."""
    order = order_for(path, path.parent / "out")
    with open_slide(path) as slide:
        write_levels(slide, order)
    return sorted(Path(order.folder).iterdir())


def read_back(files: list[Path]) -> Slide:
    return open_slide(files[0].parent)


@pytest.mark.parametrize(("rgb", "colour"), [(False, "YBR_FULL_422"), (True, "RGB")])
def test_stored_tiles_are_untouched(tmp_path: Path, rgb: bool, colour: str) -> None:
    path = tmp_path / "a.svs"
    write_pyramid(path, ODD, stored_as_rgb=rgb, shared_tables=True)
    files = written(path)
    with open_slide(path) as slide:
        for level, file in enumerate(files):
            dataset = dcmread(file)
            assert dataset.PhotometricInterpretation == colour
            columns = -(-dataset.TotalPixelMatrixColumns // dataset.Columns)
            for n, frame in enumerate(frames_of(dataset)):
                stored = slide.stored_jpeg(level, n % columns, n // columns)
                assert stored is not None
                assert frame == stored + bytes(len(stored) % 2)


def frames_of(dataset: Dataset) -> list[bytes]:
    count = int(dataset.NumberOfFrames)
    return list(generate_frames(dataset.PixelData, number_of_frames=count))


def test_pixels_are_those_of_openslide(tmp_path: Path) -> None:
    path = tmp_path / "a.svs"
    write_pyramid(path, ODD)
    with openslide.OpenSlide(path) as reference, read_back(written(path)) as twin:
        assert [(lv.size.width, lv.size.height) for lv in twin.levels] == list(
            reference.level_dimensions
        )
        for level, (width, height) in enumerate(reference.level_dimensions):
            theirs = reference.read_region((0, 0), level, (width, height))
            ours = twin.stored_pixels(level, Region(0, 0, width, height))
            difference = np.asarray(theirs.convert("RGB"), int) - ours
            assert np.abs(difference).mean() < 1


def test_a_slide_without_jpeg_tiles_is_encoded(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, ODD, tile=(128, 128), photometric="rgb", metadata=None)
    with read_back(written(path)) as twin:
        ours = twin.stored_pixels(0, Region(0, 0, 600, 500))
        assert np.abs(ours.astype(int) - ODD).mean() < 2


def test_a_stored_tile_of_another_size_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each frame has the size and the colours that the header states."""
    path = tmp_path / "a.svs"
    write_pyramid(path, ODD, stored_as_rgb=True)
    monkeypatch.setattr(Slide, "stored_jpeg", every_other(Slide.stored_jpeg))
    dataset = dcmread(written(path)[0])
    headers = [simplejpeg.decode_jpeg_header(each) for each in frames_of(dataset)]
    assert {header[:3] for header in headers} == {(128, 128, "RGB")}


def every_other(stored_jpeg: Any) -> Any:
    def found(slide: Slide, level: int, column: int, row: int) -> bytes | None:
        return stored_jpeg(slide, level, column, row) if column % 2 else None

    return found


def test_a_slide_that_breaks_off_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, ODD, tile=(128, 128), photometric="rgb", metadata=None)
    slide = open_slide(path)
    truncate(path, 0.5)
    with slide, pytest.raises(UnreadableError):
        write_levels(slide, order_for(path, tmp_path / "out"))


@pytest.mark.parametrize("most", [2**32, 100])
def test_dciodvfy_finds_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """With the Basic and with the Extended Offset Table."""
    monkeypatch.setattr(written_file, "MOST_BASIC", most)
    path = tmp_path / "a.svs"
    write_pyramid(path, ODD)
    files = written(path)
    for file in files:
        program = Path(sys.executable).with_name("dciodvfy")
        told = subprocess.run(
            [program, "-new", file], capture_output=True, text=True, check=False
        )
        lines = (told.stderr + told.stdout).splitlines()
        assert [line for line in lines if line.startswith("Error")] == []
        assert ("ExtendedOffsetTable" in dcmread(file)) is (most == 100)


def test_no_thumbnail_label_or_level_is_added(tmp_path: Path) -> None:
    path = tmp_path / "a.svs"
    write_pyramid(path, ODD, downsamples=(1, 4), label=ODD[:64, :64])
    datasets = [dcmread(file) for file in written(path)]
    kinds = [list(dataset.ImageType) for dataset in datasets]
    assert [kind[2:] for kind in kinds] == [["VOLUME", "NONE"], ["VOLUME", "RESAMPLED"]]


def test_every_level_tells_its_own_spacing(tmp_path: Path) -> None:
    path = tmp_path / "a.svs"
    write_pyramid(path, ODD, downsamples=(1, 4))
    for dataset in map(dcmread, written(path)):
        groups = dataset.SharedFunctionalGroupsSequence[0]
        down, across = map(float, groups.PixelMeasuresSequence[0].PixelSpacing)
        width, height = dataset.TotalPixelMatrixColumns, dataset.TotalPixelMatrixRows
        assert across * width == pytest.approx(600 * 0.5 / 1000)
        assert down * height == pytest.approx(500 * 0.25 / 1000)
