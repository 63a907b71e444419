"""Which pictures a region is read as, and how each of its crops is read again."""

from __future__ import annotations

import numpy as np

from dragonfly.geometry import Region
from dragonfly.model.crops import CropPlan, Pixels, plan_crops
from dragonfly.model.layout import CropLayout, Grid, Resolution
from dragonfly.slide import CropSource, Fidelity, Slide
from dragonfly.slide.crop import read_grid, read_whole

LARGEST_DOWNSAMPLE = 2.0
"""A region is one picture while its high crops keep at least half of each side."""


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
    whole = read_whole(slide, region)
    parts = [
        read_grid(slide, _source(region, grid, layout, fidelity), whole)
        for grid in (Grid(1, 1), plan.mid, plan.high)
        if grid
    ]
    return CropPlan(plan.size, plan.mid, plan.high, placed), np.concatenate(parts)


def picture_sources(
    region: Region, layout: CropLayout, fidelity: Fidelity
) -> dict[Resolution, CropSource]:
    """How the crops of each resolution are read when the region is one picture."""
    plan = plan_crops(region.size, layout)
    grids: dict[Resolution, Grid | None] = {
        "low": Grid(1, 1),
        "mid": plan.mid,
        "high": plan.high,
    }
    return {
        resolution: _source(region, grid, layout, fidelity)
        for resolution, grid in grids.items()
        if grid
    }


def cell_sources(
    layout: CropLayout, fidelity: Fidelity
) -> dict[Resolution, CropSource]:
    """How the crops of each resolution are read when each is read by itself."""
    alone = CropSource(layout.crop_px, fidelity)
    return {"low": alone, "mid": alone, "high": alone}


def _source(
    region: Region, grid: Grid, layout: CropLayout, fidelity: Fidelity
) -> CropSource:
    return CropSource(layout.crop_px, fidelity, region, grid.columns, grid.rows)
