"""Tiles stored in JPEG 2000 are decoded directly, and OpenSlide stays the judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from openslide import OpenSlide

from dragonfly.geometry import Region, Size
from dragonfly.slide import Slide, jpeg2000_reader, open_slide
from dragonfly.slide.jpeg2000_reader import Jpeg2000Reader, _decode, index_jpeg2000
from dragonfly.slide.pixels import Pixels
from tests.jpeg2000_slide import write_jpeg2000_slide, write_less_chroma_slide
from tests.slides import tissue_picture

SIDE, TILE = 2048, 128


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("jpeg2000") / "slide.svs"
    write_jpeg2000_slide(path, np.tile(tissue_picture(512, 512), (4, 4, 1)), TILE)
    return path


def is_direct(slide: Slide) -> bool:
    return isinstance(slide._reader, Jpeg2000Reader) and bool(slide._reader._stored)


def test_a_region_is_what_openslide_shows(path: Path) -> None:
    box = Region(300, 400, 333, 222)
    with open_slide(path) as slide, OpenSlide(path) as judge:
        assert is_direct(slide)
        mine = slide.read_region(box, Size(333, 222))
        theirs = judge.read_region((300, 400), 0, (333, 222)).convert("RGB")
    assert np.abs(mine.astype(int) - np.asarray(theirs)).max() <= 2


def test_ycbcr_has_the_colours_that_openslide_shows(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_jpeg2000_slide(path, tissue_picture(512, 512), 32, ycbcr=True)
    assert_direct_and_alike(path)


def test_ycbcr_with_less_chroma_has_those_colours_too(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_less_chroma_slide(path)
    assert_direct_and_alike(path)


def assert_direct_and_alike(path: Path) -> None:
    with open_slide(path) as slide, OpenSlide(path) as judge:
        assert is_direct(slide)
        assert slide.notes == ()
        mine = slide.read_region(Region(90, 100, 140, 120), Size(140, 120))
        theirs = judge.read_region((90, 100), 0, (140, 120)).convert("RGB")
    assert np.ptp(mine) > 50
    assert np.abs(mine.astype(int) - np.asarray(theirs)).max() <= 2


def test_ycbcr_that_says_it_is_rgb_is_left_to_openslide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slide.svs"
    write_jpeg2000_slide(path, tissue_picture(512, 512), 32, ycbcr=True)
    monkeypatch.setattr(jpeg2000_reader, "_rgb", lambda pixels: pixels)
    with open_slide(path) as slide:
        assert not is_direct(slide)
        assert "DIRECT_READING_OFF" in [note.code for note in slide.notes]


def test_a_tile_of_a_missing_level_is_the_mean_of_four_pixels(path: Path) -> None:
    with open_slide(path) as slide:
        z = slide.grid.last_z - 1
        tile = slide.tile(z, 3, 3).astype(float)
        whole = slide.read_region(Region(768, 768, 256, 256), Size(256, 256))
    mean = whole.reshape(128, 2, 128, 2, 3).mean(axis=(1, 3))
    assert np.abs(tile - mean).max() <= 1


def test_a_browser_gets_jpeg(path: Path) -> None:
    with open_slide(path) as slide:
        z = slide.grid.last_z
        assert not slide.stores_tiles(z)
        assert slide.tile_jpeg_at_hand(z, 1, 1) is None
        pixels = simplejpeg.decode_jpeg(slide.tile_jpeg(z, 1, 1))
    assert pixels.shape == (TILE, TILE, 3)


def test_a_decoder_that_disagrees_is_not_used(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = np.zeros((TILE, TILE, 3), np.uint8)
    monkeypatch.setattr(jpeg2000_reader, "_decode", lambda _: wrong)
    with open_slide(path) as slide:
        assert not is_direct(slide)
        assert "DIRECT_READING_OFF" in [note.code for note in slide.notes]


def test_a_stream_that_claims_another_size_is_not_decoded(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = index_jpeg2000(path)[Size(SIDE, SIDE)]
    data = bytearray(path.read_bytes())
    at = int(tiles.offsets[0])
    data[at + 8 : at + 16] = (60000).to_bytes(4, "big") * 2
    spoilt = tmp_path / "slide.svs"
    spoilt.write_bytes(data)
    decoded: list[bytes | bytearray] = []

    def decode(stream: bytes | bytearray) -> Pixels | None:
        decoded.append(stream)
        return _decode(stream)

    monkeypatch.setattr(jpeg2000_reader, "_decode", decode)
    with open_slide(spoilt) as slide:
        decoded.clear()
        slide.tile(slide.grid.last_z, 0, 0)
        assert slide.unreadable_tiles == 1
    assert decoded == []
