"""Cells cover a region and map to their parents by geometry."""

import pytest

from dragonfly.geometry import Region
from dragonfly.zoom.cells import cell_count, first_side, sides_below, tile


@pytest.mark.parametrize("size", [(8192, 4096), (100_000, 100_000), (300, 40_000)])
def test_the_first_cells_keep_within_the_budget(size: tuple[int, int]) -> None:
    region = Region(0, 0, *size)
    side = first_side(region, 224, 64)
    assert cell_count(region, side) <= 64
    assert side == 224 or cell_count(region, side // 2) > 64


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
