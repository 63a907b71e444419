"""What a machine that is on the list may do, and what it is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage
from pytest_django.fixtures import Settings

from tests.slides import dicom_image
from tests.webapp.dimse.conftest import calling
from webapp.audit.models import AuditEvent
from webapp.deidentification.models import Profile
from webapp.dicomweb.models import Instance
from webapp.dimse.models import Sender

PICTURE = str(SecondaryCaptureImageStorage)


def picture(**attributes: Any) -> Dataset:
    return dicom_image(np.full((8, 8), 100, np.uint8), **attributes)


def sent(port: int, *objects: Dataset) -> list[Dataset]:
    """The answers to these objects in one association."""
    with calling(port, PICTURE) as association:
        return [association.send_c_store(one) for one in objects]


def test_an_echo_is_answered(port: int) -> None:
    with calling(port) as association:
        assert association.send_c_echo().Status == 0x0000


def test_an_object_is_kept_as_it_was_sent(port: int, sender: Sender) -> None:
    dataset = picture(PatientName="Doe^Jane")
    (answer,) = sent(port, dataset)
    assert answer.Status == 0x0000
    instance = Instance.objects.get(uid=dataset.SOPInstanceUID)
    assert instance.owner == sender.account
    assert dcmread(instance.path).PatientName == "Doe^Jane"


def test_the_audit_says_which_machine_sent_it(port: int) -> None:
    sent(port, picture(PatientName="Doe^Jane"))
    event = AuditEvent.objects.get(action="dicom.store")
    assert event.details["source"] == "dimse:SCANNER"
    assert "Doe" not in str(event.details)


def test_the_same_object_twice_is_one(port: int) -> None:
    dataset = picture()
    first, second = sent(port, dataset, dataset)
    assert (first.Status, second.Status) == (0x0000, 0x0000)
    assert Instance.objects.count() == 1


def test_another_object_of_the_same_uid_is_refused(port: int) -> None:
    dataset = picture()
    sent(port, dataset)
    dataset.PatientComments = "changed"
    (answer,) = sent(port, dataset)
    assert answer.Status == 0x0111


def test_an_object_of_no_study_is_not_understood(port: int) -> None:
    dataset = picture()
    del dataset.StudyInstanceUID
    (answer,) = sent(port, dataset)
    assert answer.Status & 0xF000 == 0xC000
    assert answer.ErrorComment
    assert not Instance.objects.exists()


def test_an_object_that_is_too_long_is_refused_and_the_next_is_kept(
    port: int, settings: Settings, receiving: Path
) -> None:
    settings.DIMSE_MAX_BYTES = 20_000
    long = dicom_image(np.zeros((300, 300), np.uint8))
    first, second = sent(port, long, picture())
    assert first.Status == 0xA700
    assert "longer" in first.ErrorComment
    assert second.Status == 0x0000
    assert not list(receiving.iterdir())


def test_no_room_is_out_of_resources(port: int, sender: Sender) -> None:
    sender.account.quota_bytes = 1
    sender.account.save()
    (answer,) = sent(port, picture())
    assert answer.Status == 0xA700
    assert not Instance.objects.exists()


def test_a_fault_of_ours_is_a_processing_failure(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("webapp.dimse.storing.store_file", broken)
    (answer,) = sent(port, picture())
    assert answer.Status == 0x0110


def test_what_is_kept_de_identified_is_a_warning(port: int, sender: Sender) -> None:
    Profile.objects.create(name="In", source=sender.account, on_arrival=True)
    safe, unknown = picture(BurnedInAnnotation="NO"), picture()
    kept, withheld = sent(port, safe, unknown)
    assert (kept.Status, kept.ErrorComment) == (0xB000, "It was kept de-identified.")
    assert withheld.Status == 0x0124
    assert Instance.objects.count() == 1


def test_what_lacks_something_of_its_class_is_kept_with_a_warning(port: int) -> None:
    dataset = picture()
    del dataset.SamplesPerPixel
    (answer,) = sent(port, dataset)
    assert answer.Status == 0xB007
    assert Instance.objects.count() == 1
