"""Square cells of a region, each the parent of smaller ones by geometry.

Sides are `crop_px * 2**k` level-0 pixels, so that the smallest cell fills a crop at
native resolution. Children cover their parent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

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


Count = Callable[[int], int]
"""Cells of a side that would have to be examined to see the whole region."""


def plan_sides(
    region: Region,
    crop_px: int,
    mids: int,
    most: int,
    finest: int = 1,
    count: Count | None = None,
) -> list[int]:
    """Sides of the cells at each depth, coarse to fine.

    The first is the smallest whose whole descent, opening one cell per mid crop at each
    depth, examines at most `most` cells; where none does, the cheapest. Where the last
    is native resolution, the first stays a full step above it while that leaves a
    choice of mid crops.

    Args:
        region: to be covered.
        crop_px: side of a crop.
        mids: mid crops that are wanted.
        most: cells that may be examined.
        finest: side of the last cells, in crops; 1 is native resolution.
        count: cells of a side; all that cover the region by default.
    """
    counted = count or partial(cell_count, region)
    last = crop_px * finest
    first = crop_px * FACTOR if finest == 1 else last
    while first > last and cell_count(region, first) < 2 * mids:
        first //= 2
    plans = [sides_below(side, last) for side in _doubled(first, region)]
    costs = []
    for plan in plans:
        costs.append(counted(plan[0]) + mids * _opened(plan))
        if costs[-1] <= most:
            return plan
    return plans[costs.index(min(costs))]


def _doubled(side: int, region: Region) -> list[int]:
    sides = [side]
    while cell_count(region, sides[-1]) > 1:
        sides.append(sides[-1] * 2)
    return sides


def _opened(sides: list[int]) -> int:
    """Children that one cell of the first depth costs."""
    return sum((parent // child) ** 2 for parent, child in pairwise(sides))


def cell_count(region: Region, side: int) -> int:
    return -(-region.width // side) * -(-region.height // side)


def sides_below(first: int, last: int) -> list[int]:
    """Sides from the first one down to the last."""
    sides = [first]
    while sides[-1] > last:
        sides.append(max(last, sides[-1] // FACTOR))
    return sides


def tile(region: Region, side: int, depth: int, parent: Cell | None) -> Iterator[Cell]:
    """Cover a region with square cells of `side`, row by row.

    Where the sides do not divide, neighbours overlap evenly and stay inside; a region
    narrower than `side` gives narrower cells.
    """
    for top, bottom in _spans(region.y, region.height, side):
        for left, right in _spans(region.x, region.width, side):
            square = Region.from_bounds(left, top, right, bottom)
            yield Cell(square, side, depth, parent)


def _spans(start: int, length: int, side: int) -> Iterator[tuple[int, int]]:
    count = -(-length // side)
    width = min(side, length)
    for index in range(count):
        first = start + (length - width) * index // max(1, count - 1)
        yield first, first + width
