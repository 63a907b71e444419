"""The difference of two systems is taken on the same resampled items."""

import numpy as np
import pytest

from dragonfly.evaluation.ablation.difference import difference
from dragonfly.evaluation.bootstrap import intervals
from dragonfly.evaluation.measure import Measure, mean_of


def accuracy(values: list[float]) -> Measure:
    return mean_of("accuracy", "strict", values, [True] * len(values))


GROUPS = [str(number) for number in range(40)]
RIGHT = [float(number % 2) for number in range(40)]


def test_the_value_is_the_difference_of_the_scores() -> None:
    better = [1.0] * 10 + RIGHT[10:]
    found = difference(accuracy(better), accuracy(RIGHT))
    assert found.value() == pytest.approx(12.5)


def test_equal_answers_differ_by_nothing_in_every_resample() -> None:
    found = difference(accuracy(RIGHT), accuracy(RIGHT))
    assert intervals([found], GROUPS) == [(0.0, 0.0)]


def test_pairing_is_tighter_than_two_separate_intervals() -> None:
    better = [1.0, 1.0, 1.0, *RIGHT[3:]]
    one, other = accuracy(better), accuracy(RIGHT)
    ((low, high),) = intervals([difference(one, other)], GROUPS)
    spans = intervals([one, other], GROUPS)
    assert high - low < sum(b - a for a, b in spans) / 4


def test_it_agrees_with_resampling_by_hand() -> None:
    one, other = accuracy([1, 1, 0, 1]), accuracy([0, 1, 0, 0])
    draws = np.random.default_rng(0).multinomial(4, [0.25] * 4, size=4000)
    by_hand = 100 * (draws @ np.array([1, 0, 0, 1])) / 4
    ((low, high),) = intervals([difference(one, other)], ["a", "b", "c", "d"])
    assert (low, high) == tuple(np.percentile(by_hand, [2.5, 97.5]))
