"""Antialiased resizing of RGB arrays, on a few threads.

Pillow's bicubic filter widens its support with the factor, as the published models were
trained with. Where the factor is large, a box reduction by a whole number goes first
and leaves the filter a gap: the caller's across columns, `ROW_GAP` across rows.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from dragonfly.geometry import Size
from dragonfly.slide.parallel import run_all, spans
from dragonfly.slide.pixels import Pixels, with_padding

STRICT_GAP = 1.3
"""Costs a little sharpness and saves most of the filter's time across a row."""
FAST_GAP = 1.0
ROW_GAP = 2.0
"""Across rows a reduction starts where a band starts, so it has to matter less."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle with fractional edges in the pixels of the array that is resized."""

    left: float
    top: float
    right: float
    bottom: float

    def rows(self, first: int, last: int, of: int) -> "Window":
        """The part that becomes the output rows `first` to `last` out of `of`."""
        step = (self.bottom - self.top) / of
        top = self.top + first * step
        return Window(self.left, top, self.right, self.top + last * step)


def resize(
    pixels: Pixels, size: Size, window: Window, gap: float = STRICT_GAP
) -> Pixels:
    """Resample `window` of (h, w, 3) pixels to `size`.

    Pixels outside the window, where there are any, take part in the filter.
    """
    if _is_plain_crop(size, window):
        top, left = round(window.top), round(window.left)
        return pixels[top : top + size.height, left : left + size.width]
    result = np.empty((size.height, size.width, 3), np.uint8)

    def fill(first: int, last: int) -> None:
        part = window.rows(first, last, of=size.height)
        rows = Size(size.width, last - first)
        result[first:last] = _resize_part(pixels, rows, part, gap)

    run_all([partial(fill, *span) for span in spans(size.height, at_least=64)])
    return result


def _is_plain_crop(size: Size, window: Window) -> bool:
    edges = (window.left, window.top)
    sides = (window.right - window.left, window.bottom - window.top)
    return all(abs(e - round(e)) < 1e-6 for e in edges) and all(
        abs(side - want) < 1e-6
        for side, want in zip(sides, (size.width, size.height), strict=True)
    )


def _resize_part(pixels: Pixels, size: Size, window: Window, gap: float) -> Pixels:
    margin = 3 + int(2 * max(1.0, (window.bottom - window.top) / size.height))
    first = max(0, int(window.top) - margin)
    last = min(pixels.shape[0], int(window.bottom) + 1 + margin)
    image = _image(pixels, first, last)
    shrink = max(1, int((window.right - window.left) / size.width / gap))
    if shrink > 1:
        image = image.reduce((shrink, 1))
    box = (
        max(0.0, window.left / shrink),
        max(0.0, window.top - first),
        min(float(image.width), window.right / shrink),
        min(float(last - first), window.bottom - first),
    )
    resized = image.resize(
        (size.width, size.height),
        Image.Resampling.BICUBIC,
        box=box,
        reducing_gap=ROW_GAP,
    )
    return np.asarray(resized)[..., :3]


def _image(pixels: Pixels, first: int, last: int) -> Image.Image:
    """Rows `first` to `last` as Pillow sees them, without a copy where possible."""
    base = with_padding(pixels)
    if base is None:
        return Image.fromarray(np.ascontiguousarray(pixels[first:last]))
    size = (base.shape[1], last - first)
    return Image.frombuffer("RGBX", size, base[first:last], "raw", "RGBX", 0, 1)
