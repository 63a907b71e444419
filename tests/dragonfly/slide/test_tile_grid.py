"""The viewer's tiles cover the slide once, at every step."""

from pathlib import Path

import numpy as np
import pytest

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide import TileGrid, open_slide
from tests.slides import write_pyramid


def test_the_first_step_is_one_tile_and_the_last_is_level_0() -> None:
    grid = TileGrid(Size(100_000, 70_001), 256)
    assert grid.counts(0) == Size(1, 1)
    assert grid.plane(grid.last_z) == Size(100_000, 70_001)


def test_a_slide_smaller_than_a_tile_has_one_step() -> None:
    grid = TileGrid(Size(100, 50), 256)
    assert grid.last_z == 0
    assert grid.place(0, 0, 0) == (Region(0, 0, 100, 50), Size(100, 50))


def test_tiles_of_every_step_cover_the_plane_without_overlap() -> None:
    grid = TileGrid(Size(1000, 701), 128)
    for z in range(grid.last_z + 1):
        counts, plane = grid.counts(z), grid.plane(z)
        placed = [
            grid.place(z, x, y)[1]
            for y in range(counts.height)
            for x in range(counts.width)
        ]
        assert sum(size.area for size in placed) == plane.area


@pytest.mark.parametrize("tile", [(0, 1, 0), (-1, 0, 0), (99, 0, 0), (3, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(tile: tuple[int, int, int]) -> None:
    with pytest.raises(SlideError) as refusal:
        TileGrid(Size(1000, 701), 128).place(*tile)
    assert refusal.value.code == "TILE_OUTSIDE"


def test_tiles_join_to_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    picture = write_pyramid(path)
    with open_slide(path) as slide:
        z, counts = slide.grid.last_z, slide.grid.counts(slide.grid.last_z)
        rows = [
            np.concatenate([slide.tile(z, x, y) for x in range(counts.width)], axis=1)
            for y in range(counts.height)
        ]
    assert np.abs(np.concatenate(rows).astype(int) - picture).mean() < 2.5
