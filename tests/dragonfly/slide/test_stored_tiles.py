"""Stored JPEG tiles handed on: untouched, cut at the edge, or not at hand."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from dragonfly.geometry import Region, Size
from dragonfly.slide import open_slide
from tests.dragonfly.slide.test_tile_index import through_openslide
from tests.slides import damage_tile, tissue_picture, write_pyramid

ODD = tissue_picture(600, 470)


def decibel(got: np.ndarray, expected: np.ndarray) -> float:
    error = ((got.astype(float) - expected) ** 2).mean()
    return float(10 * np.log10(255**2 / error))


@pytest.mark.parametrize("subsampling", ["444", "422", "420"])
def test_an_edge_tile_is_cut_to_what_openslide_shows(
    tmp_path: Path, subsampling: str
) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, ODD, downsamples=(1,), subsampling=subsampling, quality=80)
    with open_slide(path) as slide:
        jpeg = slide.tile_jpeg(slide.grid.last_z, 4, 3)
    shown = through_openslide(path, Region(512, 384, 88, 86))
    assert decibel(simplejpeg.decode_jpeg(jpeg), shown) > 40


def test_an_edge_tile_stored_as_rgb_keeps_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    picture = write_pyramid(path, ODD, stored_as_rgb=True, shared_tables=True)
    with open_slide(path) as slide:
        jpeg = slide.tile_jpeg(slide.grid.last_z, 4, 3)
    assert decibel(simplejpeg.decode_jpeg(jpeg), picture[384:, 512:]) > 35


def test_a_tile_in_memory_is_at_hand(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, ODD)
    with open_slide(path) as slide:
        z = slide.grid.last_z
        assert slide.tile_jpeg_at_hand(z, 1, 1) == slide.tile_jpeg(z, 1, 1)


def test_what_has_to_be_decoded_is_not_at_hand(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, ODD, downsamples=(1, 4))
    damage_tile(path, 0)
    with open_slide(path) as slide:
        z = slide.grid.last_z
        assert slide.tile_jpeg_at_hand(z, 0, 0) is None, "damaged"
        assert slide.tile_jpeg_at_hand(z, 4, 3) is None, "at the edge"
        assert slide.tile_jpeg_at_hand(z - 1, 0, 0) is None, "of a missing level"


def test_a_tile_on_the_disk_is_not_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, ODD)

    def not_in_memory(*arguments: object) -> int:
        raise BlockingIOError

    with open_slide(path) as slide:
        monkeypatch.setattr(os, "preadv", not_in_memory)
        assert slide.tile_jpeg_at_hand(slide.grid.last_z, 1, 1) is None
        assert slide.tile_jpeg(slide.grid.last_z, 1, 1)


def test_a_tile_half_in_memory_is_not_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, ODD)
    with open_slide(path) as slide:
        monkeypatch.setattr(os, "preadv", lambda *arguments: 7)
        assert slide.tile_jpeg_at_hand(slide.grid.last_z, 1, 1) is None


def test_a_missing_level_comes_from_stored_tiles_at_half_size(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    picture = tissue_picture(1024, 1024)
    write_pyramid(path, picture, downsamples=(1, 4), quality=90, subsampling="422")
    with open_slide(path) as slide:
        got = slide.tile(slide.grid.last_z - 1, 1, 1)
        exact = slide.read_region(Region(256, 256, 256, 256), Size(128, 128))
    assert decibel(got, exact) > 30
