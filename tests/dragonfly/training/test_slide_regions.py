"""A region of a slide is an example without being cut out by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from dragonfly.engine.picture import read_picture
from dragonfly.geometry import Region
from dragonfly.slide import open_slide
from dragonfly.training.dataset import Dataset
from dragonfly.training.manifest import ManifestRow, write_manifest
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
