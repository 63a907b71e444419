"""`Source`: the study that a result joins, and the pictures that it refers to.

Headers come from the JSON that the sandbox wrote when the object arrived, so that no
received file is parsed in this process again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import VLWholeSlideMicroscopyImageStorage

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.dicomweb.models import Instance, Series
from webapp.slides.models import Slide
from webapp.twins.services import copy_of

NOT_PICTURES = ("LABEL", "OVERVIEW", "THUMBNAIL")
STUDY_FIELDS = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyID",
)
"""Type 2 of the patient and study modules: present, if only empty."""


@dataclass(frozen=True)
class Source:
    """What a result is about."""

    owner: User
    """Whose study it is."""
    pictures: tuple[Dataset, ...]
    """Headers of the slide's levels, the finest first; one of any other picture."""
    frame_of_reference: str
    """UID; "" if the source names none."""

    @property
    def finest(self) -> Dataset:
        """Level-0 pixels are counted in it; it tells patient and study."""
        return self.pictures[0]

    @property
    def is_slide(self) -> bool:
        """Tiled, with coordinates on the glass."""
        return bool(self.finest.SOPClassUID == VLWholeSlideMicroscopyImageStorage)


def source_of(slide: Slide) -> Source:
    """The study that the slide came in, or else that of its DICOM copy.

    Raises:
        DragonflyError: RESULT_NEEDS_DICOM, there is neither;
            RESULT_SOURCE_UNREADABLE, a header is no longer there.
    """
    came = Series.objects.filter(slide=slide).select_related("study__owner").first()
    series = came or copy_of(slide)
    pictures = _pictures(series) if series else []
    if series is None or not pictures:
        raise DragonflyError(
            "RESULT_NEEDS_DICOM",
            "This slide did not come as DICOM, so there is no study that a result "
            "could join. Its owner can have a DICOM copy of it written.",
        )
    reference = str(pictures[0].get("FrameOfReferenceUID", ""))
    return Source(series.study.owner, tuple(pictures), reference)


def _pictures(series: Series) -> list[Dataset]:
    rows = series.instances.filter(frame_count__gt=0)
    whole = rows.filter(sop_class=VLWholeSlideMicroscopyImageStorage)
    headers = [header_of(row) for row in (whole if whole.exists() else rows[:1])]
    levels = [header for header in headers if not _is_aside(header)]
    return sorted(levels, key=_width, reverse=True)


def _is_aside(header: Dataset) -> bool:
    return any(word in NOT_PICTURES for word in header.get("ImageType", ()))


def _width(header: Dataset) -> int:
    return int(header.get("TotalPixelMatrixColumns") or header.get("Columns") or 0)


def header_of(instance: Instance) -> Dataset:
    """Everything but long values and pixels, with type 2 attributes present."""
    try:
        told = json.loads((instance.folder / "metadata.json").read_bytes())
        header = Dataset.from_json(told, lambda *_: None)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise DragonflyError(
            "RESULT_SOURCE_UNREADABLE",
            "The header of the source image cannot be read again.",
        ) from None
    for name in STUDY_FIELDS:
        if name not in header:
            setattr(header, name, "")
    if "ContainerIdentifier" in header and "ContainerTypeCodeSequence" not in header:
        header.ContainerTypeCodeSequence = []
    # The JSON model is UTF-8 whatever the object was written in.
    header.SpecificCharacterSet = "ISO_IR 192"
    return header
