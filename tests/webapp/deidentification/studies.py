"""A study of one slide as a hospital keeps it: pictures, SR, ANN, SEG and KO."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from tests.slides import write_dicom_wsi

PATIENT = "Doe^Jane"
NUMBER = "H-1234567"
SPECIMEN = "S26-777-A"
TOLD = "Jane Doe has been seen by Dr Smith."


def write_study(folder: Path) -> list[Path]:
    """Two levels, a label and four objects about them."""
    write_dicom_wsi(folder)
    pictures = [_named(path) for path in sorted(folder.iterdir())]
    label = dcmread(pictures[0].filename)
    label.ImageType = ["ORIGINAL", "PRIMARY", "LABEL", "NONE"]
    label.SOPInstanceUID = label.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    label.save_as(folder / "label.dcm")
    made = {
        "sr": _report(pictures),
        "ann": _annotations(pictures),
        "seg": _segmentation(pictures),
        "ko": _key_objects(pictures),
    }
    for name, dataset in made.items():
        dataset.save_as(folder / f"{name}.dcm", enforce_file_format=True)
    return sorted(folder.iterdir())


def _named(path: Path) -> Any:
    dataset = dcmread(path)
    dataset.PatientName, dataset.PatientID = PATIENT, NUMBER
    dataset.PatientBirthDate, dataset.PatientSex = "19480229", "F"
    dataset.AccessionNumber, dataset.StudyID = "A-99887", "77"
    dataset.StudyDate, dataset.StudyTime = "20260314", "101500"
    dataset.ContentDate, dataset.ContentTime = "20260314", "101501"
    dataset.ReferringPhysicianName = "Smith^John"
    dataset.AcquisitionDateTime = "20260314101500"
    dataset.Manufacturer, dataset.ManufacturerModelName = "Maker", "Model"
    dataset.DeviceSerialNumber, dataset.SoftwareVersions = "SN-5", "1"
    dataset.ContainerIdentifier = SPECIMEN
    dataset.IssuerOfTheContainerIdentifierSequence = []
    specimen = Dataset()
    specimen.SpecimenIdentifier, specimen.SpecimenUID = SPECIMEN, generate_uid()
    specimen.SpecimenShortDescription = PATIENT
    specimen.IssuerOfTheSpecimenIdentifierSequence = []
    specimen.SpecimenPreparationSequence = [_preparation()]
    dataset.SpecimenDescriptionSequence = [specimen]
    dataset.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    origin = Dataset()
    origin.XOffsetInSlideCoordinateSystem = origin.YOffsetInSlideCoordinateSystem = 1
    dataset.TotalPixelMatrixOriginSequence = [origin]
    private = dataset.private_block(0x0009, "SECRETS", create=True)
    private.add_new(1, "LO", PATIENT)
    dataset.save_as(path)
    return dcmread(path)


def _preparation() -> Dataset:
    """A stain, which is a code, and whose glass it was, which is text."""
    step, stain, whose = Dataset(), Dataset(), Dataset()
    stain.ValueType, whose.ValueType = "CODE", "TEXT"
    stain.ConceptNameCodeSequence = [_code("424361007", "SCT", "Using substance")]
    stain.ConceptCodeSequence = [_code("12710003", "SCT", "hematoxylin stain")]
    whose.ConceptNameCodeSequence = [_code("121041", "DCM", "Specimen Identifier")]
    whose.TextValue = SPECIMEN
    step.SpecimenPreparationStepContentItemSequence = [stain, whose]
    return step


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = value, scheme
    item.CodeMeaning = meaning
    return item


def _place() -> dict[str, Any]:
    return {
        "series_instance_uid": generate_uid(),
        "series_number": 9,
        "sop_instance_uid": generate_uid(),
        "instance_number": 1,
        "manufacturer": "Dragonfly",
    }


def _device() -> dict[str, Any]:
    return {
        **_place(),
        "manufacturer_model_name": "mini",
        "software_versions": "1",
        "device_serial_number": "1",
    }


def _report(pictures: list[Any]) -> Dataset:
    observer = hd.sr.ObserverContext(
        codes.DCM.Person, hd.sr.PersonObserverIdentifyingAttributes(name="Smith^John")
    )
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_person_context=observer),
        procedure_reported=codes.SCT.LightMicroscopy,
        imaging_measurements=[_group(pictures[0])],
    )
    content[0].ContentSequence.append(
        hd.sr.TextContentItem(
            name=codes.DCM.Comment,
            value=TOLD,
            relationship_type=hd.sr.RelationshipTypeValues.CONTAINS,
        )
    )
    return hd.sr.Comprehensive3DSR(
        evidence=pictures[:1], content=content[0], **_place()
    )


def _group(picture: Any) -> Any:
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]], dtype=float)
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(generate_uid(), f"of {NUMBER}"),
        referenced_region=hd.sr.ImageRegion3D(
            hd.sr.GraphicTypeValues3D.POLYGON, corners, picture.FrameOfReferenceUID
        ),
        finding_type=codes.SCT.Neoplasm,
    )


def _annotations(pictures: list[Any]) -> Dataset:
    group = hd.ann.AnnotationGroup(
        number=1,
        uid=generate_uid(),
        label=PATIENT,
        annotated_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        annotated_property_type=codes.SCT.Neoplasm,
        graphic_type=hd.ann.GraphicTypeValues.POINT,
        graphic_data=[np.array([[10.0, 10.0]])],
        algorithm_type=hd.ann.AnnotationGroupGenerationTypeValues.MANUAL,
    )
    return hd.ann.MicroscopyBulkSimpleAnnotations(
        pictures[:1], "2D", [group], content_creator_name="Smith^John", **_device()
    )


def _segmentation(pictures: list[Any]) -> Dataset:
    picture = pictures[-1]
    mask = np.ones(
        (1, picture.TotalPixelMatrixRows, picture.TotalPixelMatrixColumns), np.uint8
    )
    described = hd.seg.SegmentDescription(
        1,
        f"drawn for {PATIENT}",
        codes.SCT.MorphologicallyAbnormalStructure,
        codes.SCT.Neoplasm,
        hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )
    return hd.seg.Segmentation(
        [picture], mask, "BINARY", [described], tile_pixel_array=True, **_device()
    )


def _key_objects(pictures: list[Any]) -> Dataset:
    chosen = hd.ko.KeyObjectSelection(
        codes.DCM.OfInterest, pictures[:1], description=TOLD
    )
    return hd.ko.KeyObjectSelectionDocument(pictures[:1], chosen, **_place())


def errors_of(path: Path) -> set[str]:
    """What dciodvfy has against an object."""
    program = str(Path(sys.executable).with_name("dciodvfy"))
    checked = subprocess.run(
        [program, "-new", str(path)], capture_output=True, text=True, errors="replace"
    )
    lines = checked.stderr.splitlines()
    assert lines
    return {line for line in lines if line.startswith("Error")}
