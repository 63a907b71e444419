"""Each attribute of the profile's table, planted, is gone afterwards."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset

from tests.webapp.dicomweb.stow import picture
from webapp.deidentification.files import Profile, deidentify_file
from webapp.deidentification.table import ACTIONS

SECRET = bytes(range(32))
OF_VR = {
    "AE": "PLANTED",
    "CS": "PLANTED",
    "LO": "PLANTED",
    "LT": "PLANTED",
    "PN": "PLANTED",
    "SH": "PLANTED",
    "ST": "PLANTED",
    "UC": "PLANTED",
    "UT": "PLANTED",
    "UR": "http://PLANTED",
    "DA": "20250313",
    "DT": "20250313141516",
    "TM": "141516",
    "UI": "1.2.3.99887766",
    "AS": "042Y",
    "DS": "4711",
    "IS": "4711",
}
PLANTED = (b"PLANTED", b"20250313", b"141516", b"99887766", b"042Y", b"4711")


def planted_tags() -> list[int]:
    """Of text, dates, numbers as text and UIDs; not those that say how to read on."""
    known = [tag for tag in ACTIONS if dictionary_has_tag(tag) and tag > 0x0007FFFF]
    return [tag for tag in known if dictionary_VR(tag) in OF_VR]


@pytest.fixture
def planted() -> Dataset:
    dataset = picture(BurnedInAnnotation="NO")
    inner = Dataset()
    for tag in planted_tags():
        vr = dictionary_VR(tag)
        inner.add_new(tag, vr, OF_VR[vr])
        if keyword_for_tag(tag) != "SOPInstanceUID":
            dataset.add_new(tag, vr, OF_VR[vr])
    dataset.ReferencedImageSequence = [inner]
    dataset.ProcedureCodeSequence = [inner]
    block = dataset.private_block(0x0011, "PLANTED", create=True)
    block.add_new(1, "LO", "PLANTED")
    dataset.add_new(0x60003000, "OW", b"PLANTED.")
    return dataset


def cleaned(dataset: Dataset, tmp_path: Path, profile: Profile) -> Path:
    source, target = tmp_path / "a", tmp_path / "b"
    dataset.save_as(source, enforce_file_format=True)
    told = deidentify_file(source, target, profile)
    assert told["why"] == ""
    return target


def test_nothing_planted_is_left(planted: Dataset, tmp_path: Path) -> None:
    assert len(planted_tags()) > 514
    target = cleaned(planted, tmp_path, Profile(SECRET))
    after = target.read_bytes()
    assert [text for text in PLANTED if text in after] == []
    assert not any(element.tag.is_private for element in dcmread(target).iterall())


def test_nothing_planted_is_left_where_dates_are_moved(
    planted: Dataset, tmp_path: Path
) -> None:
    """But for times of day, which that option keeps."""
    target = cleaned(planted, tmp_path, Profile(SECRET, moves_dates=True))
    after = target.read_bytes()
    assert [text for text in PLANTED if text in after] == [b"141516"]


def test_the_object_says_that_it_is_de_identified(tmp_path: Path) -> None:
    dataset = picture(BurnedInAnnotation="NO", PatientID="7")
    found = dcmread(cleaned(dataset, tmp_path, Profile(SECRET)))
    assert found.PatientIdentityRemoved == "YES"
    assert found.LongitudinalTemporalInformationModified == "REMOVED"
    used = [item.CodeValue for item in found.DeidentificationMethodCodeSequence]
    assert used == ["113100", "113104"]


def test_days_between_two_objects_stay_where_dates_are_moved(tmp_path: Path) -> None:
    profile = Profile(SECRET, moves_dates=True)
    dates = []
    for day in ("20260301", "20260331"):
        dataset = picture(BurnedInAnnotation="NO", PatientID="7", StudyDate=day)
        dates.append(dcmread(cleaned(dataset, tmp_path, profile)).StudyDate)
    first, second = (datetime.strptime(date, "%Y%m%d") for date in dates)
    assert (second - first).days == 30
    assert first < datetime(2026, 3, 1)


def test_the_same_patient_has_the_same_stand_in_and_another_has_not(
    tmp_path: Path,
) -> None:
    names = []
    for number in ("7", "7", "8"):
        dataset = picture(BurnedInAnnotation="NO", PatientID=number)
        names.append(dcmread(cleaned(dataset, tmp_path, Profile(SECRET))).PatientID)
    assert names[0] == names[1] != names[2]


def test_another_secret_gives_other_uids(tmp_path: Path) -> None:
    dataset = picture(BurnedInAnnotation="NO")
    uids = {
        dcmread(cleaned(dataset, tmp_path, Profile(secret))).SOPInstanceUID
        for secret in (SECRET, SECRET[::-1])
    }
    assert len(uids) == 2


def test_the_preamble_and_the_senders_titles_go(tmp_path: Path) -> None:
    dataset = picture(BurnedInAnnotation="NO")
    dataset.preamble = b"PLANTED".ljust(128, b"\0")
    dataset.file_meta.SourceApplicationEntityTitle = "PLANTED"
    after = cleaned(dataset, tmp_path, Profile(SECRET)).read_bytes()
    assert b"PLANTED" not in after
    assert dcmread(BytesIO(after)).PixelData == dataset.PixelData
