"""The frames of one level: stored JPEG tiles untouched, all others encoded."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import simplejpeg
from PIL import Image

from dragonfly.geometry import Region
from dragonfly.slide import Slide

QUALITY = 95
COLOURS = {"RGB": "RGB", "YCbCr": "YBR_FULL_422"}
"""Of a JPEG, as DICOM names it (PS3.5 section 8.2.1)."""


def cells_of(slide: Slide, level: int) -> tuple[int, int]:
    """Columns and rows of tiles."""
    size, cell = slide.levels[level].size, slide.stored_cell(level)
    return -(-size.width // cell.width), -(-size.height // cell.height)


def colour_of(slide: Slide, level: int) -> str:
    """The colour model of the stored tiles; YCbCr where we encode them ourselves.

    One level has one: a tile that is stored in another is encoded anew.
    """
    columns, rows = cells_of(slide, level)
    for number in range(columns * rows):
        stored = slide.stored_jpeg(level, number % columns, number // columns)
        if stored is not None:
            colour = _colour(stored)
            return colour if colour in COLOURS else "YCbCr"
        if number == 100:
            break
    return "YCbCr"


def frames_of(slide: Slide, level: int, colour: str) -> Iterator[bytes]:
    """Row by row; each a JPEG of the level's tile size in this colour model.

    Raises:
        UnreadableError: a tile can be read in no way.
    """
    columns, rows = cells_of(slide, level)
    for row in range(rows):
        for column in range(columns):
            stored = slide.stored_jpeg(level, column, row)
            if stored is not None and _colour(stored) == colour:
                yield stored
            else:
                yield _encoded(slide, level, column, row, colour)


def _colour(jpeg: bytes) -> str:
    _, _, colour, _ = simplejpeg.decode_jpeg_header(jpeg)
    return str(colour)


def _encoded(slide: Slide, level: int, column: int, row: int, colour: str) -> bytes:
    size, cell = slide.levels[level].size, slide.stored_cell(level)
    left, top = column * cell.width, row * cell.height
    right, bottom = (
        min(left + cell.width, size.width),
        min(top + cell.height, size.height),
    )
    pixels = slide.stored_pixels(level, Region.from_bounds(left, top, right, bottom))
    below, beside = cell.height - pixels.shape[0], cell.width - pixels.shape[1]
    whole = np.pad(pixels, ((0, below), (0, beside), (0, 0)), mode="edge")
    buffer = BytesIO()
    Image.fromarray(whole).save(
        buffer, "JPEG", quality=QUALITY, subsampling=0, keep_rgb=colour == "RGB"
    )
    return buffer.getvalue()
