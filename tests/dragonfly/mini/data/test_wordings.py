"""Templates are worded in many ways, all of which ask the same."""

import re

import numpy as np
import pytest

from dragonfly.evaluation.metrics.strict import normalise
from dragonfly.mini.data.ask import TOPICS, worded
from dragonfly.mini.data.unknown import NOBODY_KNOWS, WHICH_ORGAN
from dragonfly.mini.data.wording import WORDINGS


@pytest.mark.parametrize("template", WORDINGS)
def test_a_template_has_eight_wordings_at_least(template: str) -> None:
    assert len({normalise(text) for text in WORDINGS[template]}) >= 8


@pytest.mark.parametrize("template", WORDINGS)
def test_all_wordings_speak_of_the_same_things(template: str) -> None:
    named = [set(re.findall(r"{(\w+)}", text)) for text in WORDINGS[template]]
    assert all(one == named[0] for one in named)


def test_questions_without_answer_are_worded_in_many_ways_too() -> None:
    assert min(len(set(NOBODY_KNOWS)), len(set(WHICH_ORGAN))) >= 8


def test_a_benchmarks_own_wording_comes_as_often_as_asked() -> None:
    random = np.random.default_rng(0)
    own = WORDINGS["cellularity"][0]
    said = [worded("cellularity", random, own=0.4) for _ in range(2000)]
    expected = 0.4 + 0.6 / len(WORDINGS["cellularity"])
    assert said.count(own) / 2000 == pytest.approx(expected, abs=0.04)
    assert len(set(said)) == len(WORDINGS["cellularity"])


def test_every_topic_belongs_to_a_template() -> None:
    assert set(TOPICS) <= set(WORDINGS)
