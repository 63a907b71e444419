"""The viewer's grid of one slide, as JSON: what is asked for, and what costs nothing.

`z` counts from the whole slide in one tile (0) to level 0. A viewer that shows only the
steps that are `stored` asks for nothing that has to be computed.
"""

from __future__ import annotations

from typing import TypedDict

from dragonfly.slide import Slide


class GridStep(TypedDict):
    """One zoom step: `width` x `height` pixels in `columns` x `rows` tiles."""

    z: int
    downsample: int
    width: int
    height: int
    columns: int
    rows: int
    stored: bool
    """The file holds these very tiles as JPEG; they are handed on untouched."""


class Grid(TypedDict):
    """Square tiles of `tile` pixels; those at the right and bottom edge are cut."""

    tile: int
    frames: int
    steps: list[GridStep]


def describe_grid(slide: Slide) -> Grid:
    """The grid of an opened slide, coarsest step first; kept with its record."""
    steps = range(slide.grid.last_z + 1)
    return Grid(
        tile=slide.grid.tile,
        frames=slide.frame_count,
        steps=[_step(slide, z) for z in steps],
    )


def _step(slide: Slide, z: int) -> GridStep:
    plane, counts = slide.grid.plane(z), slide.grid.counts(z)
    return GridStep(
        z=z,
        downsample=slide.grid.downsample(z),
        width=plane.width,
        height=plane.height,
        columns=counts.width,
        rows=counts.height,
        stored=slide.stores_tiles(z),
    )
