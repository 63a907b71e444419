"""Annotations lie where the evidence lies, in groups by who chose them."""

from __future__ import annotations

import numpy as np
from highdicom.ann import MicroscopyBulkSimpleAnnotations
from pydicom import dcmread

from webapp.questions.models import Question
from webapp.results.services import make_result


def read(question: Question) -> MicroscopyBulkSimpleAnnotations:
    path = make_result(question, "ann").instance.path
    return MicroscopyBulkSimpleAnnotations.from_dataset(dcmread(path))


def test_both_regions_are_in_the_group_of_their_kind(question: Question) -> None:
    (group,) = read(question).get_annotation_groups()
    assert group.label == "Region that a rule selected"
    assert group.algorithm_type.value == "AUTOMATIC"
    assert group.number_of_annotations == 2


def test_corners_are_millimetres_on_the_glass(question: Question) -> None:
    """By hand: pixels of 0.5 um, origin at (1, 1) mm, columns run to -y, rows to -x."""
    (group,) = read(question).get_annotation_groups()
    first = group.get_graphic_data("3D")[0]
    column, row = 10 - 0.5, 20 - 0.5
    assert np.allclose(first[0], (1 - row * 0.0005, 1 - column * 0.0005, 0), atol=1e-6)
    assert first.shape == (4, 3)


def test_what_a_person_drew_is_not_called_automatic(question: Question) -> None:
    question.evidence.filter(number=2).update(kind="user")
    groups = read(question).get_annotation_groups()
    told = {group.label: group.algorithm_type.value for group in groups}
    assert told == {
        "Region that a rule selected": "AUTOMATIC",
        "Region that a person drew": "MANUAL",
    }
