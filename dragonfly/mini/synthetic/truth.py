"""The ground truth of a synthetic slide: what is where, and what may be asked.

Kept as JSON beside the slide. It is exact by construction, not an opinion; it holds
for the drawing and says nothing about tissue.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dragonfly.errors import SlideError
from dragonfly.geometry import Region
from dragonfly.mini.synthetic.layout import Nest
from dragonfly.mini.synthetic.question import Question, questions_of
from dragonfly.mini.synthetic.recipe import (
    MPP,
    OBJECTIVE,
    VERSION,
    SlideRecipe,
    TargetKind,
)
from dragonfly.mini.synthetic.renderer import Renderer

NEEDED: dict[TargetKind, int] = {
    "mitoses": 20,
    "tumour": 20,
    "lymphocytes": 20,
    "rods": 40,
}


@dataclass(frozen=True, slots=True)
class Target:
    """A hidden nest; `magnification` is the objective at which it can be told."""

    kind: TargetKind
    region: Region
    magnification: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What a synthetic slide holds. Regions and outlines are level-0 pixels."""

    recipe: SlideRecipe
    targets: tuple[Target, ...]
    tissue: tuple[tuple[tuple[int, int], ...], ...]
    questions: tuple[Question, ...]

    def as_json(self) -> dict[str, object]:
        """Plain values, marked as synthetic."""
        return {
            "synthetic": "SYNTHETIC: drawn by a program, not tissue, not a patient",
            "recipe_version": VERSION,
            "recipe": self.recipe.as_json(),
            "size": [self.recipe.side_px, self.recipe.side_px],
            "mpp": MPP,
            "objective": OBJECTIVE,
            "targets": [asdict(target) for target in self.targets],
            "tissue": [[list(point) for point in piece] for piece in self.tissue],
            "questions": [asdict(question) for question in self.questions],
        }


def truth_of_renderer(renderer: Renderer) -> Truth:
    """The truth of the slide that `renderer` draws."""
    layout = renderer.layout
    return Truth(
        renderer.recipe,
        tuple(
            _target(nest, kind)
            for nest, kind in zip(layout.targets, renderer.recipe.targets, strict=True)
        ),
        tuple(
            tuple(
                (round(x), round(y))
                for x, y in zip(*island.outline.edge(), strict=True)
            )
            for island in layout.islands
        ),
        questions_of(renderer.recipe, layout),
    )


def _target(nest: Nest, kind: TargetKind) -> Target:
    return Target(kind, nest.region, NEEDED[kind])


def truth_path(slide: Path) -> Path:
    """Where the truth of a slide file is kept."""
    return slide.with_suffix(".truth.json")


def write_truth(truth: Truth, slide: Path) -> Path:
    """Write the truth beside the slide file; its path."""
    path = truth_path(slide)
    path.write_text(json.dumps(truth.as_json(), indent=1) + "\n", encoding="utf-8")
    return path


def truth_of(slide: Path) -> Truth:
    """The truth kept beside a synthetic slide.

    Raises:
        SlideError: `TRUTH_MISSING`, `TRUTH_UNREADABLE`, `TRUTH_OUTDATED`.
    """
    path = truth_path(slide)
    if not path.is_file():
        raise SlideError(
            "TRUTH_MISSING",
            f"{slide.name} has no truth file: it is no synthetic slide.",
        )
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["recipe_version"] != VERSION:
            raise SlideError(
                "TRUTH_OUTDATED", f"{slide.name} is of another version: make it again."
            )
        return _truth(stored)
    except (ValueError, KeyError, TypeError) as error:
        raise SlideError(
            "TRUTH_UNREADABLE", f"{path.name} is damaged: make the slide again."
        ) from error


def _truth(stored: Mapping[str, Any]) -> Truth:
    fields = dict(stored["recipe"])
    recipe = SlideRecipe(**{**fields, "targets": tuple(fields["targets"])})
    targets = (
        Target(t["kind"], Region(**t["region"]), t["magnification"])
        for t in stored["targets"]
    )
    questions = (
        Question(**{**q, "regions": tuple(Region(**r) for r in q["regions"])})
        for q in stored["questions"]
    )
    tissue = (tuple((x, y) for x, y in piece) for piece in stored["tissue"])
    return Truth(recipe, tuple(targets), tuple(tissue), tuple(questions))
