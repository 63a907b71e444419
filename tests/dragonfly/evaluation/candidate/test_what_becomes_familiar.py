"""A candidate knows the pictures of the data set that it was trained on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from dragonfly.engine import Engine
from dragonfly.engine.familiarity import FILE, Familiarity
from dragonfly.engine.looking import overview_of
from dragonfly.evaluation.candidate.widening import widen
from dragonfly.geometry import Region
from dragonfly.slide import open_slide
from dragonfly.training.slide_index import read_slide_index
from tests.checkpoints import save_checkpoint
from tests.slides import write_pyramid

ROW = {"question": "Is there necrosis?", "answer": "yes"}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """It knows one kind of picture, far from all there are."""
    folder = save_checkpoint(tmp_path / "base")
    width = 2 * Engine.load(folder, "cpu").model.vision_embed_tokens.in_features
    far = torch.full((1, width), 50.0)
    Familiarity(far, torch.eye(width)[:, :1], threshold=0.01).save(folder)
    return folder


@pytest.fixture
def task(base: Path, tmp_path: Path) -> dict[str, Any]:
    write_pyramid(tmp_path / "slide.svs")
    with open_slide(tmp_path / "slide.svs") as slide:
        digest = slide.digest
    (tmp_path / "slides.json").write_text(json.dumps({digest: "slide.svs"}))
    for part, lefts in {"train": (0, 64, 64, 128), "validation": (192, 256)}.items():
        rows = [{"slide": digest, "region": [left, 64, 128, 128]} for left in lefts]
        lines = "".join(f"{json.dumps(ROW | row)}\n" for row in rows)
        (tmp_path / f"{part}.jsonl").write_text(lines)
    shutil.copytree(base, tmp_path / "candidate")
    paths = {"base": base, "candidate": tmp_path / "candidate"}
    parts = {p: tmp_path / f"{p}.jsonl" for p in ("train", "validation")}
    named = {name: str(path) for name, path in (paths | parts).items()}
    return named | {"device": "cpu", "slides": str(tmp_path / "slides.json")}


def knows(task: dict[str, Any], which: str, left: int) -> bool:
    """Whether a model would answer about a square of the slide."""
    engine = Engine.load(task[which], "cpu")
    assert engine.familiarity is not None
    with open_slide(Path(task["slides"]).with_name("slide.svs")) as slide:
        region = Region(left, 64, 128, 128)
        return engine.familiarity.knows(overview_of(engine.encoder, slide, region))


def test_it_answers_about_what_its_base_declines(task: dict[str, Any]) -> None:
    widen(task, read_slide_index(Path(task["slides"])))
    assert knows(task, "candidate", left=0)
    assert not knows(task, "base", left=0)


def test_done_again_after_a_break_it_writes_the_same(task: dict[str, Any]) -> None:
    file, index = Path(task["candidate"]) / FILE, read_slide_index(Path(task["slides"]))
    widen(task, index)
    first = file.read_bytes()
    widen(task, index)
    assert file.read_bytes() == first


def test_what_holds_no_more_is_not_brought_back(task: dict[str, Any]) -> None:
    file = Path(task["candidate"]) / FILE
    file.unlink()
    widen(task, read_slide_index(Path(task["slides"])))
    assert not file.exists()
