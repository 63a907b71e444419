"""A view of a picture: labels move with the pixels."""

import itertools

import numpy as np
import pytest
from PIL import Image

from dragonfly.geometry import Region, Size
from dragonfly.mini.data.view import View, random_views
from tests.dragonfly.mini.data.conftest import picture


@pytest.mark.parametrize(
    ("turns", "mirrored"), [*itertools.product(range(4), (False, True))]
)
def test_a_cell_lies_where_its_pixel_went(turns: int, mirrored: bool) -> None:
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[20, 33] = 255
    view = View(Region(10, 5, 50, 40), turns, mirrored)
    drawn = np.asarray(view.draw(Image.fromarray(pixels)))
    # The middle of a pixel is half a pixel from its corner.
    x, y = view.place(33.5, 20.5)
    assert drawn[int(y), int(x), 0] == 255
    assert (view.size.height, view.size.width) == drawn.shape[:2]


def test_what_lies_outside_the_part_is_not_shown() -> None:
    view = View(Region(10, 10, 20, 20))
    assert view.shows(10, 29)
    assert not view.shows(30, 15)
    assert view.share_shown((20, 20, 40, 40)) == pytest.approx(0.25)


def test_a_grey_view_has_no_colour_left() -> None:
    drawn = View(Region(0, 0, 240, 240), stain="grey").draw(picture(1))
    assert np.ptp(np.asarray(drawn), axis=2).max() == 0


def test_another_stain_keeps_the_shapes() -> None:
    before = picture(1)
    view = View(Region(0, 0, 240, 240), stain="jittered", stain_seed=4)
    after = view.draw(before)
    light = [np.asarray(p.convert("L"), float).ravel() for p in (before, after)]
    assert not np.array_equal(np.asarray(before), np.asarray(after))
    assert np.corrcoef(light)[0, 1] > 0.8


def test_random_views_stay_inside_the_picture_and_repeat_under_a_seed() -> None:
    first, again = (
        list(random_views(Size(300, 200), 20, np.random.default_rng(3), 0.4))
        for _ in range(2)
    )
    assert first == again
    assert all(Region(0, 0, 300, 200).contains(view.region) for view in first)
    assert len({view.name for view in first}) == len(first)
