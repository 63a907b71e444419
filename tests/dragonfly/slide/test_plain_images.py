"""PNG, JPEG and one-level TIFF open as slides of one level."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from dragonfly.geometry import Region, Size
from dragonfly.slide import Slide, open_slide
from tests.slides import Picture, tissue_picture


def pixels_of(slide: Slide) -> Picture:
    return slide.read_region(Region.of(slide.size), slide.size)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tiff"])
def test_lossless_pictures_come_back_exactly(tmp_path: Path, suffix: str) -> None:
    picture = tissue_picture(200, 150)
    Image.fromarray(picture).save(tmp_path / f"a{suffix}")
    with open_slide(tmp_path / f"a{suffix}") as slide:
        assert (pixels_of(slide) == picture).all()
        assert (slide.size, len(slide.levels)) == (Size(200, 150), 1)
        assert (slide.mpp, slide.frame_count) == (None, 1)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    Image.fromarray(tissue_picture(200, 150)).save(tmp_path / "a.svs", "JPEG")
    with open_slide(tmp_path / "a.svs") as slide:
        assert slide.format == "JPEG picture"


def test_emoji_and_spaces_in_the_name(tmp_path: Path) -> None:
    path = tmp_path / "Präparat 😐 (1).png"
    Image.fromarray(tissue_picture(20, 15)).save(path)
    with open_slide(path) as slide:
        assert slide.size == Size(20, 15)


def test_transparency_shows_as_white(tmp_path: Path) -> None:
    picture = np.zeros((10, 10, 4), np.uint8)
    picture[5:] = (200, 0, 0, 255)
    Image.fromarray(picture).save(tmp_path / "a.png")
    with open_slide(tmp_path / "a.png") as slide:
        pixels = pixels_of(slide)
    assert (pixels[:5] == 255).all()
    assert (pixels[5:] == (200, 0, 0)).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LA"])
def test_other_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    Image.fromarray(tissue_picture(40, 30)).convert(mode).save(tmp_path / "a.tif")
    with open_slide(tmp_path / "a.tif") as slide:
        assert pixels_of(slide).shape == (30, 40, 3)


def test_sixteen_bits_are_spread_and_noted(tmp_path: Path) -> None:
    ramp = np.linspace(1000, 3000, 4000).astype(np.uint16).reshape(40, 100)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    with open_slide(tmp_path / "a.png") as slide:
        pixels = pixels_of(slide)
        assert "WINDOW_DERIVED" in [note.code for note in slide.notes]
    assert (pixels[0, 0, 0], pixels[-1, -1, 0]) == (0, 255)
    assert abs(int(pixels[20, 0, 0]) - 128) < 3


def test_a_photograph_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(tissue_picture(60, 40)).save(tmp_path / "a.jpg", exif=exif)
    with open_slide(tmp_path / "a.jpg") as slide:
        assert slide.size == Size(40, 60)


def test_a_print_density_of_a_png_means_nothing(tmp_path: Path) -> None:
    Image.fromarray(tissue_picture(60, 40)).save(tmp_path / "a.png", dpi=(50800, 50800))
    with open_slide(tmp_path / "a.png") as slide:
        assert slide.mpp is None


def test_the_colour_profile_is_handed_on(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(tissue_picture(60, 40)).save(
        tmp_path / "a.png", icc_profile=profile
    )
    with open_slide(tmp_path / "a.png") as slide:
        assert slide.icc_profile == profile
