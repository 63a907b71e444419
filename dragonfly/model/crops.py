"""One picture to its low, mid and high crops, each remembering where it lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dragonfly.geometry import Region, Size
from dragonfly.model.layout import MID_GRIDS, V1_HIGH_GRIDS, CropLayout, Grid

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class CropPlan:
    """How one picture of `size` is cut, in the order in which crops are encoded.

    `regions` are in pixels of the picture: the low crop is all of it, then the cells
    of the mid grid and of the high grid, row by row.
    """

    size: Size
    mid: Grid | None
    high: Grid | None
    regions: tuple[Region, ...]

    def high_regions(self) -> tuple[Region, ...]:
        return self.regions[-self.high.count :] if self.high else ()


def plan_crops(size: Size, layout: CropLayout) -> CropPlan:
    """Choose the grids for a picture of this size (paper section 3.1)."""
    mid = best_grid(size, MID_GRIDS, layout.crop_px) if layout.mid else None
    high = _high_grid(size, mid, layout) if mid else None
    whole = Region.of(size)
    cells = [c for g in (mid, high) if g for c in whole.grid(g.columns, g.rows)]
    return CropPlan(size, mid, high, (whole, *cells))


def _high_grid(size: Size, mid: Grid, layout: CropLayout) -> Grid | None:
    if layout.high == "none":
        return None
    if layout.high == "pooled":
        return mid.times(3)
    return best_grid(size, V1_HIGH_GRIDS, layout.crop_px)


def best_grid(size: Size, grids: Sequence[Grid], crop_px: int) -> Grid:
    """The grid that keeps most pixels of the picture, then wastes fewest.

    The first of equals wins, also for pictures so thin that all grids round them away.
    """

    def merit(grid: Grid) -> tuple[int, int]:
        target = grid.pixels(crop_px)
        kept = min(_fitted_area(size, target), size.area)
        return kept, kept - target.area

    return max(grids, key=merit)


def _fitted_area(size: Size, target: Size) -> int:
    scale = min(target.width / size.width, target.height / size.height)
    return int(size.width * scale) * int(size.height * scale)


def cut_crops(picture: Image.Image, plan: CropPlan, layout: CropLayout) -> Pixels:
    """Resize the picture once per grid and cut it.

    Resizing is Pillow's bicubic with antialiasing and ignores the aspect ratio, as
    the published models were trained.

    Returns:
        uint8 array of shape (crops, crop_px, crop_px, 3), low, mid, then high.
    """
    picture = picture.convert("RGB")
    grids = [Grid(1, 1), *[grid for grid in (plan.mid, plan.high) if grid]]
    return np.concatenate([_cut(picture, grid, layout.crop_px) for grid in grids])


def _cut(picture: Image.Image, grid: Grid, crop_px: int) -> Pixels:
    target = grid.pixels(crop_px)
    resized = picture.resize(
        (target.width, target.height), resample=Image.Resampling.BICUBIC
    )
    return split_into_cells(np.asarray(resized), grid)


def split_into_cells(pixels: Pixels, grid: Grid) -> Pixels:
    """Cut (rows * h, columns * w, 3) into (rows * columns, h, w, 3), row by row."""
    height, width = pixels.shape[0] // grid.rows, pixels.shape[1] // grid.columns
    cells = pixels.reshape(grid.rows, height, grid.columns, width, 3)
    return cells.swapaxes(1, 2).reshape(grid.count, height, width, 3)
