"""A target is told by its nuclei, not by its look at low magnification.

Each target is compared with the very same place drawn as a common nest.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from dragonfly.geometry import Region
from dragonfly.mini.synthetic import SlideRecipe
from dragonfly.mini.synthetic.lattice import Window
from dragonfly.mini.synthetic.recipe import TARGET_KINDS, TargetKind
from dragonfly.mini.synthetic.renderer import Renderer, box_mean

Patch = NDArray[np.uint8]
Pair = tuple[Patch, Patch]
SEEDS = range(5)
SIDE = 384


def shown_and_common(kind: TargetKind, seed: int) -> Pair:
    """The middle of a target, and what a common nest would look like there; 40x."""
    renderer = Renderer(SlideRecipe(seed, 4096, (kind,), fragments=1))
    center = renderer.layout.targets[0].region.center
    left, top = center.x // 32 * 32 - SIDE // 2, center.y // 32 * 32 - SIDE // 2
    shown = renderer.render(Region(left, top, SIDE, SIDE))
    common = renderer.bare(Window(left, top, SIDE, SIDE), disguised=True)
    return shown, common


@pytest.fixture(scope="module")
def pairs() -> dict[TargetKind, list[Pair]]:
    return {k: [shown_and_common(k, seed) for seed in SEEDS] for k in TARGET_KINDS}


def linear_accuracy(
    pairs: list[Pair], measure: Callable[[Patch], list[float]]
) -> float:
    """How often a line through `measure` tells target from common, slides held out."""
    features = np.array([measure(patch) for pair in pairs for patch in pair])
    sides = np.tile([1.0, -1.0], len(pairs))
    slide = np.repeat(np.arange(len(pairs)), 2)
    right = []
    for held_out in range(len(pairs)):
        train = slide != held_out
        center, scale = features[train].mean(0), features[train].std(0) + 1e-6
        x = np.column_stack([(features - center) / scale, np.ones(len(sides))])
        weights = np.linalg.solve(
            x[train].T @ x[train] + np.eye(x.shape[1]), x[train].T @ sides[train]
        )
        right.append((np.sign(x[~train] @ weights) == sides[~train]).mean())
    return float(np.mean(right))


def mean_colour(patch: Patch) -> list[float]:
    return list(box_mean(patch, 16).mean(axis=(0, 1)))


def fine_detail(patch: Patch) -> list[float]:
    """Contrast finer than 1 um and the darkest grey: seen at high magnification."""
    grey = patch.mean(axis=2)
    coarse = np.kron(box_mean(patch, 4).mean(axis=2), np.ones((4, 4)))
    return [float((grey - coarse).std()), *np.percentile(grey, [0.5, 2, 10])]


@pytest.mark.parametrize("kind", TARGET_KINDS)
@pytest.mark.parametrize(("downsample", "pixel", "mean"), [(16, 9, 2.5), (32, 2.5, 2)])
def test_a_target_looks_common_at_low_magnification(
    pairs: dict[TargetKind, list[Pair]],
    kind: TargetKind,
    downsample: int,
    pixel: float,
    mean: float,
) -> None:
    for shown, common in pairs[kind]:
        low, wanted = (box_mean(p, downsample).astype(float) for p in (shown, common))
        assert np.abs(low - wanted).mean() < pixel
        assert np.abs((low - wanted).mean(axis=(0, 1))).max() < mean
        assert abs(low.std() - wanted.std()) < 2.5


@pytest.mark.parametrize("kind", TARGET_KINDS)
def test_a_target_looks_different_at_high_magnification(
    pairs: dict[TargetKind, list[Pair]], kind: TargetKind
) -> None:
    for shown, common in pairs[kind]:
        assert np.abs(shown.astype(int) - common).mean() > 8


@pytest.mark.parametrize("kind", TARGET_KINDS)
def test_mean_colour_at_low_magnification_is_at_chance(
    pairs: dict[TargetKind, list[Pair]], kind: TargetKind
) -> None:
    assert linear_accuracy(pairs[kind], mean_colour) <= 0.69


@pytest.mark.parametrize("kind", TARGET_KINDS)
def test_simple_statistics_at_high_magnification_tell_the_target(
    pairs: dict[TargetKind, list[Pair]], kind: TargetKind
) -> None:
    assert linear_accuracy(pairs[kind], fine_detail) >= 0.85
