"""What lies between the cells: fibres, cytoplasm, clefts, lumens, folds and glass.

Gives the two stain densities of a window, without cells; colour is `stain`'s affair.
"""

from functools import lru_cache

import numpy as np

from dragonfly.mini.synthetic.atlas import Atlas, fibre_course
from dragonfly.mini.synthetic.lattice import Plane, Window, noise, spread

ROUGHNESS = 60
"""The outline of tissue strays at most this far, in pixels, from its map."""

_TABLE_ACROSS, _TABLE_ALONG = 2048, 1024
_ONE = 64


def densities(seed: int, window: Window, atlas: Atlas) -> tuple[Plane, Plane]:
    """Haematoxylin and eosin between the cells, (rows, columns) in 1/512."""
    rough = noise(seed + 50, 64, window) * 40 + noise(seed + 51, 16, window) * 16
    tissue = _soft(atlas.spread(atlas.tissue, window) + (rough >> 10), 5)
    eosin, haematoxylin = _stroma(seed, window)
    if atlas.deepest(atlas.nest, window) > -40:
        eosin, haematoxylin = _with_nests(
            seed, window, atlas, rough, (eosin, haematoxylin)
        )
    if atlas.deepest(atlas.lumen, window) > -40:
        hollow = _soft(atlas.spread(atlas.lumen, window) + (rough >> 12), 4)
        eosin += (20 - eosin) * hollow >> 6
        haematoxylin += (4 - haematoxylin) * hollow >> 6
    uneven = 1024 + noise(seed + 52, 4096, window) // 3
    eosin = (eosin * uneven >> 10) * tissue >> 6
    return haematoxylin * tissue >> 6, eosin


def folded(density: Plane, window: Window, seed: int, atlas: Atlas) -> Plane:
    """`density` with the fold's second layer of tissue laid over it."""
    if atlas.deepest(atlas.fold, window) < -40:
        return density
    sway = noise(seed + 55, 256, window) >> 4
    twice = _soft(atlas.spread(atlas.fold, window) + sway, 9)
    return density + (density * twice * 7 >> 9)


def _soft(depth: Plane, width: int) -> Plane:
    """0 outside to 64 inside, over `width` pixels on either side of the edge."""
    return np.clip(depth * (_ONE // 2) // width + _ONE // 2, 0, _ONE)


def _stroma(seed: int, window: Window) -> tuple[Plane, Plane]:
    along, across = fibre_course(seed, window)
    loose = noise(seed + 53, 512, window) * 3 // 4 + noise(seed + 54, 128, window) // 2
    table = _fibres()
    grain = noise(seed + 59, 8, window)
    column = along + (grain >> 5) >> 3 & _TABLE_ALONG - 1
    eosin = np.zeros(window.shape, np.int32)
    # A coarse pixel shows the mean of the fibres it covers, clefts included.
    for shift in range(window.step):
        fibre = table[across + shift & _TABLE_ACROSS - 1, column]
        solid = np.clip(fibre + 520 + loose, 0, 240)
        eosin += (190 + (fibre >> 2)) * (solid + 16) >> 8
    eosin = eosin // window.step * (1024 + (grain >> 2)) >> 10
    return eosin, 14 + (eosin >> 4)


def _with_nests(
    seed: int,
    window: Window,
    atlas: Atlas,
    rough: Plane,
    stroma: tuple[Plane, Plane],
) -> tuple[Plane, Plane]:
    eosin, haematoxylin = stroma
    depth = atlas.spread(atlas.nest, window) + (rough >> 12)
    nest = _soft(depth, 4)
    grain = noise(seed + 56, 8, window) + noise(seed + 57, 16, window)
    grain += noise(seed + 58, 64, window)
    # Nests shrink away from the stroma when tissue is fixed: a pale rim here and there.
    gap = np.clip(12 - np.abs(depth + 9), 0, 8) * np.clip(rough >> 6, 0, 300) // 100
    eosin -= eosin * np.minimum(gap, 14) >> 4
    eosin += (112 + (grain >> 4) - eosin) * nest >> 6
    haematoxylin += (66 + (grain >> 5) - haematoxylin) * nest >> 6
    return eosin, haematoxylin


@lru_cache(maxsize=1)
def _fibres() -> Plane:
    """A sheet of fibres that repeats without a seam; one column is 8 pixels along."""
    sheet = np.zeros((_TABLE_ACROSS, _TABLE_ALONG), np.int32)
    window = Window(0, 0, _TABLE_ALONG, _TABLE_ACROSS)
    random = np.random.default_rng(5)
    for spacing, weight in ((64, 70), (16, 100), (8, 70), (4, 36)):
        rows, columns = _TABLE_ACROSS // spacing, _TABLE_ALONG // spacing
        points = random.integers(-1024, 1024, (rows, columns)).astype(np.int32)
        wrapped = np.pad(points, ((1, 2), (1, 2)), mode="wrap")
        sheet += spread(wrapped, spacing, window) * weight // 64
    return sheet
