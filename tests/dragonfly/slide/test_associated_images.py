"""Pictures stored beside a slide are listed, and decoded only on demand."""

from pathlib import Path

import numpy as np
import pytest

from dragonfly.errors import SlideError
from dragonfly.slide import open_slide, openslide_reader
from tests.slides import tissue_picture, write_pyramid


def test_a_label_is_listed_and_comes_back(tmp_path: Path) -> None:
    label = tissue_picture(60, 40, seed=5)
    write_pyramid(tmp_path / "a.svs", label=label)
    with open_slide(tmp_path / "a.svs") as slide:
        assert list(slide.associated_images) == ["label"]
        assert (np.asarray(slide.associated_images["label"]) == label).all()


def test_a_picture_that_is_not_there(tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs")
    with open_slide(tmp_path / "a.svs") as slide:
        assert len(slide.associated_images) == 0
        assert slide.associated_images.get("label") is None


def test_a_picture_that_claims_to_be_huge_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pyramid(tmp_path / "a.svs", label=tissue_picture(60, 40))
    monkeypatch.setattr(openslide_reader, "_ASSOCIATED_PIXELS", 60 * 40 - 1)
    with (
        open_slide(tmp_path / "a.svs") as slide,
        pytest.raises(SlideError) as refusal,
    ):
        slide.associated_images["label"]
    assert refusal.value.code == "ASSOCIATED_UNREADABLE"


def test_the_slide_reads_on_after_a_look_at_the_label(tmp_path: Path) -> None:
    picture = write_pyramid(tmp_path / "a.svs", label=tissue_picture(60, 40))
    with open_slide(tmp_path / "a.svs") as slide:
        assert slide.associated_images["label"].size == (60, 40)
        pixels = slide.thumbnail(slide.size)
    assert np.abs(pixels.astype(int) - picture).mean() < 2.5
