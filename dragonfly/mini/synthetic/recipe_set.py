"""Ready-made recipes: the small demo slide, and balanced sets for training and tests.

Training and test sets must differ in `seed`; their slides then share nothing.
"""

import numpy as np

from dragonfly.mini.synthetic.recipe import (
    BACKGROUNDS,
    PEN_COLOURS,
    TARGET_KINDS,
    SlideRecipe,
    TargetKind,
)

DEMO_SEED = 20


def demo_recipe() -> SlideRecipe:
    """The slide that the demo opens with: two pieces, a pen mark, three targets."""
    return SlideRecipe(
        DEMO_SEED,
        8192,
        ("tumour", "mitoses", "lymphocytes"),
        fragments=2,
        pen="blue",
        fold=True,
        stain_shift=0.2,
    )


def training_recipes(
    count: int, seed: int, side_px: int = 8192
) -> tuple[SlideRecipe, ...]:
    """`count` recipes, a quarter of them without any target, other for each `seed`.

    Every kind of target is about equally frequent, and so are 1, 2 and 3 targets.
    """
    random = np.random.default_rng([seed, 47])
    # Drawing without repetition: two equal seeds would be the same slide twice.
    start = int(random.integers(2**31))
    order = random.permutation(count)
    return tuple(
        _recipe(start + i, int(order[i]), side_px, random) for i in range(count)
    )


def _recipe(
    seed: int, turn: int, side_px: int, random: np.random.Generator
) -> SlideRecipe:
    background = BACKGROUNDS[int(random.random() < 0.3)]
    kinds: list[TargetKind] = [k for k in TARGET_KINDS if k != background]
    # Counts 0, 1, 2, 3 take turns, so a quarter of the slides is without target.
    chosen = random.choice(len(kinds), min(turn % 4, _room(side_px)), replace=False)
    pen = PEN_COLOURS[int(random.integers(3))] if random.random() < 0.5 else None
    return SlideRecipe(
        seed,
        side_px,
        tuple(kinds[i] for i in chosen),
        int(random.integers(1, 5)) if side_px >= 6144 else 1 + turn % 2,
        background,
        pen,
        bool(random.random() < 0.5),
        stain_shift=1.0,
    )


def _room(side_px: int) -> int:
    """How many targets a slide of this side always has a place for."""
    return 3 if side_px >= 4096 else 1
