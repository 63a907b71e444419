"""What lies on the glass and is not tissue: pen ink, dust and the grain of the sensor.

These are the honest disturbances of a scanned slide. They never touch the truth about
tissue, and the pen keeps away from it.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dragonfly.geometry import Region
from dragonfly.mini.synthetic.atlas import stroke_depth
from dragonfly.mini.synthetic.lattice import Window, hashes, noise
from dragonfly.mini.synthetic.layout import Stroke
from dragonfly.mini.synthetic.recipe import PenColour

Light = NDArray[np.int16]

TILE = 256
DUST_GRID, DUST_REACH = 2048, 64
_GRAINS = 16
_INK: dict[PenColour, tuple[int, int, int]] = {
    "blue": (56, 92, 190),
    "green": (60, 140, 92),
    "black": (62, 60, 64),
}


def ink(
    light: Light, window: Window, seed: int, pen: Stroke, colour: PenColour
) -> None:
    """Draw the pen's line onto (h, w, 3) light in place."""
    if not stroke_near(pen, window):
        return
    x = window.x + window.step * (np.arange(window.shape[1], dtype=np.float64) + 0.5)
    y = window.y + window.step * (np.arange(window.shape[0], dtype=np.float64) + 0.5)
    depth = stroke_depth(pen, x[None, :], y[:, None])
    ragged = np.rint(depth).astype(np.int32) + (noise(seed + 61, 64, window) >> 6)
    streaks = 225 + (noise(seed + 62, 32, window) >> 4)
    cover = np.clip(ragged * 8 + 128, 0, 256) * streaks >> 8
    for channel, shade in enumerate(_INK[colour]):
        light[..., channel] += ((shade - light[..., channel]) * cover >> 8).astype(
            np.int16
        )


def dust(light: Light, window: Window, seed: int) -> None:
    """Draw the few specks that lie in the window onto (h, w, 3) light in place."""
    for center in _specks(window, seed):
        _speck(light, window, seed, center)


def dust_near(window: Window, seed: int) -> bool:
    """Whether a speck may reach into the window."""
    return next(_specks(window, seed), None) is not None


def _specks(window: Window, seed: int) -> Iterator[tuple[int, int]]:
    near = window.grown(DUST_REACH)
    columns = np.arange(near.x // DUST_GRID, (near.x + near.width) // DUST_GRID + 1)
    rows = np.arange(near.y // DUST_GRID, (near.y + near.height) // DUST_GRID + 1)
    column, row = (a.ravel() for a in np.meshgrid(columns, rows))
    bits = hashes(seed + 63, column, row)
    for i in np.flatnonzero(bits & np.uint32(3) == 0):
        x = int(column[i]) * DUST_GRID + int(bits[i] >> np.uint32(2)) % DUST_GRID
        y = int(row[i]) * DUST_GRID + int(bits[i] >> np.uint32(13)) % DUST_GRID
        if 0 < x - near.x < near.width and 0 < y - near.y < near.height:
            yield x, y


def _speck(light: Light, window: Window, seed: int, center: tuple[int, int]) -> None:
    x = window.x + window.step * np.arange(window.shape[1]) - center[0]
    y = window.y + window.step * np.arange(window.shape[0]) - center[1]
    columns = slice(*np.searchsorted(x, [-DUST_REACH, DUST_REACH]))
    rows = slice(*np.searchsorted(y, [-DUST_REACH, DUST_REACH]))
    if columns.start >= columns.stop or rows.start >= rows.stop:
        return
    away = np.hypot(x[None, columns] / 34.0, y[rows, None] / 20.0)
    ragged = noise(seed + 64, 16, window)[rows, columns] / 900.0
    shade = 256 - np.rint(np.clip((1.0 - away + ragged) * 3, 0, 1) * 190)
    part = light[rows, columns]
    part[:] = part * shade.astype(np.int32)[..., None] >> 8


def stroke_near(stroke: Stroke, window: Window) -> bool:
    """Whether the pen's line may reach into the window."""
    reach = stroke.half_width + 40
    xs, ys = zip(*stroke.points, strict=True)
    beside = (
        max(xs) + reach <= window.x
        or min(xs) - reach >= window.x + window.width
        or max(ys) + reach <= window.y
        or min(ys) - reach >= window.y + window.height
    )
    return not beside


def grain(light: Light, window: Window, seed: int) -> None:
    """Add the sensor's noise to (h, w, 3) light, tile by tile, in place.

    All tiles of bare glass therefore are one of a few, which a file stores once.
    """
    whole = Region(window.x, window.y, window.width, window.height)
    for y in range(window.y // TILE, -(-whole.bottom // TILE)):
        for x in range(window.x // TILE, -(-whole.right // TILE)):
            tile = Region(x * TILE, y * TILE, TILE, TILE)
            shared = tile.intersection(whole)
            if shared is not None:
                pattern = _pattern(grain_of_tile(seed, x, y), window.step)
                part = light[_pixels(shared, whole, window.step)]
                part += pattern[_pixels(shared, tile, window.step)]


def grain_of_tile(seed: int, column: int, row: int) -> int:
    """Which noise pattern a tile of 256 level-0 pixels has."""
    bits = hashes(seed + 65, np.array([column]), np.array([row]))
    return int(bits[0]) % _GRAINS


def _pixels(region: Region, origin: Region, step: int) -> tuple[slice, slice]:
    inner = region.moved(-origin.x, -origin.y)
    return (
        slice(inner.y // step, inner.bottom // step),
        slice(inner.x // step, inner.right // step),
    )


@lru_cache
def _pattern(variant: int, step: int) -> Light:
    random = np.random.default_rng([9, variant])
    fine = random.normal(0, 1.3, (TILE, TILE, 1)) + random.normal(
        0, 0.6, (TILE, TILE, 3)
    )
    side = TILE // step
    coarse = fine.reshape(side, step, side, step, 3).mean(axis=(1, 3))
    pattern: Light = np.rint(coarse).astype(np.int16)
    return pattern
