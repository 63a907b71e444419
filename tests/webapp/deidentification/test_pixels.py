"""Objects whose pixels may name the patient do not go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import (
    CTImageStorage,
    EncapsulatedPDFStorage,
    RLELossless,
    VLWholeSlideMicroscopyImageStorage,
)

from tests.webapp.dicomweb.stow import picture
from webapp.deidentification.files import Profile, deidentify_file

SECRET = bytes(range(32))
SLIDE = str(VLWholeSlideMicroscopyImageStorage)


def outcome(dataset: Dataset, tmp_path: Path, *, looked_at: bool = False) -> str:
    """Why it is withheld; a file is there exactly if it is not."""
    source, target = tmp_path / "a", tmp_path / "b"
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.save_as(source, enforce_file_format=True)
    told = deidentify_file(source, target, Profile(SECRET, looked_at=looked_at))
    assert target.exists() == (told["why"] == "")
    return str(told["why"])


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"BurnedInAnnotation": "YES"}, "burned in"),
        ({}, "Nothing states"),
        ({"SOPClassUID": SLIDE, "ImageType": ["O", "P", "LABEL"]}, "label"),
        ({"SOPClassUID": SLIDE, "ImageType": ["O", "P", "OVERVIEW"]}, "overview"),
        ({"SOPClassUID": SLIDE, "SpecimenLabelInImage": "YES"}, "label"),
        ({"SOPClassUID": SLIDE, "RecognizableVisualFeatures": "YES"}, "recognised"),
        (
            {
                "SOPClassUID": str(CTImageStorage),
                "ImageType": ["DERIVED", "SECONDARY"],
            },
            "Nothing states",
        ),
        ({"SOPClassUID": str(EncapsulatedPDFStorage)}, "document"),
    ],
)
def test_it_is_withheld(attributes: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert said in outcome(picture(**attributes), tmp_path)


@pytest.mark.parametrize(
    "attributes",
    [
        {"BurnedInAnnotation": "NO"},
        {"SOPClassUID": SLIDE, "ImageType": ["ORIGINAL", "PRIMARY", "VOLUME"]},
        {"SOPClassUID": str(CTImageStorage), "ImageType": ["ORIGINAL", "PRIMARY"]},
    ],
)
def test_it_may_go(attributes: dict[str, Any], tmp_path: Path) -> None:
    assert outcome(picture(**attributes), tmp_path) == ""


def test_it_may_go_when_a_person_has_looked(tmp_path: Path) -> None:
    assert outcome(picture(BurnedInAnnotation="YES"), tmp_path, looked_at=True) == ""
    assert dcmread(tmp_path / "b").BurnedInAnnotation == "NO"


def test_a_label_does_not_go_even_then(tmp_path: Path) -> None:
    label = picture(SOPClassUID=SLIDE, ImageType=["ORIGINAL", "PRIMARY", "LABEL"])
    assert outcome(label, tmp_path, looked_at=True)


def test_compressed_pixels_are_copied_and_what_follows_them_is_not(
    tmp_path: Path,
) -> None:
    dataset = picture(BurnedInAnnotation="NO")
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.add_new(0xFFFCFFFC, "OB", b"PLANTED.")
    assert outcome(dataset, tmp_path) == ""
    assert b"PLANTED" not in (tmp_path / "b").read_bytes()
    assert dcmread(tmp_path / "b").PixelData == dataset.PixelData


def test_an_object_that_ends_too_early_is_no_copy(tmp_path: Path) -> None:
    dataset = picture(BurnedInAnnotation="NO")
    dataset.save_as(tmp_path / "a", enforce_file_format=True)
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:-9])
    with pytest.raises(ValueError, match="ends before"):
        deidentify_file(tmp_path / "a", tmp_path / "b", Profile(SECRET))
