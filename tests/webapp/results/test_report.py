"""The structured report of an answer, as any reader of DICOM finds it."""

from __future__ import annotations

from typing import Any

import numpy as np
from highdicom.sr import ImageRegion3D, srread
from pydicom.dataset import Dataset

from tests.webapp.deidentification.studies import PATIENT
from webapp.accounts.models import User
from webapp.dicomweb.models import Instance, Series
from webapp.dicomweb.preparing import prepare_quiet_series
from webapp.questions.models import Question
from webapp.results.models import ResultObject
from webapp.results.services import make_result
from webapp.reviews.services import review_answer
from webapp.reviews.services.reviewing import Judgement


def report_of(question: Question) -> ResultObject:
    return make_result(question, "sr")


def read(result: ResultObject) -> Any:
    return srread(result.instance.path)


def texts(report: Dataset) -> dict[str, str]:
    """What each text item at any depth says, by the code of its name."""
    found: dict[str, str] = {}
    for item in report.ContentSequence:
        if item.ValueType == "TEXT":
            found[item.ConceptNameCodeSequence[0].CodeValue] = item.TextValue
        if "ContentSequence" in item:
            found |= texts(item)
    return found


def test_it_tells_question_answer_and_doubt(question: Question) -> None:
    said = texts(read(report_of(question)))
    assert said["question"] == "Is there necrosis?"
    assert said["answer"] == "No necrosis is seen."
    assert said["note"] == "One tile could not be read."
    assert said["intended-use"] == "Research use only"


def test_its_regions_lie_on_the_glass_in_millimetres(question: Question) -> None:
    """By hand: pixels of 0.5 um, origin at (1, 1) mm, columns run to -y, rows to -x."""
    groups = read(report_of(question)).content.get_planar_roi_measurement_groups()
    place = groups[0].roi
    assert isinstance(place, ImageRegion3D)
    column, row = 10 - 0.5, 20 - 0.5
    expected = (1 - row * 0.0005, 1 - column * 0.0005, 0)
    assert np.allclose(place.value[0], expected, atol=1e-6)
    width, height = np.ptp(place.value[:, 1]), np.ptp(place.value[:, 0])
    assert np.allclose((width, height), (64 * 0.0005, 48 * 0.0005), atol=1e-6)


def test_it_joins_the_study_and_leaves_the_source_alone(question: Question) -> None:
    before = {i.uid: i.sha256 for i in Instance.objects.all()}
    result = report_of(question)
    source = Series.objects.get(slide=question.slide)
    assert result.instance.series.study == source.study
    assert result.instance.series != source
    kept = {i.uid: i.sha256 for i in source.instances.all()}
    assert kept == before
    assert str(read(result).PatientName) == PATIENT


def test_it_names_the_model_and_is_preliminary(question: Question) -> None:
    report = read(report_of(question))
    assert (report.PreliminaryFlag, report.VerificationFlag) == (
        "PRELIMINARY",
        "UNVERIFIED",
    )
    assert report.SoftwareVersions == "sha256-abc"
    assert "VerifyingObserverSequence" not in report


def test_a_review_makes_a_verified_version_that_names_the_first(
    question: Question, bob: User
) -> None:
    first = report_of(question)
    bob.first_name, bob.last_name = "Bob", "Builder"
    bob.save()
    review_answer(question, bob, Judgement("wrong", "Some necrosis."))
    second = report_of(question)
    report = read(second)
    assert second.version == 2
    assert report.VerificationFlag == "VERIFIED"
    observer = report.VerifyingObserverSequence[0]
    assert str(observer.VerifyingObserverName) == "Builder^Bob"
    assert texts(report)["corrected-answer"] == "Some necrosis."
    earlier = report.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    named = earlier.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert named == first.instance.uid


def test_it_is_made_once(question: Question) -> None:
    assert report_of(question) == report_of(question)
    assert ResultObject.objects.count() == 1


def test_a_row_lost_after_the_file_was_kept_is_made_again(question: Question) -> None:
    first = report_of(question)
    ResultObject.objects.all().delete()
    assert report_of(question).instance == first.instance


def test_a_report_never_becomes_a_slide(question: Question) -> None:
    report_of(question)
    assert prepare_quiet_series() == 0
