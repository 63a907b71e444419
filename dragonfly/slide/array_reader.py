"""A picture that is held in memory as a slide of one level."""

from dragonfly.geometry import Region, Size
from dragonfly.slide.pixels import Pixels
from dragonfly.slide.reader import Facts, Reader

CELL = Size(256, 256)


class ArrayReader(Reader):
    """Serves (h, w, 3) pixels that were decoded when the file was opened."""

    def __init__(self, pixels: Pixels, facts: Facts) -> None:
        self._pixels = pixels
        self.facts = facts

    def read(self, level: int, box: Region, shrink: int = 1) -> Pixels:
        return self._pixels[box.y : box.bottom, box.x : box.right]

    def cell(self, level: int) -> Size:
        return CELL

    @property
    def held_bytes(self) -> int:
        return self._pixels.nbytes

    def close(self) -> None:
        """Nothing is open: the file was read as a whole."""
