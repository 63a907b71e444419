"""Cells cover a region and map to their parents by geometry."""

import itertools

import pytest

from dragonfly.geometry import Region
from dragonfly.zoom.cells import cell_count, plan_sides, sides_below, tile


@pytest.mark.parametrize("size", [(8192, 4096), (100_000, 100_000), (300, 40_000)])
def test_a_descent_keeps_within_its_budget(size: tuple[int, int]) -> None:
    region = Region(0, 0, *size)
    sides = plan_sides(region, 224, mids=4, most=256)
    opened = sum((a // b) ** 2 for a, b in itertools.pairwise(sides))
    assert cell_count(region, sides[0]) + 4 * opened <= 256
    assert sides[-1] == 224


def test_a_larger_budget_starts_closer() -> None:
    region = Region(0, 0, 60_000, 40_000)
    firsts = [plan_sides(region, 224, 4, most)[0] for most in (128, 512, 4096)]
    assert firsts == sorted(firsts, reverse=True)
    assert firsts[0] > firsts[-1]


def test_a_budget_too_small_takes_the_cheapest_descent() -> None:
    region = Region(0, 0, 100_000, 100_000)
    assert plan_sides(region, 224, 4, 16)[-1] == 224


def test_magnifications_step_by_four_down_to_native() -> None:
    assert sides_below(224 * 32, 224) == [7168, 1792, 448, 224]
    assert sides_below(224, 224) == [224]


def test_cells_cover_the_region_and_stay_inside() -> None:
    region = Region(5, 7, 1000, 700)
    cells = list(tile(region, 224, 0, None))
    assert all(region.contains(cell.region) for cell in cells)
    assert all(cell.region.size.area == 224 * 224 for cell in cells)
    assert max(cell.region.right for cell in cells) == region.right
    assert max(cell.region.bottom for cell in cells) == region.bottom


def test_a_region_narrower_than_a_cell_gives_narrow_cells() -> None:
    cells = list(tile(Region(0, 0, 100, 500), 224, 0, None))
    assert {cell.region.width for cell in cells} == {100}


def test_a_child_finds_its_ancestor_by_depth() -> None:
    (parent,) = tile(Region(0, 0, 896, 896), 896, 0, None)
    child = next(iter(tile(parent.region, 224, 1, parent)))
    grandchild = next(iter(tile(child.region, 56, 2, child)))
    assert grandchild.ancestor_at(0) is parent
    assert grandchild.ancestor_at(1) is child
    assert parent.ancestor_at(1) is None
