"""The one array type of this package: 8-bit RGB, (height, width, 3)."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dragonfly.geometry import Size

Pixels: TypeAlias = NDArray[np.uint8]


def white(size: Size) -> Pixels:
    """An empty picture, white as glass under a lamp."""
    return np.full((size.height, size.width, 3), 255, np.uint8)


def padded(size: Size) -> Pixels:
    """Uninitialised pixels that carry a fourth byte each, unseen: see `with_padding`.

    Pillow keeps RGB in four bytes per pixel. Pixels laid out so from the beginning
    are resized without a copy.
    """
    return np.empty((size.height, size.width, 4), np.uint8)[..., :3]


def with_padding(pixels: Pixels) -> Pixels | None:
    """The (h, w, 4) array beneath pixels made by `padded`, else None."""
    base = pixels.base
    if not isinstance(base, np.ndarray) or base.shape != (*pixels.shape[:2], 4):
        return None
    return base if base.dtype == np.uint8 and base.flags.c_contiguous else None


def over_white(rgba: NDArray[np.uint8]) -> Pixels:
    """Lay (h, w, 4) RGBA pixels, alpha not premultiplied, over white."""
    alpha = rgba[..., 3:]
    if alpha.min(initial=255) == 255:
        return np.ascontiguousarray(rgba[..., :3])
    weight = alpha.astype(np.uint16)
    mixed = rgba[..., :3] * weight + 255 * (255 - weight) + 127
    return (mixed // 255).astype(np.uint8)
