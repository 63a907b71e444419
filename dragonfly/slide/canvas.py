"""A level as an endless sheet: white outside the slide, marked where it is damaged.

One unreadable tile must not cost its neighbours. A read that fails is halved along the
stored tiles until only the damaged cells fail; those are drawn grey with a cross,
remembered and counted.
"""

import threading

import numpy as np
from numpy.typing import NDArray

from dragonfly.geometry import Region, Size
from dragonfly.slide.pixels import Pixels, white
from dragonfly.slide.reader import Reader, UnreadableError

GREY, CROSS = 190, 110
SMALLEST_CELL, LARGEST_CELL = 64, 512


class Canvas:
    """Reads any rectangle of any level of one reader; safe to share by threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._bad: set[tuple[int, int, int]] = set()
        self._lock = threading.Lock()

    @property
    def unreadable_tiles(self) -> int:
        """Distinct damaged cells met so far; a read counts only what it touched."""
        return len(self._bad)

    def read(self, level: int, box: Region, shrink: int = 1) -> Pixels:
        """Pixels of `box`, which is in pixels of the level after shrinking."""
        bounds = self._reader.facts.levels[level].size
        plane = Size(-(-bounds.width // shrink), -(-bounds.height // shrink))
        inside = box.clipped_to(plane)
        if inside is None:
            return white(box.size)
        stored = Region.from_bounds(
            inside.x * shrink,
            inside.y * shrink,
            min(inside.right * shrink, bounds.width),
            min(inside.bottom * shrink, bounds.height),
        )
        pixels = self._read_or_halve(level, stored, shrink)
        return pixels if inside == box else _padded(pixels, inside, box)

    def _read_or_halve(self, level: int, box: Region, shrink: int) -> Pixels:
        cell = self._cell(level)
        if not self._touches_bad(level, box, cell):
            try:
                return self._reader.read(level, box, shrink)
            except UnreadableError:
                pass
        halves = _halves(box, cell)
        if halves is None:
            return self._marked(level, box, shrink, cell)
        first, second = (self._read_or_halve(level, half, shrink) for half in halves)
        return np.concatenate((first, second), axis=int(halves[0].y == halves[1].y))

    def _cell(self, level: int) -> Size:
        stored = self._reader.cell(level)
        return Size(_cell_side(stored.width), _cell_side(stored.height))

    def _touches_bad(self, level: int, box: Region, cell: Size) -> bool:
        if not self._bad:
            return False
        across = range(box.x // cell.width, (box.right - 1) // cell.width + 1)
        down = range(box.y // cell.height, (box.bottom - 1) // cell.height + 1)
        with self._lock:
            return any(
                bad == level and x in across and y in down for bad, x, y in self._bad
            )

    def _marked(self, level: int, box: Region, shrink: int, cell: Size) -> Pixels:
        column, row = box.x // cell.width, box.y // cell.height
        with self._lock:
            self._bad.add((level, column, row))
        place = box.moved(-column * cell.width, -row * cell.height)
        rows, columns = slice(place.y, place.bottom), slice(place.x, place.right)
        return crossed(cell)[rows, columns][::shrink, ::shrink]


def crossed(size: Size) -> NDArray[np.uint8]:
    """A grey picture with a diagonal cross: "nothing could be read here"."""
    x = np.arange(size.width)[None, :] / size.width
    y = np.arange(size.height)[:, None] / size.height
    stroke = 0.02
    lines = (np.abs(x - y) < stroke) | (np.abs(x + y - 1) < stroke)
    grey = np.where(lines, CROSS, GREY).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _cell_side(stored: int) -> int:
    if stored > 2 * LARGEST_CELL:
        return LARGEST_CELL
    return stored * -(-SMALLEST_CELL // stored)


def _padded(pixels: Pixels, inside: Region, box: Region) -> Pixels:
    sheet = white(box.size)
    top, left = inside.y - box.y, inside.x - box.x
    sheet[top : top + inside.height, left : left + inside.width] = pixels
    return sheet


def _halves(box: Region, cell: Size) -> tuple[Region, Region] | None:
    """Cut across the longer side where two cells meet, or None within one cell."""
    across = (box.right - 1) // cell.width - box.x // cell.width
    down = (box.bottom - 1) // cell.height - box.y // cell.height
    if across == 0 and down == 0:
        return None
    if across >= down:
        cut = (box.x // cell.width + (across + 1) // 2) * cell.width
        return (
            Region.from_bounds(box.x, box.y, cut, box.bottom),
            Region.from_bounds(cut, box.y, box.right, box.bottom),
        )
    cut = (box.y // cell.height + (down + 1) // 2) * cell.height
    return (
        Region.from_bounds(box.x, box.y, box.right, cut),
        Region.from_bounds(box.x, cut, box.right, box.bottom),
    )
