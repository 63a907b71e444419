"""`dragonfly mini` from the terminal, and the whole recipe with a tiny model."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from dragonfly.cli.parser import build_parser
from dragonfly.engine.familiarity import FILE as FAMILIARITY
from dragonfly.mini.command import run
from dragonfly.mini.data import Plan
from dragonfly.mini.recipe import Recipe, train_mini
from dragonfly.mini.shipped import PARTS, Shipped
from dragonfly.mini.zoom_stage import ZoomPlan
from dragonfly.training.adapter import load_adapter
from dragonfly.zoom.relevance import FILE as RELEVANCE
from tests.checkpoints import save_checkpoint, tiny_model
from tests.dragonfly.mini.data.conftest import vqa_folder

__all__ = ["vqa_folder"]


def test_help_needs_no_torch() -> None:
    code = "import sys, dragonfly.cli.parser; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_build_says_where_the_model_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "dragonfly.mini.build.build_mini", lambda cache, adapter: cache / "mini"
    )
    args = build_parser().parse_args(["mini", "build", "--cache", str(tmp_path)])
    told = io.StringIO()
    assert run(args, Console(file=told, width=300)) == 0
    assert str(tmp_path / "mini") in told.getvalue()


SMALL = Plan(
    brca_views=1,
    bccd_views=1,
    nuinsseg_views=1,
    synthetic_slides=0,
    held_back_percent=20,
)
CROP_PX = 64
"""Large enough that a slide has hundreds of cells, not ten thousands."""
FEW_SLIDES = ZoomPlan(fitted=3, slides=1, side_px=2048)


def test_one_call_goes_from_question_sets_to_an_adapter(
    vqa_folder: Path, tmp_path: Path
) -> None:
    base = save_checkpoint(tmp_path / "base", tiny_model("v2", CROP_PX))
    out, quiet = tmp_path / "out", Console(quiet=True)
    recipe = Recipe(steps=2, zoom_steps=2, plan=SMALL, zoom=FEW_SLIDES)
    adapter = train_mini(vqa_folder, out, recipe, quiet, base=base)
    assert adapter is not None
    weights, about = load_adapter(adapter)
    assert about.trained == ("projector",)
    assert about.lora is not None
    assert {str(t.dtype) for t in weights.values()} == {"torch.float16"}
    assert {FAMILIARITY, RELEVANCE} <= {file.name for file in adapter.iterdir()}
    parts = json.loads((adapter / PARTS).read_text())
    assert Shipped.read(adapter).parts == parts
