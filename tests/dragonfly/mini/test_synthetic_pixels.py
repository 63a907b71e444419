import hashlib

import numpy as np
import pytest

from dragonfly.geometry import Region, Size
from dragonfly.mini.synthetic import SlideRecipe, SyntheticSlide
from dragonfly.mini.synthetic.layout import lay_out
from dragonfly.mini.synthetic.renderer import Renderer, box_mean
from tests.dragonfly.mini.conftest import SMALL

GOLDEN = "51c682c2d481308d47893997037504b5b1ae8ccc41c887c7fad9393a3a16dec1"
MIDDLE = Region(1024, 1024, 512, 512)


def test_pixels_follow_from_the_recipe_alone(small_renderer: Renderer) -> None:
    again = Renderer(SMALL).render(MIDDLE)
    assert np.array_equal(small_renderer.render(MIDDLE), again)


def test_pixels_are_the_same_on_every_machine(small_renderer: Renderer) -> None:
    pixels = small_renderer.render(MIDDLE)
    assert hashlib.sha256(pixels.tobytes()).hexdigest() == GOLDEN


def test_another_seed_draws_another_slide() -> None:
    other = Renderer(SlideRecipe(6, 3072, fragments=1)).render(MIDDLE)
    assert np.abs(other.astype(int) - Renderer(SMALL).render(MIDDLE)).mean() > 10


@pytest.mark.parametrize("downsample", [1, 2, 4, 8])
def test_a_pixel_does_not_depend_on_the_region_asked(
    small_renderer: Renderer, downsample: int
) -> None:
    whole = small_renderer.render(Region(768, 896, 1024, 768), downsample)
    part = small_renderer.render(Region(1008, 1104, 304, 208), downsample)
    left, top = 240 // downsample, 208 // downsample
    height, width = part.shape[:2]
    assert np.array_equal(whole[top : top + height, left : left + width], part)


def test_a_target_does_not_depend_on_the_region_asked(
    small_renderer: Renderer,
) -> None:
    target = small_renderer.layout.targets[0].region
    whole = small_renderer.render(target)
    half = Region(target.x + 101, target.y + 77, target.width // 2, 150)
    part = small_renderer.render(half)
    assert np.array_equal(whole[77:227, 101 : 101 + half.width], part)


@pytest.mark.parametrize("step", [2, 4])
def test_coarse_drawing_agrees_with_the_mean_of_fine_pixels(
    small_renderer: Renderer, step: int
) -> None:
    region = Region(512, 512, 2048, 1024)
    drawn = small_renderer.render(region, step).astype(int)
    mean = box_mean(small_renderer.render(region), step).astype(int)
    assert np.abs(drawn - mean).mean() < 4
    assert np.abs(drawn.mean((0, 1)) - mean.mean((0, 1))).max() < 2


def test_tissue_is_pink_nuclei_are_purple_and_glass_is_white(
    small_renderer: Renderer,
) -> None:
    glass = small_renderer.render(Region(0, 1500, 64, 64)).mean((0, 1))
    tissue = small_renderer.render(MIDDLE).reshape(-1, 3).astype(int)
    assert glass.min() > 235
    red, green, blue = np.median(tissue, axis=0)
    assert red > blue > green
    dark = tissue[tissue.sum(axis=1) < 330]
    assert len(dark) > 500
    assert np.all(np.median(dark, axis=0)[[0, 2]] > np.median(dark, axis=0)[1])
    assert np.median(dark, axis=0)[2] > np.median(dark, axis=0)[0]


def test_a_third_to_two_thirds_of_the_slide_is_tissue() -> None:
    for seed in range(4):
        overview = SyntheticSlide(SlideRecipe(seed, 4096, fragments=1 + seed)).read(
            Region(0, 0, 4096, 4096), Size(128, 128)
        )
        assert 0.3 < (overview.min(axis=2) < 225).mean() < 0.67


def test_a_region_off_the_grid_is_refused(small_renderer: Renderer) -> None:
    with pytest.raises(ValueError, match="multiple of 4"):
        small_renderer.render(Region(2, 0, 64, 64), 4)


def test_the_pen_keeps_away_from_the_tissue() -> None:
    for seed in range(12):
        layout = lay_out(SlideRecipe(seed, 8192, fragments=1 + seed % 4, pen="black"))
        assert layout.pen is not None
        for x, y in layout.pen.points:
            depth = max(island.depth(x, y) for island in layout.islands)
            assert depth < -layout.pen.half_width
