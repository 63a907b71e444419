"""The one array type of this package: 8-bit RGB, (height, width, 3)."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragonfly.geometry import Size

Pixels: TypeAlias = NDArray[np.uint8]


def white(size: Size) -> Pixels:
    """An empty picture, white as glass under a lamp."""
    return np.full((size.height, size.width, 3), 255, np.uint8)


def over_white(rgba: NDArray[np.uint8]) -> Pixels:
    """Lay (h, w, 4) RGBA pixels, alpha not premultiplied, over white."""
    alpha = rgba[..., 3:]
    if alpha.min(initial=255) == 255:
        return np.ascontiguousarray(rgba[..., :3])
    weight = alpha.astype(np.uint16)
    mixed = rgba[..., :3] * weight + 255 * (255 - weight) + 127
    return (mixed // 255).astype(np.uint8)
