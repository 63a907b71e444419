"""Stored JPEG tiles of DICOM slides handed on, each from the file of its level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from pydicom.uid import JPEG2000Lossless

from dragonfly.geometry import Region
from dragonfly.slide import dicom_index, open_slide
from dragonfly.slide.jpeg2000_reader import Jpeg2000Reader
from tests.dragonfly.slide.test_tile_index import through_openslide
from tests.slides import write_dicom_wsi


def test_each_level_s_tiles_are_handed_on_unchanged(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "slide")
    with open_slide(tmp_path / "slide") as slide:
        z = slide.grid.last_z
        assert slide.stores_tiles(z)
        assert slide.stores_tiles(z - 1)
        fine, coarse = slide.tile_jpeg(z, 2, 1), slide.tile_jpeg(z - 1, 1, 1)
        assert slide.tile_jpeg_at_hand(z, 2, 1) == fine
    assert fine in (tmp_path / "slide" / "level1.dcm").read_bytes()
    assert coarse in (tmp_path / "slide" / "level2.dcm").read_bytes()


def test_they_have_the_pixels_that_openslide_shows(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "slide")
    with open_slide(tmp_path / "slide") as slide:
        shown = simplejpeg.decode_jpeg(slide.tile_jpeg(slide.grid.last_z, 2, 1))
        assert [note.code for note in slide.notes] == []
    region = Region(256, 128, 128, 128)
    expected = through_openslide(tmp_path / "slide" / "level1.dcm", region)
    assert np.abs(shown.astype(int) - expected).mean() < 2


def test_a_frame_that_was_not_stored_is_white(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "slide", sparse=True)
    with open_slide(tmp_path / "slide") as slide:
        first = simplejpeg.decode_jpeg(slide.tile_jpeg(slide.grid.last_z, 0, 0))
        other = slide.tile_jpeg(slide.grid.last_z, 2, 1)
    assert first.min() > 250
    assert other in (tmp_path / "slide" / "level1.dcm").read_bytes()


@pytest.mark.parametrize("sparse", [False, True])
def test_jpeg_2000_is_decoded_directly(tmp_path: Path, sparse: bool) -> None:
    folder = tmp_path / "slide"
    write_dicom_wsi(folder, transfer_syntax=JPEG2000Lossless, sparse=sparse)
    with open_slide(folder) as slide:
        reader = slide._reader
        assert isinstance(reader, Jpeg2000Reader)
        assert sorted(reader._stored) == [0, 1]
        mine = slide.tile(slide.grid.last_z, 2, 1)
    theirs = through_openslide(folder / "level1.dcm", Region(256, 128, 128, 128))
    assert np.array_equal(mine, theirs)


def test_jpeg_2000_is_encoded_anew(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "slide", transfer_syntax=JPEG2000Lossless)
    with open_slide(tmp_path / "slide") as slide:
        assert not slide.stores_tiles(slide.grid.last_z)
        assert simplejpeg.is_jpeg(slide.tile_jpeg(slide.grid.last_z, 2, 1))


def test_frames_in_the_wrong_place_are_left_to_openslide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dicom_wsi(tmp_path / "slide")
    real = dicom_index._placed

    def turned(*arguments: object) -> tuple[np.ndarray, ...]:
        return tuple(values[::-1] for values in real(*arguments))  # type: ignore[arg-type]

    monkeypatch.setattr(dicom_index, "_placed", turned)
    with open_slide(tmp_path / "slide") as slide:
        assert not slide.stores_tiles(slide.grid.last_z)
        assert "DIRECT_READING_OFF" in [note.code for note in slide.notes]
