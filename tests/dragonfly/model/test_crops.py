"""A picture is cut into crops that remember where they lie."""

import numpy as np
import pytest
from PIL import Image

from dragonfly.geometry import Region, Size
from dragonfly.model.crops import cut_crops, plan_crops
from dragonfly.model.layout import MID_GRIDS, CropLayout, Grid
from tests.checkpoints import noise

V1 = CropLayout.of_variant("v1", 224, 32)
V2 = CropLayout.of_variant("v2", 336, 14)
SMALL = CropLayout.of_variant("v1", 8, 4)


@pytest.mark.parametrize(
    ("size", "mid", "high"),
    [
        (Size(1000, 1000), Grid(2, 2), Grid(6, 4)),
        (Size(3000, 1100), Grid(4, 1), Grid(8, 3)),
        (Size(1100, 3000), Grid(1, 4), Grid(3, 8)),
        (Size(6000, 500), Grid(4, 1), Grid(12, 2)),
        (Size(500, 6000), Grid(1, 4), Grid(2, 12)),
        (Size(900, 1300), Grid(2, 2), Grid(4, 6)),
    ],
)
def test_v1_grids_follow_the_shape(size: Size, mid: Grid, high: Grid) -> None:
    plan = plan_crops(size, V1)
    assert (plan.mid, plan.high) == (mid, high)


def test_v2_high_crops_are_three_times_the_mid_grid() -> None:
    plan = plan_crops(Size(3000, 700), V2)
    assert (plan.mid, plan.high) == (Grid(4, 1), Grid(12, 3))


@pytest.mark.parametrize("size", [Size(1, 1), Size(2, 1), Size(30, 40), Size(3, 3)])
def test_a_picture_smaller_than_a_crop_takes_the_first_grid(size: Size) -> None:
    assert plan_crops(size, V1).mid == MID_GRIDS[0]


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3), (500, 4), (37, 53)])
def test_any_shape_of_picture_gives_all_crops(size: tuple[int, int]) -> None:
    plan = plan_crops(Size(*size), SMALL)
    crops = cut_crops(noise(*size), plan, SMALL)
    assert crops.shape == (29, 8, 8, 3)


def test_the_regions_of_a_grid_cover_the_picture_once() -> None:
    size = Size(1001, 703)
    plan = plan_crops(size, V2)
    low, mid, high = plan.regions[0], plan.regions[1:5], plan.regions[5:]
    assert low == Region.of(size)
    for cells in (mid, high):
        assert sum(cell.area for cell in cells) == size.area
    assert plan.high_regions() == high


def test_a_crop_shows_the_region_it_remembers() -> None:
    pixels = np.zeros((96, 64, 3), np.uint8)
    plan = plan_crops(Size(64, 96), SMALL)
    chosen = 7
    region = plan.high_regions()[chosen]
    pixels[region.y : region.bottom, region.x : region.right] = 255
    crops = cut_crops(Image.fromarray(pixels), plan, SMALL)
    brightness = crops[5:].mean(axis=(1, 2, 3))
    assert brightness.argmax() == chosen


def test_crops_run_row_by_row() -> None:
    ramp = np.zeros((80, 80, 3), np.uint8)
    ramp[:40, 40:] = 80
    ramp[40:, :40] = 160
    ramp[40:, 40:] = 240
    plan = plan_crops(Size(80, 80), SMALL)
    means = cut_crops(Image.fromarray(ramp), plan, SMALL)[1:5].mean(axis=(1, 2, 3))
    assert means.tolist() == pytest.approx([0, 80, 160, 240], abs=8)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "CMYK"])
def test_pictures_of_every_mode_are_read_as_rgb(mode: str) -> None:
    picture = noise(40, 30).convert(mode)
    plan = plan_crops(Size(40, 30), SMALL)
    crops = cut_crops(picture, plan, SMALL)
    assert (crops == cut_crops(picture.convert("RGB"), plan, SMALL)).all()
