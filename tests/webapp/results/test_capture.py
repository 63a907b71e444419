"""The secondary capture shows the slide, its regions, and what was said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread

from dragonfly.errors import DragonflyError
from tests.webapp.results.conftest import answered
from webapp.accounts.models import User
from webapp.dicomweb.models import Series
from webapp.dicomweb.preparing import prepare_quiet_series
from webapp.questions.models import Question
from webapp.results.making.overview import COLOUR
from webapp.results.services import make_result
from webapp.reviews.services import review_answer
from webapp.reviews.services.reviewing import Judgement
from webapp.slides.models import Slide


def pixels(question: Question) -> NDArray[np.uint8]:
    dataset = dcmread(make_result(question, "sc").instance.path)
    drawn: NDArray[np.uint8] = dataset.pixel_array
    return drawn


def outlined(question: Question) -> int:
    return int((pixels(question) == COLOUR).all(axis=-1).sum())


def test_each_region_is_outlined(question: Question, slide: Slide) -> None:
    fewer = answered(slide)
    fewer.evidence.filter(number=2).delete()
    assert 0 < outlined(fewer) < outlined(question)


def test_a_longer_answer_makes_a_higher_picture(
    question: Question, slide: Slide
) -> None:
    longer = answered(slide)
    longer.answer.text = "No necrosis is seen. " * 40 + "x" * 900
    longer.answer.save()
    short = pixels(question)
    assert short.shape[1:] == (720, 3)
    assert pixels(longer).shape[0] > short.shape[0] + 100


def test_a_review_is_drawn_into_the_next_version(
    question: Question, alice: User
) -> None:
    first = pixels(question)
    review_answer(question, alice, Judgement("wrong", "Some necrosis."))
    second = make_result(question, "sc")
    assert second.version == 2
    assert pixels(question).shape[0] > first.shape[0]


@pytest.mark.parametrize("kind", ["sc", "seg", "pm"])
def test_a_picture_of_a_result_becomes_no_slide(question: Question, kind: str) -> None:
    series = make_result(question, kind).instance.series
    assert prepare_quiet_series() == 0
    assert Series.objects.get(pk=series.pk).slide is None


def test_a_slide_without_an_overview_is_refused(question: Question) -> None:
    Path(question.slide.folder, "derived", "thumbnail.jpg").unlink()
    with pytest.raises(DragonflyError) as refused:
        make_result(question, "sc")
    assert refused.value.code == "RESULT_NOT_POSSIBLE"
