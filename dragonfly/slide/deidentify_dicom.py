"""Reduce DICOM pictures to what is needed to show them, in place.

Not a list of what to remove but of what to keep: an attribute that nobody thought of
cannot name a patient if it is gone. Stricter than the Basic Profile of PS3.15 annex E,
but with its Retain UIDs Option, so that a result can refer to the study it is about.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pydicom import dcmread, dcmwrite
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from dragonfly.errors import SlideError
from dragonfly.slide.dicom_damage import refusing_damage
from dragonfly.slide.dicom_file import DicomFile
from dragonfly.slide.dicom_series import dicom_files, level_files
from dragonfly.slide.note import Note
from dragonfly.slide.source_path import files_below

# Image pixels; whole-slide images; functional groups; presentation; pixel data.
_GROUPS = {0x0028, 0x0048, 0x2050, 0x5200, 0x7FE0}
_KEPT = {
    "SpecificCharacterSet",
    "ImageType",
    "FrameType",
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "Modality",
    "InstanceNumber",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "DimensionOrganizationSequence",
    "DimensionOrganizationUID",
    "DimensionOrganizationType",
    "DimensionIndexSequence",
    "DimensionIndexPointer",
    "FunctionalGroupPointer",
    "FrameContentSequence",
    "DimensionIndexValues",
    "InStackPositionNumber",
    "PlanePositionSequence",
    "PlaneOrientationSequence",
    "ConcatenationUID",
    "InConcatenationNumber",
    "InConcatenationTotalNumber",
    "ConcatenationFrameOffsetNumber",
    "SliceThickness",
    "SpacingBetweenSlices",
    "ImagerPixelSpacing",
    "NominalScannedPixelSpacing",
    "OpticalPathIdentifier",
    "RescaleType",
    "ModalityLUTType",
}
_TEXT = {"AE", "AS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UN", "UR"}
_TEXT |= {"UT"}
# Type 2 in the patient and study modules: present but empty.
_EMPTIED = (
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
)
_METHOD = "Only what shows the picture is kept; UIDs are kept"
_SECONDARY_CAPTURE = UID("1.2.840.10008.5.1.4.1.1.7")
_REWRITING = ".rewriting"


def clean_dicom(path: Path) -> tuple[Note, ...]:
    """Clean one DICOM file, or the folder of one slide; other files in it are deleted.

    Raises:
        SlideError: `SLIDE_IS_LABEL`, nothing but a label or overview is here;
            `FORMAT_CORRUPT` and others, as `open_slide`.
    """
    with refusing_damage():
        files = files_below(path) if path.is_dir() else (path,)
        kept = _pictures(files)
        for file in files:
            if file not in kept:
                file.unlink()
        notes = [note for file in kept for note in _clean_file(file)]
    return tuple(dict.fromkeys(notes))


def _pictures(files: tuple[Path, ...]) -> list[Path]:
    """The levels of the slide, or the one picture that is none."""
    whole = [file for file in files if file.suffix != _REWRITING]
    pictures = dicom_files(whole) if len(whole) > 1 else [DicomFile(whole[0])]
    slides = [picture for picture in pictures if picture.is_slide]
    if not slides:
        return [picture.path for picture in pictures]
    levels = level_files(slides)
    if not levels:
        raise SlideError(
            "SLIDE_IS_LABEL",
            "This is only the label or the overview of a slide. Add the files of its "
            "levels as a folder or zip file.",
        )
    return [level.path for level in levels]


def _clean_file(path: Path) -> Iterator[Note]:
    fresh = path.with_name(path.name + _REWRITING)
    with path.open("rb") as source:
        header = dcmread(source, stop_before_pixels=True, force=True)
        pixels_at = source.tell()
        kept = _kept(header)
        kept.update(_stamp())
        kept.file_meta = _meta(header)
        with fresh.open("wb") as target:
            dcmwrite(target, kept, enforce_file_format=True)
            source.seek(pixels_at)
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
    os.replace(fresh, path)
    if kept.get("BurnedInAnnotation") == "YES":
        yield Note(
            "PIXELS_MAY_NAME_PATIENT",
            "The file says that text is burned into its pixels; it may name a patient.",
        )


def _kept(dataset: Dataset) -> Dataset:
    """The elements that may stay, sequences cleaned likewise."""
    kept = Dataset()
    for element in dataset:
        if not _may_stay(element):
            continue
        if element.VR == "SQ":
            items = Sequence([_kept(item) for item in element.value])
            kept.add(DataElement(element.tag, "SQ", items))
        else:
            kept.add(element)
    return kept


def _may_stay(element: DataElement) -> bool:
    if element.tag.is_private:
        return False
    named = element.keyword in _KEPT
    return named or (element.tag.group in _GROUPS and element.VR not in _TEXT)


def _stamp() -> Dataset:
    """What PS3.15 section E.1.1 asks a de-identified object to say of itself."""
    stamp = Dataset()
    for keyword in _EMPTIED:
        setattr(stamp, keyword, "")
    stamp.PatientIdentityRemoved = "YES"
    stamp.DeidentificationMethod = _METHOD
    stamp.LongitudinalTemporalInformationModified = "REMOVED"
    stamp.DeidentificationMethodCodeSequence = Sequence(
        [
            _code("113100", "Basic Application Confidentiality Profile"),
            _code("113110", "Retain UIDs Option"),
        ]
    )
    return stamp


def _code(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = value, "DCM"
    code.CodeMeaning = meaning
    return code


def _meta(header: Dataset) -> FileMetaDataset:
    """What a Part 10 file begins with, also for a file that has none."""
    stated = header.file_meta
    syntax = UID(stated.get("TransferSyntaxUID", ImplicitVRLittleEndian))
    meta = FileMetaDataset()
    # Uncompressed pixels are copied as they are, so the header follows them.
    compressed = syntax.is_encapsulated
    meta.TransferSyntaxUID = syntax if compressed else _plain_syntax(header)
    meta.MediaStorageSOPClassUID = header.get("SOPClassUID", _SECONDARY_CAPTURE)
    meta.MediaStorageSOPInstanceUID = header.get("SOPInstanceUID", "2.25.1")
    return meta


def _plain_syntax(header: Dataset) -> UID:
    implicit, little = header.original_encoding
    if little is False:
        return UID(ExplicitVRBigEndian)
    return UID(ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian)
