"""Every kind of result is sound DICOM, joins the study, and repeats byte for byte."""

from __future__ import annotations

import pytest
from pydicom import dcmread

from dragonfly.errors import DragonflyError
from tests.webapp.deidentification.studies import PATIENT, errors_of
from tests.webapp.factories import make_model_version, make_question, make_slide
from tests.webapp.results.conftest import answered
from webapp.accounts.models import User
from webapp.dicomweb.models import Series
from webapp.questions.models import Answer, Question
from webapp.results.models import ResultObject
from webapp.results.services import make_result
from webapp.reviews.services import review_answer
from webapp.reviews.services.reviewing import Judgement
from webapp.slides.models import Slide

KINDS = list(ResultObject.Kind.values)


@pytest.mark.parametrize("kind", KINDS)
def test_it_breaks_no_rule_of_the_standard(question: Question, kind: str) -> None:
    assert not errors_of(make_result(question, kind).instance.path)


@pytest.mark.parametrize("kind", ["sr", "pdf", "sc"])
def test_its_reviewed_version_breaks_none_either(
    question: Question, alice: User, kind: str
) -> None:
    first = make_result(question, kind)
    review_answer(question, alice, Judgement("wrong", "Some necrosis."))
    second = make_result(question, kind)
    assert second.version == 2
    assert second.instance != first.instance
    assert second.instance.series == first.instance.series
    assert not errors_of(second.instance.path)


def test_each_joins_the_study_as_a_series_of_its_own(question: Question) -> None:
    made = [make_result(question, kind).instance for kind in KINDS]
    source = Series.objects.get(slide=question.slide)
    assert {one.series.study for one in made} == {source.study}
    assert len({source, *(one.series for one in made)}) == 1 + len(KINDS)
    assert {str(dcmread(one.path).PatientName) for one in made} == {PATIENT}


def test_a_row_lost_after_the_file_was_kept_is_made_again(question: Question) -> None:
    first = [make_result(question, kind).instance for kind in KINDS]
    ResultObject.objects.all().delete()
    assert [make_result(question, kind).instance for kind in KINDS] == first


def test_regions_and_pictures_stay_when_somebody_reviews(
    question: Question, alice: User
) -> None:
    kinds = ("ann", "ko", "seg", "pm")
    first = [make_result(question, kind) for kind in kinds]
    review_answer(question, alice, Judgement("right"))
    assert [make_result(question, kind) for kind in kinds] == first


def test_a_slide_that_is_not_of_a_study_has_none(alice: User, valkey: str) -> None:
    question = answered(make_slide(alice, name="cmu.svs"))
    with pytest.raises(DragonflyError) as refused:
        make_result(question, "sr")
    assert refused.value.code == "RESULT_NEEDS_DICOM"


def test_an_open_question_has_none(slide: Slide) -> None:
    with pytest.raises(DragonflyError) as refused:
        make_result(make_question(slide), "sr")
    assert refused.value.code == "QUESTION_NOT_ANSWERED"


def test_an_answer_without_regions_has_nothing_to_draw(slide: Slide) -> None:
    question = make_question(
        slide, state="answered", model_version=make_model_version()
    )
    Answer.objects.create(question=question, text="No.", intended_use="Research")
    for kind in ("ann", "seg", "pm"):
        with pytest.raises(DragonflyError) as refused:
            make_result(question, kind)
        assert refused.value.code == "RESULT_NOT_POSSIBLE"
