"""Reading the crops of a slide region: as one picture, or cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dragonfly.geometry import Region, Size
from dragonfly.model.crops import CropPlan, Pixels, plan_crops, split_into_cells
from dragonfly.model.layout import CropLayout, Grid
from dragonfly.slide import Fidelity, Slide

LARGEST_DOWNSAMPLE = 2.0
"""A region is one picture while its high crops keep at least half of each side."""
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

    Each grid is read at its own size from the nearest finer stored level. The aspect
    ratio is not kept, as in the published preprocessing.

    Returns:
        the plan, with regions in level-0 pixels, and uint8 crops of shape
        (layout.crop_count, crop_px, crop_px, 3).
    """
    plan = plan_crops(region.size, layout)
    grids = [Grid(1, 1), *[grid for grid in (plan.mid, plan.high) if grid]]
    parts = [
        split_into_cells(
            slide.read_region(region, grid.pixels(layout.crop_px), fidelity), grid
        )
        for grid in grids
    ]
    placed = tuple(r.moved(region.x, region.y) for r in plan.regions)
    return CropPlan(plan.size, plan.mid, plan.high, placed), np.concatenate(parts)


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
