import numpy as np

from dragonfly.geometry import Region, Size
from dragonfly.mini.synthetic import SyntheticSlide
from dragonfly.mini.synthetic.renderer import Renderer
from tests.dragonfly.mini.conftest import SMALL


def test_level_0_is_read_as_it_is_drawn(small_renderer: Renderer) -> None:
    region = Region(900, 1100, 300, 200)
    pixels = SyntheticSlide(SMALL).read(region, Size(300, 200))
    assert np.array_equal(pixels, small_renderer.render(region))


def test_reading_twice_gives_the_same(small_renderer: Renderer) -> None:
    slide = SyntheticSlide(SMALL)
    region = Region(777, 555, 1500, 1500)
    first = slide.read(region, Size(224, 224))
    slide.read(Region(0, 0, 3072, 3072), Size(64, 64))
    assert np.array_equal(first, slide.read(region, Size(224, 224)))
    assert first.shape == (224, 224, 3)


def test_outside_the_slide_is_white() -> None:
    pixels = SyntheticSlide(SMALL).read(Region(-400, 1000, 300, 300), Size(50, 50))
    assert np.all(pixels == 255)


def test_a_crop_that_is_not_square_keeps_its_size() -> None:
    slide = SyntheticSlide(SMALL)
    pixels = slide.read(Region(0, 0, 3072, 1024), Size(96, 64))
    assert pixels.shape == (64, 96, 3)
