"""Synthetic H&E-like slides that train and test the zoom, with their exact truth.

What tells a target from its surroundings is visible at 20x-40x only. They are drawn
by a program from a seed, and are called synthetic wherever they appear.
"""

from dragonfly.mini.synthetic.question import Question, balanced
from dragonfly.mini.synthetic.recipe import RecipeError, SlideRecipe
from dragonfly.mini.synthetic.recipe_set import demo_recipe, training_recipes
from dragonfly.mini.synthetic.slide_file import write_slide
from dragonfly.mini.synthetic.synthetic_slide import SyntheticSlide
from dragonfly.mini.synthetic.truth import Target, Truth, truth_of

__all__ = [
    "Question",
    "RecipeError",
    "SlideRecipe",
    "SyntheticSlide",
    "Target",
    "Truth",
    "balanced",
    "demo_recipe",
    "training_recipes",
    "truth_of",
    "write_slide",
]
