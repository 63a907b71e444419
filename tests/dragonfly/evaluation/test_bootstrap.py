"""The interval: seeded, by group, and honest about how many groups there are."""

import numpy as np
import pytest

from dragonfly.evaluation.bootstrap import intervals
from dragonfly.evaluation.measure import mean_of


def test_the_same_seed_gives_the_same_interval() -> None:
    measure = mean_of("m", "strict", [0, 1] * 20, [True] * 40)
    groups = [str(place) for place in range(40)]
    one = intervals([measure], groups, repeats=200, seed=1)
    assert one == intervals([measure], groups, repeats=200, seed=1)
    assert one != intervals([measure], groups, repeats=200, seed=2)


def test_forty_independent_items_match_the_binomial_width() -> None:
    measure = mean_of("m", "strict", [0, 1] * 20, [True] * 40)
    [(low, high)] = intervals([measure], [str(n) for n in range(40)], repeats=4000)
    half = 100 * 1.96 * (0.25 / 40) ** 0.5
    assert (low, high) == pytest.approx((50 - half, 50 + half), abs=2.6)


def test_items_of_one_group_are_drawn_together() -> None:
    scores = [1.0] * 10 + [0.0] * 10
    measure = mean_of("m", "strict", scores, [True] * 20)
    [(low, high)] = intervals([measure], ["a"] * 10 + ["b"] * 10)
    assert (low, high) == (0, 100)


def test_a_single_group_gives_a_point() -> None:
    measure = mean_of("m", "strict", [1, 0], [True, True])
    assert intervals([measure], ["a", "a"]) == [(50, 50)]


def test_resamples_without_any_item_of_the_kind_are_left_out() -> None:
    measure = mean_of("m", "strict", [1, 0, 0], [True, False, False])
    assert intervals([measure], ["a", "b", "c"]) == [(100, 100)]


def test_a_mean_over_nothing_is_not_a_number() -> None:
    assert np.isnan(mean_of("m", "strict", [1], [False]).value())
