"""The viewer's grid: square tiles over a pyramid of halves, like Deep Zoom.

`z` 0 is the whole slide within one tile; each next `z` doubles it; the last one is
level 0. Tile (z, x, y) counts columns and rows from the top left. Tiles at the right
and bottom edge are cut short; there is no overlap.
"""

import math
from dataclasses import dataclass

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size


@dataclass(frozen=True, slots=True)
class TileGrid:
    """The grid of one slide with level-0 `size` and square tiles of `tile` pixels."""

    size: Size
    tile: int

    @property
    def last_z(self) -> int:
        """The zoom step that shows level 0 pixel for pixel."""
        longest = max(self.size.width, self.size.height)
        return max(0, math.ceil(math.log2(longest / self.tile)))

    def downsample(self, z: int) -> int:
        """Level-0 pixels along one pixel of step `z`, a power of two."""
        return 1 << (self.last_z - z)

    def plane(self, z: int) -> Size:
        """Width and height of the whole slide at step `z`, rounded up."""
        factor = self.downsample(z)
        return Size(-(-self.size.width // factor), -(-self.size.height // factor))

    def counts(self, z: int) -> Size:
        """Columns and rows of tiles at step `z`."""
        plane = self.plane(z)
        return Size(-(-plane.width // self.tile), -(-plane.height // self.tile))

    def place(self, z: int, x: int, y: int) -> tuple[Region, Size]:
        """The level-0 region of a tile and its size in pixels.

        Raises:
            SlideError: `TILE_OUTSIDE`, the grid has no such tile.
        """
        if not self._has(z, x, y):
            raise SlideError("TILE_OUTSIDE", f"The slide has no tile {z}/{x}/{y}.")
        plane, side, factor = self.plane(z), self.tile, self.downsample(z)
        size = Size(
            min(side, plane.width - x * side), min(side, plane.height - y * side)
        )
        left, top = x * side * factor, y * side * factor
        return Region(left, top, size.width * factor, size.height * factor), size

    def _has(self, z: int, x: int, y: int) -> bool:
        if not 0 <= z <= self.last_z:
            return False
        counts = self.counts(z)
        return 0 <= x < counts.width and 0 <= y < counts.height
