"""The second stage of Dragonfly-mini: reading what a descent brings back.

The first stage sees one picture a question. Here crops of several places stand beside
an overview, with a part of the first stage's rows between, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from rich.console import Console

from dragonfly.engine import Engine
from dragonfly.mini.descents import NAME, ROWS, SLIDES, TARGETS, write_descents
from dragonfly.mini.relevance_data import write_relevance
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.training.mixture import read_mixture
from dragonfly.zoom.relevance import FILE, Relevance

ZOOM_MIXTURE = "zoom_mixture.yaml"
REPLAYED = 1 / 3
"""Of what an epoch of the first stage shows, so much is shown again."""
SEEN: dict[str, float] = {TARGETS: 2.0, NAME: 0.6}
"""How often an epoch shows each question about a slide."""


@dataclass(frozen=True, kw_only=True)
class ZoomPlan:
    """Numbers of synthetic slides, and their side in level-0 pixels."""

    fitted: int = 40
    """For what says where to look."""
    slides: int = 280
    """For the rows of the second stage."""
    side_px: int = 4096


def write_zoom_data(
    base: Path, mixture: Path, relevance: Path, plan: ZoomPlan, console: Console
) -> Path:
    """Fit where to look, descend into slides, and write the second stage's mixture.

    Args:
        base: checkpoint of the joined parts.
        mixture: file of the first stage.
        relevance: folder for what says where to look.
        plan: sizes.
        console: told what is being done.

    Returns:
        the mixture file, beside the first stage's.
    """
    if not (relevance / FILE).is_file():
        console.print("Fitting where questions look …")
        relevance.mkdir(parents=True, exist_ok=True)
        write_relevance(base, relevance, plan.fitted, plan.side_px)
    rows = mixture.parent / NAME / ROWS
    if not rows.is_file():
        console.print("Descending into synthetic slides …")
        model, processor = load_checkpoint(base, "cpu", torch.bfloat16)
        looks = Relevance.load(relevance)
        engine = Engine(model, processor, base.name, "", relevance=looks)
        write_descents(engine, rows.parent, plan.slides, plan.side_px)
    return write_zoom_mixture(mixture)


def write_zoom_mixture(mixture: Path) -> Path:
    """The first stage's sources, seen less often, and the descents beside them."""
    sources = [
        {
            "name": source.name,
            "path": f"{source.name}.jsonl",
            "weight": source.weight * REPLAYED,
            "licence": source.licence,
            "obtained_from": source.obtained_from,
        }
        for source in read_mixture(mixture).sources
    ]
    for name, seen in SEEN.items():
        sources.append(
            {
                "name": name,
                "path": f"{NAME}/{name}.jsonl",
                "slides": f"{NAME}/{SLIDES}",
                "weight": seen,
                "licence": "Apache-2.0",
                "obtained_from": "this project",
            }
        )
    about = "The first stage's sources and questions about whole synthetic slides."
    content = {"name": "dragonfly-mini zoom", "about": about, "sources": sources}
    file = mixture.with_name(ZOOM_MIXTURE)
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file
