"""A region of a slide is an example without being cut out by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from dragonfly.engine.picture import read_picture
from dragonfly.geometry import Region
from dragonfly.slide import open_slide
from dragonfly.slide.crop import read_cells
from dragonfly.training.dataset import Dataset
from dragonfly.training.errors import TrainingError
from dragonfly.training.example import SlideRegion
from dragonfly.training.manifest import ManifestRow, write_manifest
from dragonfly.training.pictures import key_of
from dragonfly.training.sampler import Slot
from dragonfly.training.source import Source
from tests.dragonfly.training.conftest import Runner
from tests.dragonfly.training.test_labels import LAYOUT
from tests.slides import write_pyramid

REGION = Region(128, 64, 200, 160)


@pytest.fixture
def manifest(tmp_path: Path) -> Source:
    slide = tmp_path / "slide.tiff"
    write_pyramid(slide)
    with open_slide(slide) as opened:
        digest = opened.digest
    (tmp_path / "slides.json").write_text(json.dumps({digest: "slide.tiff"}))
    rows = [
        ManifestRow(digest, REGION.moved(n, 0), "Which cells?", "lymphocytes")
        for n in range(4)
    ]
    write_manifest(rows, tmp_path / "manifest.jsonl")
    return Source(
        name="reviewed",
        path=tmp_path / "manifest.jsonl",
        slides=tmp_path / "slides.json",
    )


def test_the_crops_are_those_of_an_answer(manifest: Source, tmp_path: Path) -> None:
    loaded = Dataset([manifest], LAYOUT, tmp_path / "cache").load(Slot(0, 0, 0, 0))
    with open_slide(tmp_path / "slide.tiff") as slide:
        _, crops = read_picture(slide, REGION, LAYOUT)
    assert loaded.looked is not None
    assert torch.equal(loaded.looked, torch.from_numpy(np.ascontiguousarray(crops)))
    assert loaded.text.endswith("lymphocytes<|eot_id|>")


def with_zoomed(manifest: Source, count: int) -> list[Region]:
    """Give the first row the crops of a descent."""
    assert manifest.path is not None
    zoomed = [Region(8 * n, 16, 40, 40) for n in range(count)]
    row = json.loads(manifest.path.read_text().splitlines()[0])
    rows = [ManifestRow(row["slide"], REGION, "Which?", "x", zoomed=tuple(zoomed))]
    write_manifest(rows, manifest.path)
    return zoomed


def test_a_row_may_name_the_crops_of_a_descent(
    manifest: Source, tmp_path: Path
) -> None:
    zoomed = with_zoomed(manifest, LAYOUT.crop_count - 1)
    loaded = Dataset([manifest], LAYOUT, tmp_path / "cache").load(Slot(0, 0, 0, 0))
    with open_slide(tmp_path / "slide.tiff") as slide:
        crops = read_cells(slide, [REGION, *zoomed], LAYOUT.crop_px)
    assert loaded.looked is not None
    assert torch.equal(loaded.looked, torch.from_numpy(np.ascontiguousarray(crops)))


def test_crops_that_the_model_has_no_place_for_are_a_bad_example(
    manifest: Source, tmp_path: Path
) -> None:
    with_zoomed(manifest, 2)
    with pytest.raises(TrainingError, match="ZOOM_UNFIT"):
        Dataset([manifest], LAYOUT, tmp_path / "cache").load(Slot(0, 0, 0, 0))


def test_features_of_two_descents_are_kept_apart() -> None:
    first, second = (
        SlideRegion("d" * 64, REGION, (Region(n, 0, 8, 8),)) for n in (0, 1)
    )
    assert len({key_of(p) for p in (first, second, SlideRegion("d" * 64, REGION))}) == 3


def test_zoomed_crops_that_are_no_regions_are_refused(
    manifest: Source, tmp_path: Path
) -> None:
    assert manifest.path is not None
    row = json.loads(manifest.path.read_text().splitlines()[0])
    manifest.path.write_text(json.dumps(row | {"zoomed": [[1, 2, 3]]}) + "\n")
    with pytest.raises(TrainingError, match="zoomed"):
        Dataset([manifest], LAYOUT, tmp_path / "cache")


def test_a_slide_that_moved_away_is_a_bad_example(
    manifest: Source, tmp_path: Path
) -> None:
    row = json.loads((tmp_path / "manifest.jsonl").read_text().splitlines()[0])
    lost = json.dumps(row | {"slide": "0" * 64}) + "\n"
    (tmp_path / "manifest.jsonl").write_text(lost + json.dumps(row) + "\n")
    found = Dataset([manifest], LAYOUT, tmp_path / "cache").load(Slot(0, 0, 0, 1))
    assert found.bad[0].code == "SLIDE_MISSING"


def test_a_model_trains_on_regions(runner: Runner, manifest: Source) -> None:
    source = {"name": "r", "path": str(manifest.path), "slides": str(manifest.slides)}
    run = runner.train(data={"sources": [source]}, optimizer={"steps": 2})
    assert (run / "final" / "config.json").is_file()
