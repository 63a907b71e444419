"""`Grid`: a coarse raster over the whole slide, on which maps of regions are drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from highdicom import PixelMeasuresSequence, PlanePositionSequence
from highdicom.enum import CoordinateSystemNames
from numpy.typing import NDArray

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region
from webapp.results.making.places import glass_of, points_on
from webapp.results.making.source import Source

LONGEST = 1024
"""Cells along the longer side, at most."""
Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Square cells of `downsample` level-0 pixels; the last ones may overhang."""

    rows: int
    columns: int
    downsample: float
    measures: PixelMeasuresSequence
    """Size of a cell in millimetres."""
    position: PlanePositionSequence
    """Centre of the first cell on the glass, in millimetres."""

    def shares(self, regions: Iterable[Region]) -> Shares:
        """How much of each cell lies in the regions, (rows, columns) from 0 to 1.

        Exact where the regions do not overlap, as crops of one magnification do not.
        """
        told = np.zeros((self.rows, self.columns))
        for region in regions:
            down = self._overlap(region.y, region.height, self.rows)
            along = self._overlap(region.x, region.width, self.columns)
            told += np.outer(down, along)
        return np.minimum(told, 1.0)

    def _overlap(self, start: int, length: int, count: int) -> Shares:
        edges = np.arange(count + 1) * self.downsample
        inside = np.clip(edges, start, start + length)
        shares: Shares = np.diff(inside) / self.downsample
        return shares


def grid_of(source: Source) -> Grid:
    """As fine as `LONGEST` allows.

    Raises:
        DragonflyError: RESULT_NOT_POSSIBLE, the source has no place on the glass.
    """
    glass = glass_of(source)
    if glass is None:
        raise DragonflyError(
            "RESULT_NOT_POSSIBLE",
            "The source image does not say where it lies on the glass.",
        )
    width = int(source.finest.TotalPixelMatrixColumns)
    height = int(source.finest.TotalPixelMatrixRows)
    downsample = max(1.0, max(width, height) / LONGEST)
    measures = source.finest.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    # Coordinates of corners: the centre of the first cell is half a cell inside.
    centre = points_on(glass, np.full((1, 2), downsample / 2))[0]
    return Grid(
        rows=math.ceil(height / downsample),
        columns=math.ceil(width / downsample),
        downsample=downsample,
        measures=PixelMeasuresSequence(
            pixel_spacing=[float(v) * downsample for v in measures.PixelSpacing],
            slice_thickness=float(measures.get("SliceThickness") or 0.001),
        ),
        position=PlanePositionSequence(
            CoordinateSystemNames.SLIDE,
            image_position=centre.tolist(),
            pixel_matrix_position=(1, 1),
        ),
    )
