"""Regions, sizes and their arithmetic in level-0 pixels."""

import pytest

from dragonfly.geometry import Point, Region, Size


def test_regions_that_overlap_meet_in_their_common_part() -> None:
    assert Region(0, 0, 10, 10).intersection(Region(6, 4, 10, 3)) == Region(6, 4, 4, 3)


def test_regions_that_only_touch_have_nothing_in_common() -> None:
    assert Region(0, 0, 10, 10).intersection(Region(10, 0, 5, 5)) is None


def test_a_region_half_outside_is_clipped_to_the_slide() -> None:
    assert Region(-5, 90, 20, 20).clipped_to(Size(100, 100)) == Region(0, 90, 15, 10)


def test_a_region_contains_itself_and_its_parts() -> None:
    region = Region(2, 3, 10, 10)
    assert region.contains(region)
    assert region.contains(Region(4, 4, 2, 2))
    assert not region.contains(Region(11, 3, 2, 2))


def test_neighbours_stay_neighbours_after_scaling() -> None:
    left, right = Region(0, 0, 333, 10), Region(333, 0, 333, 10)
    for factor in (0.1, 0.377, 1.5):
        assert left.scaled(factor).right == right.scaled(factor).x


def test_scaling_never_empties_a_region() -> None:
    assert Region(10, 10, 1, 1).scaled(0.001).size == Size(1, 1)


def test_a_grid_covers_a_region_without_gap_or_overlap() -> None:
    region = Region(7, 11, 101, 53)
    cells = list(region.grid(4, 3))
    assert len(cells) == 12
    assert sum(cell.area for cell in cells) == region.area
    assert all(region.contains(cell) for cell in cells)


def test_a_grid_finer_than_the_pixels_repeats_them() -> None:
    cells = list(Region(0, 0, 2, 1).grid(4, 2))
    assert {cell.size for cell in cells} == {Size(1, 1)}


def test_a_grid_counts_row_by_row() -> None:
    corners = [(cell.x, cell.y) for cell in Region(0, 0, 4, 4).grid(2, 2)]
    assert corners == [(0, 0), (2, 0), (0, 2), (2, 2)]


@pytest.mark.parametrize("sides", [(0, 1), (1, 0), (-3, 4)])
def test_empty_sides_are_refused(sides: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="empty side"):
        Size(*sides)
    with pytest.raises(ValueError, match="empty side"):
        Region(0, 0, *sides)


def test_fitting_keeps_the_shape_and_never_enlarges() -> None:
    assert Size(4000, 2000).fitted_into(Size(100, 100)) == Size(100, 50)
    assert Size(40, 20).fitted_into(Size(100, 100)) == Size(40, 20)


def test_the_center_lies_in_the_middle() -> None:
    assert Region(10, 20, 30, 40).center == Point(25, 40)


def test_a_region_reads_as_x_y_width_height() -> None:
    assert str(Region(1, 2, 3, 4)) == "1,2,3,4"
