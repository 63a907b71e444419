"""The pixels of one crop, as a model was given them, read again from the slide.

A crop is read by itself, or it is a cell of a picture that was read as a whole and cut.
This module knows how to read; which crops a model wants is the model's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide.pixels import Pixels
from dragonfly.slide.read_plan import Fidelity
from dragonfly.slide.slide import Slide

MOST_PIXELS_AT_ONCE = 64 * 2**20
READERS = 4


@dataclass(frozen=True)
class CropSource:
    """How a crop was read, so that it can be read again to the last bit."""

    crop_px: int
    """Side of the crop in pixels."""
    fidelity: Fidelity
    picture: Region | None = None
    """The region that was read whole and cut; None: the crop was read by itself."""
    columns: int = 1
    rows: int = 1


def read_crop(slide: Slide, region: Region, source: CropSource) -> Pixels:
    """The pixels of one crop, uint8 RGB (crop_px, crop_px, 3).

    Raises:
        SlideError: CROP_UNKNOWN, when `region` is no cell of the picture.
    """
    if source.picture is None:
        size = Size(source.crop_px, source.crop_px)
        return slide.read_region(region, size, source.fidelity)
    cells = list(source.picture.grid(source.columns, source.rows))
    if region not in cells:
        raise SlideError("CROP_UNKNOWN", "This region was not given to the model.")
    whole = read_whole(slide, source.picture)
    crop: Pixels = read_grid(slide, source, whole)[cells.index(region)]
    return crop


def read_cells(
    slide: Slide, regions: Sequence[Region], crop_px: int, fidelity: Fidelity = "strict"
) -> Pixels:
    """Read each region as one crop, shape (n, crop_px, crop_px, 3), uint8.

    Threads help because the decoders release the interpreter's lock.
    """
    size = Size(crop_px, crop_px)
    with ThreadPoolExecutor(READERS) as pool:
        crops = pool.map(lambda r: slide.read_region(r, size, fidelity), regions)
        return np.stack(list(crops))


def read_whole(slide: Slide, picture: Region) -> Image.Image | None:
    """The picture at its own size where it is cut from that: in a one-level slide."""
    if len(slide.levels) > 1 or picture.area > MOST_PIXELS_AT_ONCE:
        return None
    return Image.fromarray(slide.read_region(picture, picture.size))


def read_grid(slide: Slide, source: CropSource, whole: Image.Image | None) -> Pixels:
    """All cells of a picture's grid, (rows * columns, crop_px, crop_px, 3), uint8.

    Args:
        whole: from `read_whole`: it is resized as published, by Pillow's bicubic filter
            with antialiasing; None reads the grid from the nearest finer level.
    """
    if source.picture is None:
        raise ValueError("a grid is cut from a picture")
    size = Size(source.columns * source.crop_px, source.rows * source.crop_px)
    if whole is None:
        return _cut(slide.read_region(source.picture, size, source.fidelity), source)
    resized = whole.resize((size.width, size.height), Image.Resampling.BICUBIC)
    return _cut(np.asarray(resized), source)


def _cut(pixels: Pixels, source: CropSource) -> Pixels:
    rows, columns, side = source.rows, source.columns, source.crop_px
    cells = pixels.reshape(rows, side, columns, side, 3).swapaxes(1, 2)
    return cells.reshape(rows * columns, side, side, 3)
