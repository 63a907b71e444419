"""A DICOM picture keeps what shows it and nothing that names a patient."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
)

from dragonfly.errors import SlideError
from dragonfly.slide import open_slide
from dragonfly.slide.deidentify import deidentify
from tests.slides import dicom_image, tissue_picture, write_dicom_image, write_dicom_wsi

SECRET = "Mustermann"


def identify(dataset: Dataset) -> None:
    """Write the name wherever somebody might: attributes, sequences, private groups."""
    dataset.PatientName = f"{SECRET}^Erika"
    dataset.PatientBirthDate = "19640812"
    dataset.AccessionNumber = SECRET
    dataset.ImageComments = SECRET
    dataset.StudyDescription = SECRET
    dataset.ContainerIdentifier = SECRET
    dataset.WindowCenterWidthExplanation = SECRET
    item = Dataset()
    item.SpecimenIdentifier = SECRET
    dataset.SpecimenDescriptionSequence = [item]
    block = dataset.private_block(0x0029, "MAKER", create=True)
    block.add_new(1, "LO", SECRET)


def identified_slide(folder: Path, **options: object) -> Path:
    write_dicom_wsi(folder, **options)  # type: ignore[arg-type]
    for file in folder.iterdir():
        dataset = dcmread(file)
        identify(dataset)
        dataset.save_as(file)
    return folder


def with_label(folder: Path) -> Path:
    write_dicom_wsi(folder)
    label = folder / "label.dcm"
    write_dicom_wsi(folder / "made", tissue_picture(128, 128, seed=3), downsamples=(1,))
    dataset = dcmread(folder / "made" / "level1.dcm")
    dataset.SeriesInstanceUID = dcmread(folder / "level1.dcm").SeriesInstanceUID
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "LABEL", "NONE"]
    dataset.SpecimenLabelInImage = "YES"
    dataset.save_as(label)
    for made in (folder / "made").iterdir():
        made.unlink()
    (folder / "made").rmdir()
    return folder


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEG2000Lossless])
def test_nothing_that_names_a_patient_stays(tmp_path: Path, syntax: str) -> None:
    folder = identified_slide(tmp_path / "slide", transfer_syntax=syntax)
    deidentify(folder, tmp_path / "private")
    for file in folder.iterdir():
        data = file.read_bytes()
        assert SECRET.encode() not in data
        assert b"19640812" not in data
        assert dcmread(file).PatientIdentityRemoved == "YES"


@pytest.mark.parametrize("sparse", [False, True])
def test_the_picture_stays_as_it_was(tmp_path: Path, sparse: bool) -> None:
    folder = identified_slide(tmp_path / "slide", sparse=sparse)
    with open_slide(folder) as slide:
        before = slide.thumbnail(slide.size), slide.levels, slide.mpp
    deidentify(folder, tmp_path / "private")
    with open_slide(folder) as slide:
        after = slide.thumbnail(slide.size), slide.levels, slide.mpp
    assert np.array_equal(before[0], after[0])
    assert before[1:] == after[1:]


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_every_plain_way_of_writing_stays_readable(tmp_path: Path, syntax: str) -> None:
    values = np.arange(48, dtype=">u2" if syntax == ExplicitVRBigEndian else "<u2")
    dataset = dicom_image(values.reshape(6, 8))
    identify(dataset)
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    path = tmp_path / "slide.dcm"
    dataset.save_as(path, enforce_file_format=True)
    deidentify(path, tmp_path / "private")
    assert SECRET.encode() not in path.read_bytes()
    assert np.array_equal(dcmread(path).pixel_array, values.reshape(6, 8))


def test_uids_stay_so_that_results_can_refer_to_them(tmp_path: Path) -> None:
    path = tmp_path / "slide.dcm"
    before = write_dicom_image(path, tissue_picture(32, 32))
    deidentify(path, tmp_path / "private")
    after = dcmread(path)
    assert after.SOPInstanceUID == before.SOPInstanceUID
    assert after.StudyInstanceUID == before.StudyInstanceUID


def test_the_label_instance_is_kept_apart(tmp_path: Path) -> None:
    folder = with_label(tmp_path / "slide")
    done = deidentify(folder, tmp_path / "private")
    assert done.pictures == ("label",)
    assert not (folder / "label.dcm").exists()
    assert (tmp_path / "private" / "label.png").is_file()
    with open_slide(folder) as slide:
        assert len(slide.associated_images) == 0


def test_a_label_alone_is_no_slide(tmp_path: Path) -> None:
    folder = with_label(tmp_path / "slide")
    for level in folder.glob("level*.dcm"):
        level.unlink()
    with pytest.raises(SlideError) as refusal:
        deidentify(folder / "label.dcm", tmp_path / "private")
    assert refusal.value.code == "SLIDE_IS_LABEL"


def test_other_files_of_the_folder_are_deleted(tmp_path: Path) -> None:
    folder = identified_slide(tmp_path / "slide")
    (folder / "readme.txt").write_text(SECRET)
    deidentify(folder, tmp_path / "private")
    assert not (folder / "readme.txt").exists()


def test_burned_in_text_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "slide.dcm"
    write_dicom_image(path, tissue_picture(32, 32), BurnedInAnnotation="YES")
    done = deidentify(path, tmp_path / "private")
    assert [note.code for note in done.notes] == ["PIXELS_MAY_NAME_PATIENT"]


def test_doing_it_again_ends_the_same(tmp_path: Path) -> None:
    folder = identified_slide(tmp_path / "slide")
    first = deidentify(folder, tmp_path / "private")
    (folder / "level1.dcm.rewriting").write_bytes(b"half a file")
    kept = {p.name: p.read_bytes() for p in folder.glob("*.dcm")}
    assert deidentify(folder, tmp_path / "private") == first
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == kept
