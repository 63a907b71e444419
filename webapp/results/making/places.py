"""From regions in level-0 pixels to places on the glass, in millimetres."""

from __future__ import annotations

import numpy as np
from highdicom.spatial import PixelToReferenceTransformer
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dragonfly.geometry import Region
from webapp.results.making.source import Source

Corners = NDArray[np.float64]
Affine = NDArray[np.float64]


def corners(region: Region) -> Corners:
    """The closed outline in pixel coordinates, (column, row).

    (0, 0) is the corner of the first pixel, as PS3.3 section C.18.6.1.2 counts in 2D.
    """
    left, top = region.x, region.y
    right, bottom = left + region.width, top + region.height
    outline = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return np.array(outline, dtype=np.float64)


def on_the_glass(source: Source, region: Region) -> Corners | None:
    """The outline in the slide coordinate system, (5, 3) in millimetres.

    None where the source is no slide or says too little of where it lies.
    """
    glass = glass_of(source)
    return None if glass is None else points_on(glass, corners(region))


def glass_of(source: Source) -> Affine | None:
    """From pixel indices to millimetres on the glass, (4, 4).

    None where the source is no slide or says too little of where it lies.
    """
    if not source.frame_of_reference or not source.is_slide:
        return None
    return _by_geometry(source.finest)


def points_on(glass: Affine, points: Corners) -> Corners:
    """Pixel coordinates as `corners` counts, (n, 2), in millimetres, (n, 3)."""
    # The origin is the centre of the first pixel; a corner lies half a pixel before.
    flat = points - 0.5
    homogeneous = np.column_stack([flat, np.zeros(len(flat)), np.ones(len(flat))])
    placed: Corners = (glass @ homogeneous.T).T[:, :3]
    return placed


def _by_geometry(header: Dataset) -> Affine | None:
    """By origin, orientation and spacing of the total pixel matrix.

    Source: PS3.3 section C.8.12.6.1 and C.7.6.16.2.3.
    """
    try:
        shared = header.SharedFunctionalGroupsSequence[0]
        spacing = [float(v) for v in shared.PixelMeasuresSequence[0].PixelSpacing]
        origin = header.TotalPixelMatrixOriginSequence[0]
        position = (
            float(origin.XOffsetInSlideCoordinateSystem),
            float(origin.YOffsetInSlideCoordinateSystem),
            float(origin.get("ZOffsetInSlideCoordinateSystem") or 0.0),
        )
        orientation = [float(v) for v in header.ImageOrientationSlide]
        transform = PixelToReferenceTransformer(position, orientation, spacing)
    except (AttributeError, IndexError, TypeError, ValueError):
        return None
    return transform.affine
