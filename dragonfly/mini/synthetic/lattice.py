"""Integer noise that is the same on every machine and for every way of cutting.

Values come from a hash of lattice coordinates and are joined by a cubic B-spline in
whole numbers, so a pixel does not depend on the rectangle it was asked in, nor on the
order of floating-point additions. Knows nothing of tissue.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.int32]
Hashes = NDArray[np.uint32]

AMPLITUDE = 1024
_TAP_BITS, _KEPT_BITS = 13, 6


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle to be drawn at one pixel per `step` level-0 pixels.

    `x`, `y`, `width` and `height` are level-0 pixels and multiples of `step`.
    """

    x: int
    y: int
    width: int
    height: int
    step: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the drawn result."""
        return self.height // self.step, self.width // self.step

    def grown(self, margin: int) -> "Window":
        """The same window with `margin` level-0 pixels more on each side."""
        return Window(
            self.x - margin,
            self.y - margin,
            self.width + 2 * margin,
            self.height + 2 * margin,
            self.step,
        )


def hashes(seed: int, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> Hashes:
    """32 well-mixed bits for each pair of whole numbers (broadcast together)."""
    salt = np.asarray([(seed * 0x9E3779B1 + 0x7F4A7C15) & 0xFFFFFFFF], np.uint32)
    # Masking first keeps negative coordinates defined on every platform.
    mixed = (columns & 0xFFFFFFFF).astype(np.uint32) * np.uint32(0x85EBCA6B) + salt
    mixed = _scrambled(mixed)
    mixed = mixed ^ ((rows & 0xFFFFFFFF).astype(np.uint32) * np.uint32(0xC2B2AE35))
    return _scrambled(mixed + salt)


def _scrambled(bits: Hashes) -> Hashes:
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x7FEB352D)
    bits = (bits ^ (bits >> np.uint32(15))) * np.uint32(0x846CA68B)
    return bits ^ (bits >> np.uint32(16))


def noise(seed: int, spacing: int, window: Window, fine: int = 0) -> Plane:
    """Smooth noise over `window`: int32, zero mean, within +-1024, deviation near 280.

    `spacing` is the level-0 distance of lattice points, a power of two; `fine` keeps so
    many binary places more. Where the window is too coarse to show it the result is
    zero: its mean.
    """
    if spacing < 2 * window.step:
        return np.zeros(window.shape, np.int32)
    left, top, columns, rows = covering(window, spacing)
    x = np.arange(left, left + columns, dtype=np.int64)
    y = np.arange(top, top + rows, dtype=np.int64)
    bits = hashes(seed, x[None, :], y[:, None])
    points = (bits >> np.uint32(21)).astype(np.int32) - AMPLITUDE
    return spread(points, spacing, window, fine)


def covering(window: Window, spacing: int) -> tuple[int, int, int, int]:
    """First column, first row, columns and rows of the points `spread` needs."""
    left, top = window.x // spacing - 1, window.y // spacing - 1
    columns = -(-(window.x + window.width) // spacing) - left + 2
    rows = -(-(window.y + window.height) // spacing) - top + 2
    return left, top, columns, rows


def spread(points: Plane, spacing: int, window: Window, fine: int = 0) -> Plane:
    """Join lattice values, laid out as `covering` says, into one value per pixel.

    Values must stay within +-2048; `fine` keeps so many binary places more.
    """
    scale = spacing // window.step
    upright = _spread_rows(points, scale)
    full = _spread_columns(upright, scale)
    y = (window.y % spacing) // window.step
    x = (window.x % spacing) // window.step
    height, width = window.shape
    part = full[y : y + height, x : x + width]
    rounded: Plane = part >> (_TAP_BITS + _KEPT_BITS - fine)
    return rounded


def _spread_rows(points: Plane, scale: int) -> Plane:
    taps = _taps(scale)
    rows = points.shape[0] - 3
    total = np.zeros((rows, scale, points.shape[1]), np.int32)
    for tap in range(4):
        total += points[tap : tap + rows, None, :] * taps[tap][None, :, None]
    total >>= _TAP_BITS - _KEPT_BITS
    return total.reshape(rows * scale, points.shape[1])


def _spread_columns(points: Plane, scale: int) -> Plane:
    taps = _taps(scale)
    columns = points.shape[1] - 3
    total: Plane = points[:, :columns, None] * taps[0]
    for tap in range(1, 4):
        total += points[:, tap : tap + columns, None] * taps[tap]
    return total.reshape(points.shape[0], columns * scale)


@lru_cache
def _taps(scale: int) -> Plane:
    """Weights (4, scale) of the cubic B-spline in 8192nds; each column sums to that."""
    t = (np.arange(scale) + 0.5) / scale
    exact = np.stack(
        [
            (1 - t) ** 3,
            3 * t**3 - 6 * t**2 + 4,
            -3 * t**3 + 3 * t**2 + 3 * t + 1,
            t**3,
        ]
    )
    taps = np.rint(exact / 6 * (1 << _TAP_BITS)).astype(np.int32)
    taps[1] += (1 << _TAP_BITS) - taps.sum(axis=0)
    return taps
