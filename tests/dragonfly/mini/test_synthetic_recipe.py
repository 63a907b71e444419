from typing import Any

import pytest

from dragonfly.mini.synthetic import RecipeError, SlideRecipe, training_recipes
from dragonfly.mini.synthetic.layout import lay_out


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"seed": -1}, "RECIPE_SEED"),
        ({"side_px": 5000}, "RECIPE_SIDE"),
        ({"side_px": 1024}, "RECIPE_SIDE"),
        ({"targets": ("rods",) * 6}, "RECIPE_TARGETS"),
        ({"targets": ("cats",)}, "RECIPE_TARGETS"),
        ({"targets": ("tumour",), "background": "tumour"}, "RECIPE_TARGETS"),
        ({"fragments": 0}, "RECIPE_FRAGMENTS"),
        ({"pen": "pink"}, "RECIPE_APPEARANCE"),
        ({"stain_shift": 2.0}, "RECIPE_APPEARANCE"),
    ],
)
def test_an_impossible_recipe_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(RecipeError) as refusal:
        SlideRecipe(**{"seed": 1, **fields})
    assert refusal.value.code == code


def test_targets_that_do_not_fit_are_refused() -> None:
    recipe = SlideRecipe(1, 2048, ("rods",) * 5, fragments=4)
    with pytest.raises(RecipeError) as refusal:
        lay_out(recipe)
    assert refusal.value.code == "RECIPE_NO_ROOM"


def test_a_quarter_of_the_training_slides_hides_nothing() -> None:
    recipes = training_recipes(200, seed=3)
    assert sum(not recipe.targets for recipe in recipes) == 50


def test_every_training_recipe_can_be_laid_out() -> None:
    for recipe in training_recipes(60, seed=4):
        assert len(lay_out(recipe).targets) == len(recipe.targets)


def test_two_seeds_share_no_slide() -> None:
    first, second = (training_recipes(200, seed=seed) for seed in (1, 2))
    assert not {r.seed for r in first} & {r.seed for r in second}


def test_the_same_seed_gives_the_same_recipes() -> None:
    assert training_recipes(20, seed=9) == training_recipes(20, seed=9)
