"""Where on the slide there is tissue, found on the overview alone.

Stained tissue is more saturated or darker than the glass around it (Otsu 1979 finds
the cut). Pen strokes are left out by their hue, dust by its size. Where the picture is
not stained tissue on bright glass, everything counts, and the reason is recorded:
overlooking tissue is worse than looking at glass.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from dragonfly.geometry import Region, Size
from dragonfly.slide.pieces import closed, spread, without_small_pieces
from dragonfly.slide.pixels import Pixels
from dragonfly.slide.slide import Slide

Reason = Literal["found", "dark background", "grey picture", "no contrast", "no glass"]

Mask = NDArray[np.bool_]

# Below this the brightest tenth of a picture is no lit glass: fluorescence, radiology.
_GLASS_BRIGHTNESS = 160
# Less colour than this in the most colourful hundredth is a grey picture.
_LEAST_COLOUR = 25
# Otsu finds a cut in anything; one that parts less than this parts only noise.
_LEAST_CUT = 12.0
_SPECK_SHARE = 1e-4
_MOST_PEN = 1 / 3


@dataclass(frozen=True, slots=True)
class TissueMask:
    """`pixels[y, x]` is True on tissue; `reason` says how that was decided.

    One mask pixel covers `scale_x` x `scale_y` level-0 pixels.
    """

    pixels: Mask
    slide_size: Size
    reason: Reason

    @property
    def scale_x(self) -> float:
        return self.slide_size.width / int(self.pixels.shape[1])

    @property
    def scale_y(self) -> float:
        return self.slide_size.height / int(self.pixels.shape[0])

    @property
    def share(self) -> float:
        """The part of the slide that is tissue, 0 to 1."""
        return float(self.pixels.mean())

    def fraction(self, region: Region) -> float:
        """The part of `region` that is tissue, 0 to 1; outside the slide is none.

        The mask's pixels at the region's edge count by the part that is inside.
        """
        down = _overlap(region.y, region.bottom, self.scale_y, self.pixels.shape[0])
        across = _overlap(region.x, region.right, self.scale_x, self.pixels.shape[1])
        rows, columns = np.flatnonzero(down), np.flatnonzero(across)
        if rows.size == 0 or columns.size == 0:
            return 0.0
        part = self.pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        covered = down[rows] @ part.astype(np.float64) @ across[columns]
        return min(1.0, float(covered) / region.area)

    def cells(
        self, columns: int, rows: int, *, at_least: float = 0.0
    ) -> Iterator[tuple[Region, float]]:
        """Cells of a grid over the slide with more tissue than `at_least`, by row.

        Raises:
            ValueError: there are more columns or rows than level-0 pixels.
        """
        for cell in Region.of(self.slide_size).grid(columns, rows):
            fraction = self.fraction(cell)
            if fraction > at_least:
                yield cell, fraction


def tissue_mask(slide: Slide, max_side: int = 1024) -> TissueMask:
    """Find tissue on an overview of at most `max_side` pixels a side.

    Reads the coarsest stored level that is fine enough, never a whole finer one.
    """
    overview = slide.thumbnail(Size(max_side, max_side))
    found, reason = find_tissue(overview)
    return TissueMask(found, slide.size, reason)


def find_tissue(overview: Pixels) -> tuple[Mask, Reason]:
    """The mask of an RGB picture, of the same height and width, and its reason."""
    smooth = np.asarray(Image.fromarray(overview).filter(ImageFilter.GaussianBlur(1)))
    bright, dark = smooth.max(axis=2), smooth.min(axis=2)
    everything = np.ones(overview.shape[:2], bool)
    refusal = _unsuited(bright, dark)
    if refusal is not None:
        return everything, refusal
    colour = (bright - dark).astype(np.float32)
    glass = _glass_brightness(bright)
    shade = np.clip(glass - smooth.mean(axis=2), 0, None)
    contrast = np.maximum(colour, shade)
    pen = _pen(smooth)
    cut = _otsu(contrast[~pen])
    if cut is None or pen.sum() > _MOST_PEN * (contrast > cut).sum():
        # Nobody inks that much: it is a blue or green stain.
        pen = np.zeros_like(pen)
        cut = _otsu(contrast)
    if cut is None:
        return everything, "no contrast"
    mask = closed((contrast > cut) & ~pen, reach=2)
    least = max(9, round(mask.size * _SPECK_SHARE))
    return without_small_pieces(mask, least), "found"


def _unsuited(bright: NDArray[np.uint8], dark: NDArray[np.uint8]) -> Reason | None:
    if np.percentile(bright, 90) < _GLASS_BRIGHTNESS:
        return "dark background"
    if np.percentile(bright - dark, 99) < _LEAST_COLOUR:
        return "grey picture" if np.ptp(dark) > 2 * _LEAST_COLOUR else "no contrast"
    return None


def _glass_brightness(bright: NDArray[np.uint8]) -> float:
    return float(np.percentile(bright, 95))


def _pen(rgb: Pixels) -> Mask:
    """Blue, green and black felt pens: hues and depths that stains do not reach."""
    red, green, blue = (rgb[..., i].astype(np.int16) for i in range(3))
    greenish = (green > red + 25) & (green >= blue)
    bluish = (blue > red + 60) & (blue > green + 25) & (red < 110)
    cyanish = (green > red + 50) & (blue > red + 50)
    black = (rgb.max(axis=2) < 55) & (rgb.max(axis=2) - rgb.min(axis=2) < 20)
    # A stroke's edge fades into the glass and would pass for stain.
    return spread(np.asarray(greenish | bluish | cyanish | black), reach=3)


def _otsu(values: NDArray[np.float32]) -> float | None:
    """The cut that parts `values` best, or None where they are all alike."""
    if values.size == 0:
        return None
    counts, edges = np.histogram(values, bins=256, range=(0, 256))
    weights = counts.cumsum()
    sums = (counts * edges[:-1]).cumsum()
    low, high = weights[:-1], weights[-1] - weights[:-1]
    usable = (low > 0) & (high > 0)
    if not usable.any():
        return None
    gap = np.zeros(low.shape)
    np.divide(sums[:-1], low, out=gap, where=usable)
    rest = np.zeros(low.shape)
    np.divide(sums[-1] - sums[:-1], high, out=rest, where=usable)
    gap = rest - gap
    best = int(np.argmax(np.where(usable, low * high * gap.astype(np.float64) ** 2, 0)))
    return float(edges[best + 1]) if gap[best] >= _LEAST_CUT else None


def _overlap(start: int, end: int, scale: float, count: int) -> NDArray[np.float64]:
    """Level-0 pixels that each of `count` mask pixels shares with [start, end)."""
    edges = np.arange(count + 1) * scale
    shared = np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)
    return np.asarray(np.clip(shared, 0, None))
