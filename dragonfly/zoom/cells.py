"""Square cells of a region, each the parent of smaller ones by geometry.

Sides are `crop_px * 2**k` level-0 pixels, so that the smallest cell fills a crop at
native resolution. Children cover their parent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dragonfly.geometry import Region

FACTOR = 4
"""Magnification step from one depth to the next (the last step may be 2)."""


@dataclass(frozen=True)
class Cell:
    """A part of the region at one depth; `side` is its uncut side in level-0 px."""

    region: Region
    side: int
    depth: int
    parent: Cell | None = field(default=None, repr=False, compare=False)

    def ancestor_at(self, depth: int) -> Cell | None:
        cell: Cell | None = self
        while cell is not None and cell.depth > depth:
            cell = cell.parent
        return cell if cell is not None and cell.depth == depth else None


def first_side(region: Region, crop_px: int, most: int) -> int:
    """The smallest side whose cells over `region` number at most `most`."""
    side = crop_px
    while cell_count(region, side) > most:
        side *= 2
    return side


def cell_count(region: Region, side: int) -> int:
    return -(-region.width // side) * -(-region.height // side)


def sides_below(first: int, crop_px: int) -> list[int]:
    """Sides from the first one down to native resolution."""
    sides = [first]
    while sides[-1] > crop_px:
        sides.append(max(crop_px, sides[-1] // FACTOR))
    return sides


def tile(region: Region, side: int, depth: int, parent: Cell | None) -> Iterator[Cell]:
    """Cover a region with square cells of `side`, row by row.

    The last cells of a row or column step back to stay inside and so overlap their
    neighbours; a region narrower than `side` gives narrower cells.
    """
    for y in range(region.y, region.bottom, side):
        for x in range(region.x, region.right, side):
            left = max(region.x, min(x, region.right - side))
            top = max(region.y, min(y, region.bottom - side))
            right, bottom = (
                min(left + side, region.right),
                min(top + side, region.bottom),
            )
            square = Region.from_bounds(left, top, right, bottom)
            yield Cell(square, side, depth, parent)
