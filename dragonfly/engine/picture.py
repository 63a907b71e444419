"""Reading the crops of a slide region: as one picture, or cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from dragonfly.geometry import Region, Size
from dragonfly.model.crops import (
    CropPlan,
    Pixels,
    cut_crops,
    plan_crops,
    split_into_cells,
)
from dragonfly.model.layout import CropLayout, Grid
from dragonfly.slide import Fidelity, Slide

LARGEST_DOWNSAMPLE = 2.0
"""A region is one picture while its high crops keep at least half of each side."""
MOST_PIXELS_AT_ONCE = 64 * 2**20
READERS = 4


def fits_one_picture(region: Region, layout: CropLayout) -> bool:
    """Whether one Dragonfly image shows the region nearly at native resolution.

    Regions with few native cells are one picture too: there is nothing to choose.
    """
    plan = plan_crops(region.size, layout)
    finest = (plan.high or plan.mid or Grid(1, 1)).pixels(layout.crop_px)
    downsample = max(region.width / finest.width, region.height / finest.height)
    cells = -(-region.width // layout.crop_px) * -(-region.height // layout.crop_px)
    wanted = layout.mid_count + layout.high_count
    return downsample <= LARGEST_DOWNSAMPLE or cells < 2 * wanted


def read_picture(
    slide: Slide, region: Region, layout: CropLayout, fidelity: Fidelity = "strict"
) -> tuple[CropPlan, Pixels]:
    """Read a region as one Dragonfly image.

    Each grid is read at its own size from the nearest finer stored level. A picture
    with one level is read once and resized as published, to the last bit. The aspect
    ratio is not kept, as in the published preprocessing.

    Returns:
        the plan, with regions in level-0 pixels, and uint8 crops of shape
        (layout.crop_count, crop_px, crop_px, 3).
    """
    plan = plan_crops(region.size, layout)
    placed = tuple(r.moved(region.x, region.y) for r in plan.regions)
    moved = CropPlan(plan.size, plan.mid, plan.high, placed)
    if len(slide.levels) == 1 and region.area <= MOST_PIXELS_AT_ONCE:
        whole = Image.fromarray(slide.read_region(region, region.size))
        return moved, cut_crops(whole, plan, layout)
    return moved, _read_grids(slide, region, plan, layout, fidelity)


def _read_grids(
    slide: Slide,
    region: Region,
    plan: CropPlan,
    layout: CropLayout,
    fidelity: Fidelity,
) -> Pixels:
    grids = [Grid(1, 1), *[grid for grid in (plan.mid, plan.high) if grid]]
    parts = []
    for grid in grids:
        pixels = slide.read_region(region, grid.pixels(layout.crop_px), fidelity)
        parts.append(split_into_cells(pixels, grid))
    return np.concatenate(parts)


def read_cells(
    slide: Slide, regions: Sequence[Region], crop_px: int, fidelity: Fidelity = "strict"
) -> Pixels:
    """Read each region as one crop, shape (n, crop_px, crop_px, 3), uint8.

    Threads help because the decoders release the interpreter's lock.
    """
    size = Size(crop_px, crop_px)
    with ThreadPoolExecutor(READERS) as pool:
        crops = pool.map(lambda r: slide.read_region(r, size, fidelity), regions)
        return np.stack(list(crops))
