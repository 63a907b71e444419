"""Which attributes belong to which level, and texts out of DICOM's JSON model."""

from __future__ import annotations

from typing import Any

from pydicom.datadict import tag_for_keyword

Json = dict[str, Any]

STUDY = (
    "StudyDate StudyTime AccessionNumber ReferringPhysicianName TimezoneOffsetFromUTC "
    "StudyDescription ProcedureCodeSequence PatientName PatientID IssuerOfPatientID "
    "PatientBirthDate PatientBirthTime PatientSex OtherPatientNames PatientAge "
    "PatientComments StudyInstanceUID StudyID PatientIdentityRemoved"
)
SERIES = (
    "Modality SeriesDescription SeriesDate SeriesTime Manufacturer BodyPartExamined "
    "SeriesInstanceUID SeriesNumber Laterality FrameOfReferenceUID "
    "PerformedProcedureStepStartDate PerformedProcedureStepStartTime "
    "RequestAttributesSequence"
)
INSTANCE_LEAST = (
    "SOPClassUID SOPInstanceUID InstanceNumber Rows Columns BitsAllocated "
    "NumberOfFrames ImageType TotalPixelMatrixColumns TotalPixelMatrixRows "
    "ContainerIdentifier"
)
MOST_TEXT = 1024


def tag_of(keyword: str) -> str:
    """The eight hexadecimal digits of an attribute's tag."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return f"{tag:08X}"


STUDY_TAGS = tuple(map(tag_of, STUDY.split()))
SERIES_TAGS = tuple(map(tag_of, SERIES.split()))
INSTANCE_TAGS = tuple(map(tag_of, INSTANCE_LEAST.split()))


def pick(metadata: Json, tags: tuple[str, ...]) -> Json:
    """These of the attributes that are there."""
    return {tag: metadata[tag] for tag in tags if tag in metadata}


def of_instance(metadata: Json) -> Json:
    """What is kept of one instance for searching: short values that are its own."""
    outer = {*STUDY_TAGS, *SERIES_TAGS, "00080005"}
    return {
        tag: element
        for tag, element in metadata.items()
        if tag not in outer
        and element["vr"] not in ("SQ", "OB", "OW", "OF", "OD", "OL", "OV", "UN")
        and len(str(element.get("Value", ""))) <= MOST_TEXT
    }


def text(metadata: Json, keyword: str, most: int = 64) -> str:
    """The first value as text; of a name, its groups with "=" between."""
    values = metadata.get(tag_of(keyword), {}).get("Value") or [""]
    first = values[0]
    if isinstance(first, dict):
        groups = [first.get(g, "") for g in ("Alphabetic", "Ideographic", "Phonetic")]
        first = "=".join(groups).rstrip("=")
    return str("" if first is None else first)[:most]


def number(metadata: Json, keyword: str) -> int | None:
    """The first value as a whole number that a database column can hold."""
    try:
        value = int(float(text(metadata, keyword)))
    except (ValueError, OverflowError):
        return None
    return value if abs(value) < 2**31 else None
