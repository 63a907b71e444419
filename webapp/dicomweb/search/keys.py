"""Which attributes can be matched, where they are kept, and how they compare."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from django.db.models import Q
from pydicom.datadict import keyword_for_tag, tag_for_keyword

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.search import matching

Matcher = Callable[[str, str], Q]


class Key(NamedTuple):
    """`path` leads from the key's own level; `matcher` makes a condition of a value."""

    level: int
    path: str
    matcher: Matcher


STUDY, SERIES, INSTANCE = range(3)
KEYS = {
    "StudyDate": Key(STUDY, "date", matching.date),
    "StudyTime": Key(STUDY, "time", matching.time),
    "AccessionNumber": Key(STUDY, "accession_number", matching.text),
    "ReferringPhysicianName": Key(STUDY, "referring_physician", matching.name),
    "PatientName": Key(STUDY, "patient_name", matching.name),
    "PatientID": Key(STUDY, "patient_id", matching.text),
    "StudyInstanceUID": Key(STUDY, "uid", matching.uid),
    "StudyID": Key(STUDY, "study_id", matching.text),
    "ModalitiesInStudy": Key(STUDY, "series__modality", matching.texts),
    "Modality": Key(SERIES, "modality", matching.texts),
    "SeriesInstanceUID": Key(SERIES, "uid", matching.uid),
    "SeriesNumber": Key(SERIES, "number", matching.number),
    "PerformedProcedureStepStartDate": Key(SERIES, "procedure_date", matching.date),
    "PerformedProcedureStepStartTime": Key(SERIES, "procedure_time", matching.time),
    "SOPClassUID": Key(INSTANCE, "sop_class", matching.uid),
    "SOPInstanceUID": Key(INSTANCE, "uid", matching.uid),
    "InstanceNumber": Key(INSTANCE, "number", matching.number),
    "ContainerIdentifier": Key(INSTANCE, "container_id", matching.text),
    "SpecimenDescriptionSequence.SpecimenIdentifier": Key(
        INSTANCE, "specimen_ids", matching.member
    ),
    "SpecimenIdentifier": Key(INSTANCE, "specimen_ids", matching.member),
}
_DOWN = {(STUDY, SERIES): "series__", (STUDY, INSTANCE): "series__instances__"}
_DOWN |= {(SERIES, INSTANCE): "instances__", (SERIES, STUDY): "study__"}
_DOWN |= {(INSTANCE, SERIES): "series__", (INSTANCE, STUDY): "series__study__"}


def condition(level: int, keyword: str, value: str) -> Q | None:
    """The condition of one parameter on rows of `level`; None if it cannot be matched.

    Raises:
        Refused: 400, the value is malformed.
    """
    key = KEYS.get(keyword)
    if key is None:
        return None
    return key.matcher(_DOWN.get((level, key.level), "") + key.path, value)


def keyword_of(text: str) -> str:
    """The keyword, or path of keywords, of an attribute given by keyword or tag.

    Raises:
        Refused: 400, DICOM has no such attribute.
    """
    return ".".join(_single(part) for part in text.split("."))


def _single(text: str) -> str:
    if re.fullmatch("[0-9A-Fa-f]{8}", text):
        return keyword_for_tag(int(text, 16)) or text.upper()
    if tag_for_keyword(text) is None:
        raise Refused(400, "A query parameter names no attribute of DICOM.")
    return text
