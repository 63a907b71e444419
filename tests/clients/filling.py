"""What other people's programs find: slides, and what was said of them.

Run within the site's own settings, in a process of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.clients.colours import exchanging_profile
from tests.slides import (
    Picture,
    tissue_picture,
    write_dicom_wsi,
    write_pyramid,
)
from tests.webapp.factories import make_model_version, make_question
from tests.webapp.ingest.arriving import after_ingest, prepared
from webapp.accounts.models import ApiToken, User
from webapp.dicomweb.models import Series
from webapp.dicomweb.preparing import prepare_series
from webapp.dicomweb.sandbox.gate import end_nurseries
from webapp.dicomweb.store.files import store_file
from webapp.questions.models import Answer, EvidenceRegion
from webapp.results.services import make_result
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion
from webapp.twins.models import Twin
from webapp.twins.services import make_twin

MPP = 0.5
REGIONS = ((64, 96, 160, 120), (380, 260, 128, 128))
"""x, y, width, height in level-0 pixels of the evidence; painted, to be found again."""
PAINT = (120, 110, 20)


def fill(folder: str) -> dict[str, Any]:
    """A study that came as DICOM, and the copy of an SVS.

    In an empty database. Their UIDs and the owner's token come back.
    """
    # Here, as a process of its own would take as long as all the rest.
    call_command("migrate", verbosity=0)
    owner = User.objects.create_user("pacs", role=User.Role.EDITOR)
    make_model_version()
    try:
        study, series = _store(Path(folder, "dicom"), owner)
        slide = prepare_series(Series.objects.get(uid=series).pk)
        assert slide is not None
        _answer(after_ingest(slide), "sr", "ann")
        copy = _copy(Path(folder, "painted.svs"), owner)
    finally:
        end_nurseries()
    token = ApiToken.issue(owner, "x")[1]
    return {"study": study, "series": series, "copy": copy, "token": token}


def _copy(path: Path, owner: User) -> str:
    write_pyramid(path, painted(), mpp=MPP)
    slide = prepared(owner, path)
    twin = Twin.objects.create(slide=slide, next_at=timezone.now())
    make_twin(twin.pk)
    _answer(slide, "sr")
    twin.refresh_from_db()
    return str(twin.study_uid)


def _store(folder: Path, owner: User) -> tuple[str, str]:
    folder.parent.mkdir()
    write_dicom_wsi(folder, painted(), mpp=MPP, downsamples=(1, 2, 4))
    specimen = generate_uid()
    for path in sorted(folder.iterdir()):
        dataset = dcmread(path)
        _complete(dataset, specimen)
        dataset.save_as(path)
        store_file(path, owner, "test")
    return str(dataset.StudyInstanceUID), str(dataset.SeriesInstanceUID)


def painted() -> Picture:
    """The slide's finest level."""
    picture = tissue_picture()
    for x, y, width, height in REGIONS:
        picture[y : y + height, x : x + width] = PAINT
    return picture


def _complete(dataset: Dataset, specimen: str) -> None:
    """What viewers want to know of a slide beyond its pixels."""
    dataset.PatientName, dataset.PatientID = "Example^Slide", "EX-1"
    dataset.StudyDate, dataset.StudyTime = "20260314", "101500"
    dataset.ContainerIdentifier = "GLASS-1"
    described = Dataset()
    described.SpecimenIdentifier, described.SpecimenUID = "GLASS-1", specimen
    described.SpecimenPreparationSequence = []
    dataset.SpecimenDescriptionSequence = [described]
    dataset.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    origin = Dataset()
    origin.XOffsetInSlideCoordinateSystem = origin.YOffsetInSlideCoordinateSystem = 20
    dataset.TotalPixelMatrixOriginSequence = [origin]
    _light(dataset.OpticalPathSequence[0])


def _light(path: Dataset) -> None:
    path.ICCProfile = exchanging_profile()
    path.IlluminationTypeCodeSequence = [_code("111744", "DCM", "Brightfield")]
    path.IlluminationColorCodeSequence = [_code("371251000", "SCT", "White")]


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = value, scheme
    code.CodeMeaning = meaning
    return code


def _answer(slide: Slide, *kinds: str) -> None:
    model_version = ModelVersion.objects.get()
    question = make_question(slide, state="answered", model_version=model_version)
    Answer.objects.create(
        question=question,
        text="No necrosis is seen.",
        intended_use="Research use only",
        provenance={"model_digest": "sha256-abc"},
    )
    for number, (x, y, width, height) in enumerate(REGIONS, start=1):
        EvidenceRegion.objects.create(
            question=question,
            number=number,
            **{"kind": "selected", "rule": "question", "score": 1.5 / number},
            **{"x": x, "y": y, "width": width, "height": height},
            **{"resolution": "mid", "downsample": 1.0},
        )
    for kind in kinds:
        make_result(question, kind)
