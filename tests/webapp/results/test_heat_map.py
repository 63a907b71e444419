"""The heat map gives each of the finest regions its own score back."""

from __future__ import annotations

import numpy as np
import pytest
from highdicom.pm import ParametricMap
from numpy.typing import NDArray
from pydicom import dcmread

from dragonfly.errors import DragonflyError
from webapp.questions.models import Question
from webapp.results.making.heat_map import scale_of
from webapp.results.services import make_result


def read(question: Question) -> ParametricMap:
    path = make_result(question, "pm").instance.path
    return ParametricMap.from_dataset(dcmread(path))


def stored(question: Question) -> NDArray[np.uint16]:
    told: NDArray[np.uint16] = read(question).get_total_pixel_matrix(
        apply_real_world_transform=False
    )
    return told


def test_a_region_holds_its_score(question: Question) -> None:
    told = read(question).get_total_pixel_matrix(apply_real_world_transform=True)
    assert told[20:68, 10:74] == pytest.approx(1.5)
    assert told[60:108, 100:164] == pytest.approx(0.75)


def test_there_is_nothing_beside_the_regions(question: Question) -> None:
    told = stored(question)
    assert np.count_nonzero(told) == 2 * 64 * 48
    assert read(question).PixelPaddingValue == 0


def test_coarser_regions_are_left_out(question: Question) -> None:
    """Their scores are not to be compared with those of finer ones."""
    question.evidence.filter(number=2).update(resolution="overview", downsample=8.0)
    assert np.count_nonzero(stored(question)) == 64 * 48


def test_it_says_what_the_numbers_are(question: Question) -> None:
    shared = read(question).SharedFunctionalGroupsSequence[0]
    (mapping,) = shared.RealWorldValueMappingSequence
    quantity = mapping.QuantityDefinitionSequence[0].ConceptCodeSequence[0]
    assert quantity.CodeMeaning == "Selection score, which is no probability"
    assert mapping.LUTExplanation == "Selection score by the rule question"


@pytest.mark.parametrize("scores", [[-3.0, -1.0], [2.5], [0.0, 0.0], [1e-9, 1e9]])
def test_stored_values_fit_and_come_back(scores: list[float]) -> None:
    scale = scale_of(scores)
    for score in scores:
        value = scale.stored(score)
        assert 1 <= value <= 65535
        assert value * scale.slope + scale.start == pytest.approx(score, abs=1e-6)


def test_regions_that_a_person_drew_have_no_score(question: Question) -> None:
    question.evidence.update(kind="user")
    with pytest.raises(DragonflyError) as refused:
        make_result(question, "pm")
    assert refused.value.code == "RESULT_NOT_POSSIBLE"
