"""Reading any region at any size gives the pixels that a careful eye expects."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide import Limits, open_slide, read_plan
from tests.slides import Picture, tissue_picture, write_pyramid


def difference(one: Picture, other: Picture) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other).mean())


def bicubic(picture: Picture, size: Size) -> Picture:
    resized = Image.fromarray(picture).resize(
        (size.width, size.height), Image.Resampling.BICUBIC
    )
    return np.asarray(resized)


@pytest.fixture
def slide_path(tmp_path: Path) -> Path:
    return tmp_path / "slide.svs"


def test_level_0_comes_back_pixel_for_pixel(slide_path: Path) -> None:
    picture = write_pyramid(slide_path)
    with open_slide(slide_path) as slide:
        pixels = slide.read_region(Region(100, 60, 300, 200), Size(300, 200))
    assert pixels.dtype == np.uint8
    assert difference(pixels, picture[60:260, 100:400]) < 2.5


def test_a_smaller_result_is_antialiased_like_pillow(slide_path: Path) -> None:
    picture = write_pyramid(slide_path, downsamples=(1,))
    size = Size(201, 161)
    with open_slide(slide_path) as slide:
        pixels = slide.read_region(Region.of(slide.size), size)
    assert difference(pixels, bicubic(picture, size)) < 1.5


def test_a_larger_result_is_interpolated(slide_path: Path) -> None:
    picture = write_pyramid(slide_path)
    region, size = Region(200, 200, 60, 40), Size(180, 120)
    with open_slide(slide_path) as slide:
        pixels = slide.read_region(region, size)
    assert difference(pixels, bicubic(picture[200:240, 200:260], size)) < 3


def test_outside_the_slide_is_white(slide_path: Path) -> None:
    write_pyramid(slide_path)
    with open_slide(slide_path) as slide:
        beyond = slide.read_region(Region(5000, 5000, 50, 50), Size(25, 25))
        corner = slide.read_region(Region(-50, -50, 100, 100), Size(100, 100))
    assert (beyond == 255).all()
    assert (corner[:50] == 255).all()
    assert corner[75, 75].max() < 255


@pytest.mark.parametrize(
    ("downsample", "level"), [(1.5, 0), (2.0, 1), (3.9, 1), (4.0, 2)]
)
def test_the_nearest_finer_level_is_read(
    slide_path: Path, downsample: float, level: int
) -> None:
    write_pyramid(slide_path)
    with open_slide(slide_path) as slide:
        region = Region.of(slide.size)
        size = slide.size.scaled(1 / downsample)
        plan = read_plan.plan_read(slide.levels, [[], [], []], region, size, "strict")
    assert plan.level == level


def test_fast_and_strict_show_the_same_picture(slide_path: Path) -> None:
    write_pyramid(slide_path, downsamples=(1,))
    with open_slide(slide_path) as slide:
        strict, fast = (
            slide.read_region(Region.of(slide.size), Size(280, 224), fidelity)
            for fidelity in ("strict", "fast")
        )
    assert 0 < difference(strict, fast) < 3


@pytest.mark.parametrize("fidelity", ["strict", "fast"])
def test_a_read_in_bands_equals_a_read_at_once(
    slide_path: Path, fidelity: read_plan.Fidelity, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pyramid(slide_path, downsamples=(1,))
    region, size = Region(-20, 33, 600, 470), Size(190, 150)
    with open_slide(slide_path) as slide:
        whole = slide.read_region(region, size, fidelity)
        monkeypatch.setattr(read_plan, "BAND_PIXELS", 20_000)
        banded = slide.read_region(region, size, fidelity)
    assert np.abs(whole.astype(int) - banded).max() <= 1


def test_neighbouring_regions_join_without_a_seam(slide_path: Path) -> None:
    write_pyramid(slide_path)
    with open_slide(slide_path) as slide:
        whole = slide.read_region(Region(64, 64, 256, 128), Size(256, 128))
        left = slide.read_region(Region(64, 64, 100, 128), Size(100, 128))
        right = slide.read_region(Region(164, 64, 156, 128), Size(156, 128))
    assert (np.concatenate((left, right), axis=1) == whole).all()


@pytest.mark.parametrize(
    "limits", [Limits(max_output_pixels=999), Limits(max_source_pixels=9999)]
)
def test_a_read_beyond_the_limits_is_refused(slide_path: Path, limits: Limits) -> None:
    write_pyramid(slide_path, downsamples=(1,))
    slide = open_slide(slide_path, limits=limits)
    with pytest.raises(SlideError, match="Choose a smaller region") as refusal:
        slide.read_region(Region.of(slide.size), Size(50, 40))
    assert refusal.value.code == "REGION_TOO_LARGE"


def test_a_thumbnail_keeps_the_shape_and_is_never_enlarged(slide_path: Path) -> None:
    write_pyramid(slide_path, tissue_picture(300, 200))
    with open_slide(slide_path) as slide:
        assert slide.thumbnail(Size(150, 150)).shape == (100, 150, 3)
        assert slide.thumbnail(Size(9000, 9000)).shape == (200, 300, 3)
