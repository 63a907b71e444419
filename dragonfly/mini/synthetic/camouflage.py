"""Makes a target look like its surroundings wherever magnification is low.

A target is drawn twice: as it is, and disguised as one of the common nests. A smooth
veil, one value every 16 pixels and colour, then lets through as much light as the
disguise does. So the mean of any part much larger than a nucleus tells nothing, and
only what is finer than the veil does: the shape of nuclei.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dragonfly.geometry import Region
from dragonfly.mini.synthetic.lattice import Plane, Window, spread

SPACING = 16
_MARGIN = 4
_ROUNDS = 10
_ONE, _FINE = 1024, 2
_BOUNDS = (_ONE // 2, _ONE * 2 - 1)


class _Bare(Protocol):
    def __call__(self, window: Window, *, disguised: bool) -> NDArray[np.uint8]: ...


def place_of(region: Region) -> Region:
    """The part that the veil of a target in `region` covers, on the veil's grid."""
    left = (region.x // SPACING - _MARGIN) * SPACING
    top = (region.y // SPACING - _MARGIN) * SPACING
    right = (-(-region.right // SPACING) + _MARGIN) * SPACING
    bottom = (-(-region.bottom // SPACING) + _MARGIN) * SPACING
    return Region.from_bounds(left, top, right, bottom)


@dataclass(frozen=True, slots=True)
class Veil:
    """Factors in 1024ths, (3, rows + 3, columns + 3), over `place`."""

    place: Region
    points: NDArray[np.int32]

    def lay_over(self, light: NDArray[np.int16], window: Window) -> None:
        """Multiply the part of (h, w, 3) `light` under the veil, in place."""
        asked = Region(window.x, window.y, window.width, window.height)
        shared = asked.intersection(self.place)
        if shared is None:
            return
        here = shared.moved(-window.x, -window.y)
        there = shared.moved(-self.place.x, -self.place.y)
        part = light[_pixels(here, window.step)]
        whole = Window(0, 0, self.place.width, self.place.height, window.step)
        for channel in range(3):
            factor = spread(self.points[channel], SPACING, whole, _FINE)
            factor = factor[_pixels(there, window.step)]
            part[..., channel] = part[..., channel] * factor + 2048 >> 12


def _pixels(region: Region, step: int) -> tuple[slice, slice]:
    return (
        slice(region.y // step, region.bottom // step),
        slice(region.x // step, region.right // step),
    )


def veil(bare: _Bare, place: Region, step: int) -> Veil:
    """Find the veil over `place` for pictures of one pixel per `step`."""
    window = Window(place.x, place.y, place.width, place.height, step)
    shown = bare(window, disguised=False)
    wanted = bare(window, disguised=True)
    points = np.stack([_factors(shown[..., c], wanted[..., c], step) for c in range(3)])
    return Veil(place, points)


def _factors(
    shown: NDArray[np.uint8], wanted: NDArray[np.uint8], step: int
) -> NDArray[np.int32]:
    cells = SPACING // step
    goal = _means(wanted.astype(np.int32), cells)
    rows, columns = goal.shape
    window = Window(0, 0, columns * SPACING, rows * SPACING, step)
    points = np.full((rows + 3, columns + 3), _ONE, np.int32)
    for _ in range(_ROUNDS):
        veiled = shown * spread(points, SPACING, window, _FINE) >> 12
        error = goal * 1024 // np.maximum(_means(veiled, cells), 1)
        # A lattice point answers for the four squares that meet in it.
        around = np.pad(error, 1, mode="edge")
        corner = around[:-1, :-1] + around[1:, :-1] + around[:-1, 1:] + around[1:, 1:]
        points[1:-1, 1:-1] = np.clip(points[1:-1, 1:-1] * (corner // 4) >> 10, *_BOUNDS)
    points[:2] = points[-2:] = points[:, :2] = points[:, -2:] = _ONE
    return points


def _means(values: Plane, cells: int) -> NDArray[np.int32]:
    """Mean of each square in 64ths of a grey level."""
    rows, columns = values.shape[0] // cells, values.shape[1] // cells
    squares = values.reshape(rows, cells, columns, cells)
    total = squares.sum(axis=(1, 3), dtype=np.int64) * 64
    means: NDArray[np.int32] = (total // (cells * cells)).astype(np.int32)
    return means
