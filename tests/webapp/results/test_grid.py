"""A large slide is drawn in coarser cells, each at its true place and share."""

from __future__ import annotations

import numpy as np
import pytest
from highdicom import PixelMeasuresSequence
from pydicom.dataset import Dataset
from pydicom.uid import VLWholeSlideMicroscopyImageStorage

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region
from webapp.accounts.models import User
from webapp.results.making.grid import grid_of
from webapp.results.making.source import Source


def source(width: int, height: int) -> Source:
    header, origin, shared = Dataset(), Dataset(), Dataset()
    header.SOPClassUID = VLWholeSlideMicroscopyImageStorage
    header.TotalPixelMatrixColumns, header.TotalPixelMatrixRows = width, height
    header.ImageOrientationSlide = [1, 0, 0, 0, 1, 0]
    origin.XOffsetInSlideCoordinateSystem = 10
    origin.YOffsetInSlideCoordinateSystem = 20
    header.TotalPixelMatrixOriginSequence = [origin]
    shared.PixelMeasuresSequence = PixelMeasuresSequence([0.0005, 0.0005], 0.001)
    header.SharedFunctionalGroupsSequence = [shared]
    return Source(User(), (header,), "2.25.1")


def test_cells_cover_the_slide_and_no_more_than_they_must() -> None:
    grid = grid_of(source(10_240, 5_001))
    assert (grid.downsample, grid.columns, grid.rows) == (10, 1024, 501)
    assert [float(v) for v in grid.measures[0].PixelSpacing] == [0.005, 0.005]


def test_the_first_cell_has_its_centre_half_a_cell_inside() -> None:
    """By hand: 4.5 pixels of 0.5 um beyond the centre of the first pixel."""
    position = grid_of(source(10_240, 5_001)).position[0]
    assert float(position.XOffsetInSlideCoordinateSystem) == pytest.approx(10.00225)
    assert float(position.YOffsetInSlideCoordinateSystem) == pytest.approx(20.00225)


def test_a_cell_that_a_region_crosses_counts_for_its_share() -> None:
    shares = grid_of(source(10_240, 5_001)).shares([Region(15, 20, 10, 5)])
    assert np.argwhere(shares).tolist() == [[2, 1], [2, 2]]
    assert shares[2, 1:3].tolist() == [0.25, 0.25]


def test_overlapping_regions_fill_a_cell_once() -> None:
    region = Region(0, 0, 20, 20)
    assert grid_of(source(10_240, 5_001)).shares([region, region]).max() == 1


def test_a_small_slide_keeps_its_pixels() -> None:
    grid = grid_of(source(300, 200))
    assert (grid.downsample, grid.columns, grid.rows) == (1, 300, 200)


def test_a_slide_of_unknown_place_is_refused() -> None:
    nowhere = source(300, 200)
    del nowhere.finest.TotalPixelMatrixOriginSequence
    with pytest.raises(DragonflyError) as refused:
        grid_of(nowhere)
    assert refused.value.code == "RESULT_NOT_POSSIBLE"
