"""Whether a model that is surer is right more often."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from dragonfly.evaluation.candidate.calibration import calibration
from dragonfly.evaluation.candidate.certainty import Certainty


def test_a_model_that_knows_what_it_knows_is_no_point_off() -> None:
    sure = [0.2] * 5 + [1.0] * 5
    right = [1.0, 0.0, 0.0, 0.0, 0.0] + [1.0] * 5
    told = calibration(sure, right)
    assert told is not None
    assert told["error"] == 0
    assert [b["right"] for b in told["bins"]] == [20, 100]


def test_one_that_is_always_sure_and_half_right_is_50_points_off() -> None:
    told = calibration([1.0] * 10, [1.0, 0.0] * 5)
    assert told is not None
    assert told["error"] == 50
    assert sum(b["items"] for b in told["bins"]) == 10


def test_answers_that_were_not_written_do_not_count() -> None:
    told = calibration([None] * 9 + [0.5] * 5, [1.0] * 14)
    assert told is not None
    assert [b["items"] for b in told["bins"]] == [5]


def test_a_few_answers_say_nothing() -> None:
    assert calibration([0.5] * 4, [1.0] * 4) is None


class Writer(nn.Module):
    """Writes the first of two words with the likelihood that it is given."""

    def forward(self, likelihood: float) -> Any:
        logits: Tensor = torch.tensor([likelihood, 1 - likelihood]).log()
        return SimpleNamespace(logits=logits[None, None])


def test_certainty_is_the_mean_likelihood_of_what_was_written() -> None:
    model = Writer()
    with Certainty(model) as certainty:
        model(0.9)
        model(0.6)
    model(0.7)
    assert certainty.mean == pytest.approx(math.sqrt(0.9 * 0.6))


def test_nobody_was_sure_of_what_was_never_written() -> None:
    with Certainty(Writer()) as certainty:
        pass
    assert certainty.mean is None
