"""Haematoxylin and eosin as optical densities, and the light that passes them.

The Beer-Lambert law turns densities into 8-bit RGB through one table, so that a
slide's stain is two vectors and nothing else. The default vectors are near those of
Ruifrok and Johnston 2001 (Anal Quant Cytol Histol 23:291), with eosin made warmer.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dragonfly.mini.synthetic.lattice import Plane

UNIT = 512
"""Steps per unit of optical density (natural logarithm) in every density plane."""

_VECTOR_BITS = 8
_DARKEST = 8 * UNIT


@dataclass(frozen=True, slots=True)
class Stain:
    """How strongly each stain holds back red, green and blue light, and the lamp.

    Raises:
        ValueError: a vector is negative or the lamp is not within 1..255.
    """

    haematoxylin: tuple[float, float, float] = (0.66, 0.82, 0.40)
    eosin: tuple[float, float, float] = (0.12, 0.84, 0.42)
    lamp: tuple[int, int, int] = (243, 242, 245)

    def __post_init__(self) -> None:
        if min(self.haematoxylin + self.eosin) < 0:
            raise ValueError("a stain cannot add light: its vector is negative")
        if not all(1 <= channel <= 255 for channel in self.lamp):
            raise ValueError("the lamp must lie within 1..255 for each colour")

    def light(self, haematoxylin: Plane, eosin: Plane) -> NDArray[np.uint8]:
        """Transmitted light (h, w, 3) for two planes in 1/512 of optical density."""
        passed = np.empty((*haematoxylin.shape, 3), np.uint8)
        for channel in range(3):
            h = round(self.haematoxylin[channel] * (1 << _VECTOR_BITS))
            e = round(self.eosin[channel] * (1 << _VECTOR_BITS))
            density = (haematoxylin * h + eosin * e) >> _VECTOR_BITS
            np.clip(density, 0, _DARKEST - 1, out=density)
            passed[..., channel] = _table(self.lamp[channel])[density]
        return passed


@lru_cache
def _table(lamp: int) -> NDArray[np.uint8]:
    light = lamp * np.exp(-np.arange(_DARKEST) / UNIT)
    table: NDArray[np.uint8] = np.rint(light).astype(np.uint8)
    return table
