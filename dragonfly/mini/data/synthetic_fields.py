"""Questions about parts of synthetic slides, at the magnification where they show.

Fields at 40x are asked for cells, whole slides for pieces, pen and folds. What only a
closer look shows is never asked of a whole slide: that is the zoom's task.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dragonfly.geometry import Region
from dragonfly.mini.data.ask import Asker, yes_no
from dragonfly.mini.data.asked import Asked
from dragonfly.mini.data.picture import SyntheticPicture
from dragonfly.mini.synthetic import (
    RecipeError,
    SlideRecipe,
    SyntheticSlide,
    training_recipes,
)
from dragonfly.mini.synthetic.recipe import TARGET_KINDS, TargetKind

NAME = "synthetic"
SLIDE_PX, FIELD_PX = 6144, 448
OVERVIEW_PX = 672
FIRST_SEED = 90_000
"""Sets for tests and figures use small seeds; training keeps away from them."""

NEST_CELLS: dict[str, str] = {
    "benign": "benign epithelial cells",
    "tumour": "tumour cells",
    "lymphocytes": "lymphocytes",
}
THINGS: dict[TargetKind, str] = {
    "mitoses": "a cluster of mitotic figures",
    "tumour": "a nest of tumour cells",
    "lymphocytes": "an aggregate of lymphocytes",
    "rods": "a colony of rod-shaped microorganisms",
}


def read_synthetic(seed: int, slides: int) -> list[Asked]:
    """Questions about the overview and two fields of each of `slides` slides."""
    asker = Asker(NAME, "synthetic", np.random.default_rng([seed, 89]))
    found: list[Asked] = []
    for recipe in training_recipes(slides, FIRST_SEED + seed, SLIDE_PX):
        try:
            found += _of_slide(recipe, asker)
        except RecipeError:
            # A few recipes hide more than their slide has room for.
            continue
    return found


def _of_slide(recipe: SlideRecipe, asker: Asker) -> Iterator[Asked]:
    truth = SyntheticSlide(recipe).truth
    whole = Region(0, 0, recipe.side_px, recipe.side_px)
    overview = SyntheticPicture(recipe, whole, OVERVIEW_PX)
    for question in truth.questions:
        if not question.needs_zoom:
            yield Asked(
                NAME,
                "synthetic",
                overview,
                question.kind,
                question.text,
                question.answer,
                question.kind.split()[0],
            )
    for target in truth.targets:
        yield from _field(recipe, target.region, target.kind, asker)
    ordinary = [
        question.regions[0]
        for question in truth.questions
        if question.kind == "nest kind"
        and question.answer == NEST_CELLS[recipe.background]
    ]
    for region in ordinary:
        yield from _field(recipe, region, recipe.background, asker)


def _field(
    recipe: SlideRecipe, nest: Region, kind: str, asker: Asker
) -> Iterator[Asked]:
    half = FIELD_PX // 2
    region = Region(nest.center.x - half, nest.center.y - half, FIELD_PX, FIELD_PX)
    picture = SyntheticPicture(recipe, region, FIELD_PX)
    if kind in NEST_CELLS:
        yield asker.ask(picture, "field nest", NEST_CELLS[kind])
    for target in TARGET_KINDS:
        thing = THINGS[target]
        yield asker.ask(
            picture, "field present", yes_no(target == kind), about=thing, thing=thing
        )
