"""`widen`: what a candidate was trained on is familiar to it from now on.

What was measured of its base knows the maker's pictures alone; without this a site
could teach answers that the candidate never gives, because it declines the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dragonfly.engine import Engine
from dragonfly.engine.familiarity import FILE, Familiarity, signature
from dragonfly.engine.looking import overview_of
from dragonfly.evaluation.candidate.answering import OneSlide, let_memory_go
from dragonfly.geometry import Region
from dragonfly.training.row_files import read_rows
from dragonfly.training.slide_index import SlideIndex

MOST = 256
"""Pictures of a part that are looked at; more hardly move a mean."""


def widen(task: dict[str, Any], index: SlideIndex) -> None:
    """Write into the candidate's folder what its data set's pictures look like.

    Done again after a break it starts from the base, and writes the same. Nothing is
    done where nothing was measured of the base, or where that holds no more.

    Raises:
        EvaluationError: SLIDE_MISSING.
        ModelError: the candidate cannot be loaded.
        SlideError: a slide cannot be read.
    """
    base, candidate = Path(task["base"]), Path(task["candidate"])
    known = Familiarity.load(base)
    if known is None or not (candidate / FILE).is_file():
        return
    engine = Engine.load(candidate, task["device"])
    trained, held_back = (
        torch.stack(list(signatures(engine, Path(task[part]), index)))
        for part in ("train", "validation")
    )
    del engine
    let_memory_go()
    known.widened(trained, held_back).save(candidate)


def signatures(engine: Engine, rows: Path, index: SlideIndex) -> Iterator[Tensor]:
    """Of the pictures that the rows are about, each once; shape (2 hidden,)."""
    regions = {(row["slide"], Region(*row["region"])) for row in read_rows(rows)}
    ordered = sorted(regions, key=str)
    slides = OneSlide(index)
    for digest, region in ordered[:: -(-len(ordered) // MOST)]:
        yield signature(overview_of(engine.encoder, slides.get(digest), region))
    slides.close()
