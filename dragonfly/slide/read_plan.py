"""How one read is carried out: from which stored level, and in which bands.

Pure arithmetic; it touches no pixel. A *plane* is one level decoded at 1, 1/2, 1/4 or
1/8 of its size.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dragonfly.geometry import Region, Size
from dragonfly.slide.reader import Level
from dragonfly.slide.resample import Window

Fidelity = Literal["strict", "fast"]

# Source pixels held at once, 3 bytes each. A band is decoded and resized before the
# next one is read, so that memory does not grow with the region.
BAND_PIXELS = 48 * 2**20


@dataclass(frozen=True, slots=True)
class Band:
    """Output rows `first` to `last`, from `window` inside the plane rectangle `box`."""

    first: int
    last: int
    box: Region
    window: Window


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """Read `window` of `level`, decoded at 1/`shrink`, and resize it to `size`."""

    level: int
    shrink: int
    window: Window
    size: Size

    @property
    def source_pixels(self) -> int:
        wide = self.window.right - self.window.left
        return int(wide * (self.window.bottom - self.window.top))

    def bands(self) -> Iterator[Band]:
        """Cut the read so that no band needs more than `BAND_PIXELS` at once."""
        count = max(1, math.ceil(self.source_pixels / BAND_PIXELS))
        count = min(count, self.size.height)
        for i in range(count):
            first = self.size.height * i // count
            last = self.size.height * (i + 1) // count
            yield self._band(first, last)

    def _band(self, first: int, last: int) -> Band:
        rows = self.window.rows(first, last, of=self.size.height)
        box = _reach(rows, Size(self.size.width, last - first))
        window = Window(
            rows.left - box.x, rows.top - box.y, rows.right - box.x, rows.bottom - box.y
        )
        return Band(first, last, box, window)


def plan_read(
    levels: Sequence[Level],
    shrinks: Sequence[Sequence[int]],
    region: Region,
    size: Size,
    fidelity: Fidelity,
) -> ReadPlan:
    """Choose the coarsest level that is still at least as fine as the result.

    `strict` decodes that level in full; `fast` may decode its tiles at a fraction,
    `shrinks[level]`, which costs less and differs slightly.
    """
    wanted = min(region.width / size.width, region.height / size.height)
    level = _nearest_finer(levels, wanted)
    spare = wanted / levels[level].downsample * (1 + 1e-6)
    usable = [s for s in shrinks[level] if s <= spare] if fidelity == "fast" else []
    shrink = max(usable, default=1)
    pitch = levels[level].downsample * shrink
    window = Window(
        region.x / pitch, region.y / pitch, region.right / pitch, region.bottom / pitch
    )
    return ReadPlan(level, shrink, window, size)


def _nearest_finer(levels: Sequence[Level], wanted: float) -> int:
    # Sizes are rounded to whole pixels, so a level that is meant to fit may miss by a
    # little: a two-pixel level of a three-pixel slide is still its half.
    fitting = [
        i for i, level in enumerate(levels) if level.downsample <= wanted * 1.005
    ]
    return max(fitting, key=lambda i: levels[i].downsample, default=0)


def _reach(rows: Window, size: Size) -> Region:
    """The whole pixels that an antialiased filter touches around `rows`."""
    across = _support(rows.right - rows.left, size.width)
    down = _support(rows.bottom - rows.top, size.height)
    return Region.from_bounds(
        math.floor(rows.left) - across,
        math.floor(rows.top) - down,
        math.ceil(rows.right) + across,
        math.ceil(rows.bottom) + down,
    )


def _support(source: float, result: int) -> int:
    scale = source / result
    return 0 if scale == 1.0 else 1 + math.ceil(2 * max(1.0, scale))
