"""Training rows that look as the engine does: whole synthetic slides, descended into.

Each row is a question about a slide and the crops that the descent chose for it, so
that the language model learns to read crops from several places at once. Half of the
questions about a kind of target have "yes" as their answer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from dragonfly.engine import Engine, RegionSelected, WritingStarted
from dragonfly.geometry import Region
from dragonfly.mini.synthetic import (
    Question,
    RecipeError,
    balanced,
    training_recipes,
    truth_of,
    write_slide,
)
from dragonfly.mini.synthetic.truth import truth_path
from dragonfly.slide import Slide, open_slide
from dragonfly.training.manifest import ManifestRow, write_manifest

NAME = "descents"
ROWS, SLIDES = f"{NAME}.jsonl", "slides.json"
TARGETS = "targets"
"""Source of the rows that ask whether a target is there: only crops tell."""
TARGET_ROWS = f"{TARGETS}.jsonl"
SIDE_PX = 4096
SEED = 96_000
"""Far from the seeds of the other training slides, of tests and of figures."""
NOT_FROM_CROPS = ("nest kind", "target quadrant")
"""Asked of a given region, or about places, which crops do not tell."""

Progress = Callable[[int, int], None]


def write_descents(
    engine: Engine,
    folder: Path,
    slides: int,
    side_px: int = SIDE_PX,
    progress: Progress | None = None,
) -> Path:
    """Draw slides, descend into each for each question, and write the rows.

    Args:
        engine: knows where a question looks; what it would answer is not asked.
        folder: for the slides, their index and the rows.
        slides: how many are drawn; about ten seconds each on one core.
        side_px: of the square slides.
        progress: told how many slides are done, and how many there are.

    Returns:
        the file of the rows that ask for anything but targets; those are beside it.
        It exists once everything is written.
    """
    drawn = []
    for done, recipe in enumerate(training_recipes(slides, SEED, side_px), start=1):
        try:
            drawn.append(_drawn(folder, recipe.name) or write_slide(recipe, folder))
        except RecipeError:
            # A few recipes hide more than their slide has room for.
            continue
        if progress:
            progress(done, 2 * slides)
    asked = [(i, q) for i, path in enumerate(drawn) for q in truth_of(path).questions]
    chosen = balanced([a for a in asked if a[1].kind not in NOT_FROM_CROPS], SEED)
    rows, index = [], {}
    for number, path in enumerate(drawn):
        with open_slide(path) as slide:
            index[slide.digest] = path.name
            rows += list(_rows(engine, slide, [q for i, q in chosen if i == number]))
        if progress:
            progress(slides + number + 1, 2 * slides)
    _write_index(index, folder / SLIDES)
    targets = [row for row in rows if row.source == TARGETS]
    write_manifest(targets, folder / TARGET_ROWS)
    write_manifest([row for row in rows if row.source == NAME], folder / ROWS)
    return folder / ROWS


def _drawn(folder: Path, name: str) -> Path | None:
    path = folder / f"{name}.svs"
    return path if truth_path(path).is_file() else None


def _rows(
    engine: Engine, slide: Slide, questions: list[Question]
) -> Iterator[ManifestRow]:
    whole = Region(0, 0, slide.size.width, slide.size.height)
    for question in questions:
        crops = crops_for(engine, slide, question.text)
        asks_for_target = question.needs_zoom and question.kind.endswith("present")
        yield ManifestRow(
            slide.digest,
            whole,
            question.text,
            question.answer,
            TARGETS if asks_for_target else NAME,
            zoomed=crops,
        )


def crops_for(engine: Engine, slide: Slide, question: str) -> tuple[Region, ...]:
    """The crops that the engine gives its model beside the overview, in their order."""
    crops = []
    for event in engine.answer(slide, question):
        if isinstance(event, RegionSelected):
            crops.append(event.evidence.region)
        elif isinstance(event, WritingStarted):
            break
    return tuple(crops)


def _write_index(index: dict[str, str], file: Path) -> None:
    draft = file.with_suffix(".partial")
    draft.write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    os.replace(draft, file)
