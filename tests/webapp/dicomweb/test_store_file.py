"""One object is one instance, whichever way it came."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.webapp.dicomweb.stow import Stow, part10, picture
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.refusal import DUPLICATE, NOT_UNDERSTOOD, Refusal
from webapp.dicomweb.store.files import store_file


@pytest.fixture
def alice(stow: Stow) -> User:
    return User.objects.get(username="alice")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "any name"
    path.write_bytes(part10(picture(PatientName="Doe^Jane")))
    return path


def test_a_file_becomes_an_instance(alice: User, file: Path) -> None:
    stored = store_file(file, alice, "dimse:SCANNER")
    assert stored.is_new
    assert stored.instance.path.is_file()
    assert file.is_file()


def test_a_file_can_be_taken_away(alice: User, file: Path) -> None:
    store_file(file, alice, "dimse:SCANNER", moves=True)
    assert not file.exists()


def test_the_same_object_by_another_way_is_one(
    alice: User, stow: Stow, file: Path
) -> None:
    assert stow.store(file.read_bytes()).status == 200
    assert not store_file(file, alice, "dimse:SCANNER").is_new
    assert Instance.objects.count() == 1


def test_another_object_of_the_same_uid_is_refused(alice: User, tmp_path: Path) -> None:
    dataset = picture()
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_bytes(part10(dataset))
    dataset.PatientComments = "changed"
    second.write_bytes(part10(dataset))
    store_file(first, alice, "upload")
    with pytest.raises(Refusal) as refused:
        store_file(second, alice, "upload")
    assert refused.value.reason == DUPLICATE


def test_what_is_no_object_is_refused(
    alice: User, tmp_path: Path, dicom_folder: Path
) -> None:
    (tmp_path / "x").write_bytes(b"nothing of the kind")
    with pytest.raises(Refusal) as refused:
        store_file(tmp_path / "x", alice, "upload")
    assert refused.value.reason == NOT_UNDERSTOOD
    assert not list((dicom_folder / "arriving").iterdir())


def test_the_audit_says_who_sent_it_and_nothing_of_the_patient(
    alice: User, file: Path
) -> None:
    instance = store_file(file, alice, "dimse:SCANNER").instance
    event = AuditEvent.objects.get(action="dicom.store", object_id=str(instance.pk))
    assert event.details["source"] == "dimse:SCANNER"
    assert "Doe" not in str(event.details)
