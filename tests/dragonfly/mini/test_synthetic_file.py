from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.mini.synthetic import RecipeError, SlideRecipe, truth_of, write_slide
from dragonfly.mini.synthetic.renderer import Renderer
from dragonfly.mini.synthetic.slide_file import label_picture
from dragonfly.mini.synthetic.truth import truth_path
from dragonfly.slide import open_slide
from tests.dragonfly.mini.conftest import SMALL


def test_openslide_reads_levels_size_and_magnification(small_slide: Path) -> None:
    with openslide.OpenSlide(small_slide) as slide:
        assert slide.detect_format(small_slide) == "aperio"
        assert slide.level_dimensions == ((3072, 3072), (768, 768))
        assert float(slide.properties["openslide.mpp-x"]) == 0.25
        assert slide.properties["openslide.objective-power"] == "40"


def test_the_file_says_that_it_is_synthetic(small_slide: Path) -> None:
    with openslide.OpenSlide(small_slide) as slide:
        assert slide.properties["aperio.Synthetic"] == "SYNTHETIC"
        label = np.asarray(slide.associated_images["label"].convert("RGB"))
    assert np.abs(label.astype(int) - label_picture(SMALL)).mean() < 6
    assert small_slide.name.startswith("synthetic")


def test_stored_pixels_are_the_drawn_ones(
    small_slide: Path, small_renderer: Renderer
) -> None:
    region = Region(1000, 1300, 512, 400)
    with open_slide(small_slide) as slide:
        stored = slide.read_region(region, Size(512, 400)).astype(int)
    assert np.abs(stored - small_renderer.render(region)).mean() < 5


def test_each_level_is_the_mean_of_the_one_below(
    small_slide: Path, small_renderer: Renderer
) -> None:
    with openslide.OpenSlide(small_slide) as slide:
        coarse = slide.read_region((1024, 1024), 1, (128, 128)).convert("RGB")
    fine = small_renderer.render(Region(1024, 1024, 512, 512)).astype(int)
    mean = fine.reshape(128, 4, 128, 4, 3).mean(axis=(1, 3))
    assert np.abs(np.asarray(coarse) - mean).mean() < 6


def test_glass_is_stored_once_and_shared(small_slide: Path) -> None:
    with tifffile.TiffFile(small_slide) as file:
        offsets = file.pages[0].dataoffsets
    assert len(offsets) == 144
    assert len(set(offsets)) < 125


def test_writing_twice_gives_the_same_bytes(small_slide: Path, tmp_path: Path) -> None:
    assert write_slide(SMALL, tmp_path).read_bytes() == small_slide.read_bytes()


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    recipe = SlideRecipe(1, 2048, fragments=1)
    write_slide(recipe, tmp_path, lambda *step: steps.append(step))
    assert sum(done for done, _ in steps) == steps[0][1] == 64


def test_a_failed_slide_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_slide(SlideRecipe(1, 2048), tmp_path, stop)
    with pytest.raises(RecipeError):
        write_slide(SlideRecipe(1, 2048, ("rods",) * 5, fragments=4), tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_truth_is_read_back_as_it_was_written(small_slide: Path) -> None:
    truth = truth_of(small_slide)
    assert truth.recipe == SMALL
    assert [target.kind for target in truth.targets] == ["mitoses"]
    assert 300 < truth.targets[0].region.width < 1024
    assert len(truth.tissue) == SMALL.fragments
    assert {q.answer for q in truth.questions if q.kind == "mitoses present"} == {"yes"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "TRUTH_MISSING"),
        ("{}", "TRUTH_UNREADABLE"),
        ("[", "TRUTH_UNREADABLE"),
        ('{"recipe_version": 0}', "TRUTH_OUTDATED"),
    ],
)
def test_a_truth_that_cannot_be_used_is_refused(
    tmp_path: Path, text: str | None, code: str
) -> None:
    slide = tmp_path / "synthetic.svs"
    if text is not None:
        truth_path(slide).write_text(text)
    with pytest.raises(SlideError) as refusal:
        truth_of(slide)
    assert refusal.value.code == code
