"""One damaged tile is marked and counted; its neighbours and later reads go on."""

from pathlib import Path

import numpy as np
import pytest

from dragonfly.geometry import Region, Size
from dragonfly.slide import Slide, open_slide
from tests.slides import Picture, damage_tile, write_pyramid

DAMAGED = Region(128, 128, 128, 128)


@pytest.fixture(params=[True, False], ids=["direct", "openslide"])
def damaged(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Slide, Picture]:
    if not request.param:
        monkeypatch.setattr("dragonfly.slide.indexed_reader.INDEXED_VENDORS", ())
    path = tmp_path / "slide.svs"
    picture = write_pyramid(path, downsamples=(1,))
    damage_tile(path, index=6)
    return open_slide(path), picture


def test_only_the_damaged_area_is_marked(damaged: tuple[Slide, Picture]) -> None:
    slide, picture = damaged
    pixels = slide.read_region(Region.of(slide.size), slide.size)
    inside = pixels[128:256, 128:256]
    assert set(np.unique(inside)) == {110, 190}
    pixels[128:256, 128:256] = picture[128:256, 128:256]
    assert np.abs(pixels.astype(int) - picture).mean() < 2.5


def test_a_damaged_tile_is_counted_once(damaged: tuple[Slide, Picture]) -> None:
    slide, _ = damaged
    assert slide.unreadable_tiles == 0
    for _ in range(3):
        slide.read_region(DAMAGED, Size(64, 64))
        slide.read_region(Region(150, 140, 20, 20), Size(20, 20))
        slide.read_region(Region.of(slide.size), Size(320, 256))
    assert slide.unreadable_tiles == 1


def test_reading_goes_on_after_a_damaged_tile(damaged: tuple[Slide, Picture]) -> None:
    slide, picture = damaged
    slide.read_region(DAMAGED, DAMAGED.size)
    good = slide.read_region(Region(256, 256, 128, 128), Size(128, 128))
    assert np.abs(good.astype(int) - picture[256:384, 256:384]).mean() < 2.5


def test_fast_reads_mark_the_damage_too(damaged: tuple[Slide, Picture]) -> None:
    slide, _ = damaged
    pixels = slide.read_region(Region.of(slide.size), Size(320, 256), "fast")
    inside = pixels[68:124, 68:124]
    assert (inside[..., 0] == inside[..., 2]).all()


def test_a_damaged_tile_is_not_handed_to_the_browser(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, downsamples=(1,))
    damage_tile(path, index=6)
    with open_slide(path) as slide:
        jpeg = slide.tile_jpeg(slide.grid.last_z, 1, 1)
    assert jpeg.startswith(b"\xff\xd8")
    assert jpeg not in path.read_bytes()
