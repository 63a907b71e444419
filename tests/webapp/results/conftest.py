"""An answered question about a slide that came as DICOM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.webapp.deidentification.studies import write_study
from tests.webapp.factories import make_model_version, make_question
from tests.webapp.ingest.arriving import after_ingest
from webapp.accounts.models import User
from webapp.dicomweb.models import Series
from webapp.dicomweb.preparing import prepare_series
from webapp.dicomweb.sandbox.gate import end_nurseries
from webapp.dicomweb.store.files import store_file
from webapp.questions.models import Answer, EvidenceRegion, Question
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion


@pytest.fixture(scope="session", autouse=True)
def nurseries() -> Iterator[None]:
    """Their processes end with the run."""
    yield
    end_nurseries()


@pytest.fixture(autouse=True)
def dicom_folder(data_folder: Path, settings: Settings) -> None:
    settings.DICOM_FOLDER = data_folder / "dicom"
    settings.SERIES_QUIET_SECONDS = 0


@pytest.fixture
def slide(alice: User, valkey: str, tmp_path: Path) -> Slide:
    """Two levels of a slide on whose glass x runs down and y to the left."""
    write_study(tmp_path / "study")
    for path in sorted((tmp_path / "study").glob("level*.dcm")):
        store_file(path, alice, "test")
    slide = prepare_series(Series.objects.get().pk)
    assert slide is not None
    return after_ingest(slide)


@pytest.fixture
def question(slide: Slide) -> Question:
    return answered(slide)


def answered(slide: Slide) -> Question:
    """Answered with two regions."""
    model_version = ModelVersion.objects.first() or make_model_version()
    question = make_question(slide, state="answered", model_version=model_version)
    Answer.objects.create(
        question=question,
        text="No necrosis is seen.",
        intended_use="Research use only",
        notes=[{"code": "TILES_BAD", "message": "One tile could not be read."}],
        provenance={"model_digest": "sha256-abc"},
    )
    for number, (x, y) in enumerate([(10, 20), (100, 60)], start=1):
        EvidenceRegion.objects.create(
            question=question,
            number=number,
            kind="selected",
            rule="question",
            score=1.5 / number,
            x=x,
            y=y,
            width=64,
            height=48,
            resolution="mid",
            downsample=1.0,
        )
    return question
