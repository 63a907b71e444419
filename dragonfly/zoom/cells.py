"""Square cells of a region, each the parent of smaller ones by geometry.

Sides are `crop_px * 2**k` level-0 pixels, so that the smallest cell fills a crop at
native resolution. Children cover their parent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
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


def plan_sides(region: Region, crop_px: int, mids: int, most: int) -> list[int]:
    """Sides of the cells at each depth, coarse to native.

    The first is the finest whose whole descent, opening one cell per mid crop at each
    depth, examines at most `most` cells; where none does, the cheapest. It stays a
    full step above native resolution while that leaves a choice of mid crops.
    """
    finest = crop_px * FACTOR
    while finest > crop_px and cell_count(region, finest) < 2 * mids:
        finest //= 2
    plans = [sides_below(side, crop_px) for side in _doubled(finest, region)]
    costs = [_cost(region, plan, mids) for plan in plans]
    affordable = [p for p, cost in zip(plans, costs, strict=True) if cost <= most]
    return affordable[0] if affordable else plans[costs.index(min(costs))]


def _doubled(side: int, region: Region) -> list[int]:
    sides = [side]
    while cell_count(region, sides[-1]) > 1:
        sides.append(sides[-1] * 2)
    return sides


def _cost(region: Region, sides: list[int], mids: int) -> int:
    opened = sum((parent // child) ** 2 for parent, child in pairwise(sides))
    return cell_count(region, sides[0]) + mids * opened


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
