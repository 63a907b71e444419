"""The segmentation covers what the evidence covers, at the place of the slide."""

from __future__ import annotations

import numpy as np
from highdicom.seg import Segmentation
from pydicom import dcmread

from tests.webapp.deidentification.studies import errors_of
from webapp.dicomweb.models import Instance
from webapp.questions.models import Question
from webapp.results.services import make_result


def read(question: Question) -> Segmentation:
    path = make_result(question, "seg").instance.path
    return Segmentation.from_dataset(dcmread(path))


def test_a_cell_is_as_full_as_the_regions_make_it(question: Question) -> None:
    """Two regions of 64 x 48 pixels, at (10, 20) and (100, 60); cells of a pixel."""
    told = read(question).get_total_pixel_matrix(rescale_fractional=True)[..., 0]
    expected = np.zeros_like(told)
    expected[20:68, 10:74] = expected[60:108, 100:164] = 1
    assert np.array_equal(told, expected)


def test_it_lies_where_the_slide_lies(question: Question) -> None:
    made = read(question)
    origin = made.TotalPixelMatrixOriginSequence[0]
    assert origin.XOffsetInSlideCoordinateSystem == 1
    assert origin.YOffsetInSlideCoordinateSystem == 1
    assert made.ImageOrientationSlide == [0, -1, 0, -1, 0, 0]
    source = Instance.objects.filter(series__slide=question.slide)[0]
    assert made.FrameOfReferenceUID == dcmread(source.path).FrameOfReferenceUID


def test_fractions_are_no_probabilities(question: Question) -> None:
    made = read(question)
    assert made.SegmentationFractionalType == "OCCUPANCY"
    (segment,) = made.SegmentSequence
    assert segment.SegmentLabel == "Region that a rule selected, mid"
    assert segment.SegmentDescription == "Evidence 1, 2; rule: question"


def test_each_resolution_and_each_kind_has_a_segment(question: Question) -> None:
    question.evidence.filter(number=2).update(kind="user", resolution="high", rule="")
    path = make_result(question, "seg").instance.path
    told = {
        segment.SegmentLabel: segment.SegmentAlgorithmType
        for segment in read(question).SegmentSequence
    }
    assert not errors_of(path)
    assert told == {
        "Region that a rule selected, mid": "AUTOMATIC",
        "Region that a person drew, high": "MANUAL",
    }
