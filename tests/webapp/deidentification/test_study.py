"""A whole study: nobody is named, references hold, and each object is as valid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from dragonfly.slide import open_slide
from tests.webapp.deidentification.studies import errors_of, write_study
from webapp.deidentification.files import Profile, deidentify_file

SECRET = bytes(range(32))
NAMING = (b"Doe", b"Jane", b"1234567", b"S26-777", b"A-99887", b"Smith", b"SECRETS")
REGISTERED = "1.2.840.10008."


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def copies(
    original: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The copies by the names of the originals."""
    folder = tmp_path_factory.mktemp("copies")
    for path in original:
        deidentify_file(path, folder / path.name, Profile(SECRET))
    return {path.name: path for path in folder.iterdir()}


def uids_in(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Each UID with its keyword."""
    for element in dataset.iterall():
        if element.VR == "UI" and element.value:
            yield element.keyword, str(element.value)


def test_all_but_the_label_is_copied(copies: dict[str, Path]) -> None:
    assert set(copies) == {
        "level1.dcm",
        "level2.dcm",
        "sr.dcm",
        "ann.dcm",
        "seg.dcm",
        "ko.dcm",
    }


def test_no_copy_names_anybody(original: list[Path], copies: dict[str, Path]) -> None:
    before = b"".join(path.read_bytes() for path in original)
    assert all(text in before for text in NAMING)
    after = b"".join(path.read_bytes() for path in copies.values())
    assert [text for text in NAMING if text in after] == []


def test_no_copy_has_a_uid_of_the_original(
    original: list[Path], copies: dict[str, Path]
) -> None:
    before = {uid for path in original for _, uid in uids_in(dcmread(path))}
    after = {uid for path in copies.values() for _, uid in uids_in(dcmread(path))}
    assert {uid for uid in before & after if not uid.startswith(REGISTERED)} <= {
        "2.16.840.1.113883.6.96"
    }


def test_every_reference_still_finds_its_object(copies: dict[str, Path]) -> None:
    datasets = [dcmread(path) for path in copies.values()]
    here = {str(dataset.SOPInstanceUID) for dataset in datasets}
    frames = {d.FrameOfReferenceUID for d in datasets if "FrameOfReferenceUID" in d}
    found = [pair for dataset in datasets for pair in uids_in(dataset)]
    named = {uid for word, uid in found if word == "ReferencedSOPInstanceUID"}
    placed = {uid for word, uid in found if word == "ReferencedFrameOfReferenceUID"}
    assert named
    assert placed
    assert named <= here
    assert placed <= frames
    assert len({dataset.StudyInstanceUID for dataset in datasets}) == 1


def test_no_object_has_an_error_that_it_had_not(
    original: list[Path], copies: dict[str, Path]
) -> None:
    for path in original:
        if path.name in copies:
            assert errors_of(copies[path.name]) - errors_of(path) == set(), path.name


def test_the_copy_opens_as_the_same_slide(
    original: list[Path], copies: dict[str, Path]
) -> None:
    (first,) = [path for path in original if path.name == "level1.dcm"]
    before, after = dcmread(first), dcmread(copies["level1.dcm"])
    assert after.PixelData == before.PixelData
    with open_slide(copies["level1.dcm"]) as slide:
        assert slide.mpp == 0.5


def test_codes_and_numbers_of_a_report_stay(copies: dict[str, Path]) -> None:
    said = str(dcmread(copies["sr.dcm"]))
    assert "Neoplasm" in said
    assert "SCOORD3D" in said


def test_a_specimen_keeps_its_stain_and_one_new_name(copies: dict[str, Path]) -> None:
    found = dcmread(copies["level1.dcm"])
    (specimen,) = found.SpecimenDescriptionSequence
    (step,) = specimen.SpecimenPreparationSequence
    stain, whose = step.SpecimenPreparationStepContentItemSequence
    assert stain.ConceptCodeSequence[0].CodeValue == "12710003"
    assert whose.TextValue == specimen.SpecimenIdentifier == found.ContainerIdentifier
