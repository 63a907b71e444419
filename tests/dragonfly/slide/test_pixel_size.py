"""A pixel size is taken from the file, labelled with its source, or left unknown."""

from pathlib import Path

import pytest

from dragonfly.slide import Slide, open_slide, pixel_size
from tests.slides import write_pyramid


def codes(slide: Slide) -> list[str]:
    return [note.code for note in slide.notes]


def opened(path: Path, **options: object) -> Slide:
    write_pyramid(path / "slide.tif", downsamples=(1,), **options)  # type: ignore[arg-type]
    return open_slide(path / "slide.tif")


def test_the_files_own_figure_is_used(tmp_path: Path) -> None:
    slide = opened(tmp_path, mpp=0.25, magnification=40)
    assert (slide.mpp, slide.mpp_source, slide.magnification) == (0.25, "file", 40)
    assert codes(slide) == []


def test_a_figure_from_the_objective_says_so(tmp_path: Path) -> None:
    slide = opened(tmp_path, mpp=None, magnification=20)
    assert (slide.mpp, slide.mpp_source) == (0.5, "objective")
    assert codes(slide) == ["PIXELSIZE_FROM_OBJECTIVE"]


def test_without_any_figure_it_stays_unknown(tmp_path: Path) -> None:
    slide = opened(tmp_path, mpp=None, magnification=None)
    assert (slide.mpp, slide.mpp_source, slide.magnification) == (None, "unknown", None)
    assert codes(slide) == ["PIXELSIZE_MISSING"]


def test_a_resolution_tag_is_named_as_the_source(tmp_path: Path) -> None:
    slide = opened(tmp_path, aperio=False, mpp=0.5)
    assert slide.mpp == pytest.approx(0.5, rel=1e-4)
    assert slide.mpp_source == "resolution tag"
    assert slide.magnification == pytest.approx(20, rel=1e-4)


@pytest.mark.parametrize("dots_per_inch", [72, 96, 300, 600])
def test_a_print_density_is_no_pixel_size(tmp_path: Path, dots_per_inch: int) -> None:
    slide = opened(tmp_path, aperio=False, mpp=25400 / dots_per_inch)
    assert slide.mpp is None
    assert codes(slide) == ["PIXELSIZE_SUSPICIOUS", "PIXELSIZE_MISSING"]


def test_a_scanners_odd_figure_is_kept_with_a_doubt(tmp_path: Path) -> None:
    slide = opened(tmp_path, mpp=352.78)
    assert slide.mpp == pytest.approx(352.78)
    assert slide.magnification == 20
    assert codes(slide) == ["PIXELSIZE_SUSPICIOUS"]


def test_oblong_pixels_are_noted_and_the_mean_is_geometric() -> None:
    size = pixel_size.measured(0.5, 0.4, "file", microscope=True)
    assert (size.x, size.y) == (0.5, 0.4)
    assert size.mean == pytest.approx(0.2**0.5)
    assert [note.code for note in size.notes] == ["PIXELSIZE_ANISOTROPIC"]


def test_a_difference_below_one_per_cent_is_no_matter() -> None:
    assert pixel_size.measured(0.5, 0.502, "file", microscope=True).notes == ()


@pytest.mark.parametrize("figure", [0.0, -0.5, float("inf"), float("nan"), None])
def test_impossible_figures_are_unknown(figure: float | None) -> None:
    size = pixel_size.measured(figure, 0.5, "file", microscope=True)
    assert (size.mean, size.source) == (None, "unknown")


def test_radiology_may_have_large_pixels() -> None:
    size = pixel_size.measured(700.0, 700.0, "file", microscope=False)
    assert size.mean == pytest.approx(700)
    assert size.notes == ()
