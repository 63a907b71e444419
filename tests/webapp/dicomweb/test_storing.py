"""STOW-RS: what is stored, and what the answer says of it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from tests.slides import dicom_image
from tests.webapp.dicomweb.stow import BOUNDARY, Stow, multipart, part10, picture, send
from tests.webapp.factories import make_user
from webapp.audit.models import AuditEvent
from webapp.dicomweb.models import Instance, Study


def test_an_object_is_stored_and_indexed(stow: Stow) -> None:
    sent = picture(PatientID="P1", AccessionNumber="A7", PatientName="Doe^Jane")
    reply = stow.store(sent)
    assert reply.status == 200
    study = Study.objects.get()
    assert (study.uid, study.accession_number) == (sent.StudyInstanceUID, "A7")
    assert study.patient_name == "Doe^Jane"
    assert Instance.objects.get().uid == sent.SOPInstanceUID


def test_the_answer_names_each_object_and_where_to_get_it(stow: Stow) -> None:
    sent = picture()
    reply = stow.store(sent)
    assert reply.headers["content-type"] == "application/dicom+json"
    assert "00081198" not in reply.report
    item = reply.items("00081199")[0]
    study = f"http://testserver/dicom-web/studies/{sent.StudyInstanceUID}"
    assert reply.report["00081190"]["Value"] == [study]
    assert item["00081155"]["Value"] == [sent.SOPInstanceUID]
    assert item["00081190"]["Value"][0].startswith(f"{study}/series/")


def test_the_stored_bytes_are_those_that_were_sent(stow: Stow) -> None:
    data = part10(picture())
    stow.store(data)
    assert Instance.objects.get().path.read_bytes() == data


def test_the_same_object_twice_is_one(stow: Stow) -> None:
    sent = part10(picture())
    assert stow.store(sent, sent).status == 200
    assert stow.store(sent).status == 200
    assert Instance.objects.count() == 1


def test_another_object_of_the_same_uid_is_refused(stow: Stow) -> None:
    first = picture()
    stow.store(first)
    first.PatientID = "somebody else"
    reply = stow.store(first)
    assert (reply.status, reply.reasons) == (409, [0x0111])
    assert Instance.objects.count() == 1


def test_one_good_and_one_bad_part_are_202(stow: Stow) -> None:
    reply = stow.store(picture(), b"no DICOM at all")
    assert (reply.status, reply.reasons) == (202, [0xC000])
    assert len(reply.items("00081199")) == 1


def test_an_object_of_another_study_is_refused(stow: Stow) -> None:
    reply = stow.store(picture(), study="1.2.3")
    assert (reply.status, reply.reasons) == (409, [0xA901])


def test_an_object_of_the_named_study_is_stored(stow: Stow) -> None:
    sent = picture()
    assert stow.store(sent, study=sent.StudyInstanceUID).status == 200


def test_a_single_part_body_is_stored(stow: Stow) -> None:
    data = part10(picture())
    reply = stow.send(data[:500], data[500:], kind="application/dicom")
    assert reply.status == 200


@pytest.mark.parametrize(
    "kind",
    [
        f"multipart/related; type=application/dicom; boundary={BOUNDARY}",
        f'multipart/related; type="application/dicom"; boundary="{BOUNDARY}"',
        f"multipart/related; boundary={BOUNDARY}",
        f"Multipart/Related;boundary={BOUNDARY};type=Application/DICOM",
    ],
)
def test_spellings_of_real_clients_are_understood(stow: Stow, kind: str) -> None:
    assert stow.send(multipart(part10(picture())), kind=kind).status == 200


def test_a_body_may_come_a_byte_at_a_time(stow: Stow) -> None:
    body = multipart(part10(picture()), part10(picture()))
    assert stow.send(*(body[i : i + 1] for i in range(len(body)))).status == 200
    assert Instance.objects.count() == 2


def test_the_word_bearer_opens_too(store_threads: None, valkey: str) -> None:
    assert Stow(make_user("pacs"), "Bearer").store(picture()).status == 200


def test_nobody_stores_nothing(store_threads: None) -> None:
    reply = send("/dicom-web/studies", {})
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_reader_may_not_store(store_threads: None) -> None:
    assert Stow(make_user("rita", "reader")).store(picture()).status == 403


def test_two_owners_may_hold_one_uid(stow: Stow) -> None:
    sent = picture()
    stow.store(sent)
    assert Stow(make_user("bob")).store(sent).status == 200
    assert Instance.objects.filter(uid=sent.SOPInstanceUID).count() == 2


def test_a_store_is_in_the_audit_without_the_patient(stow: Stow) -> None:
    stow.store(picture(PatientName="Doe^Jane"))
    event = AuditEvent.objects.get(action="dicom.store")
    assert event.details["stored"] == 1
    assert "Doe" not in str(event.details)


def test_nothing_of_a_request_stays_behind(stow: Stow, dicom_folder: Path) -> None:
    stow.store(picture(), b"rubbish")
    assert list((dicom_folder / "arriving").iterdir()) == []


def test_an_image_that_lacks_its_shape_is_stored_with_a_warning(stow: Stow) -> None:
    sent = picture()
    del sent.PhotometricInterpretation
    for _ in range(2):
        reply = stow.store(sent)
        assert reply.status == 202
        assert reply.items("00081199")[0]["00081196"]["Value"] == [0xB007]
    assert "00081198" not in reply.report


def test_who_has_no_room_left_stores_nothing(store_threads: None, valkey: str) -> None:
    first, second = part10(picture()), part10(picture())
    full = Stow(make_user("full", quota_bytes=len(first) + 100))
    assert full.store(first).status == 200
    reply = full.store(second)
    assert (reply.status, reply.reasons) == (409, [0xA700])


def test_big_endian_is_turned_round(stow: Stow) -> None:
    values = np.arange(64, dtype=np.uint16).reshape(8, 8)
    sent = dicom_image(values, PixelPaddingValue=3, ImagesInAcquisition=7)
    sent.PixelData = values.astype(">u2").tobytes()
    sent.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    with BytesIO() as file:
        dcmwrite(
            file, sent, implicit_vr=False, little_endian=False, enforce_file_format=True
        )
        assert stow.store(file.getvalue()).status == 200
    kept = dcmread(Instance.objects.get().path)
    assert kept.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert (kept.PixelPaddingValue, kept.ImagesInAcquisition) == (3, 7)
    assert np.array_equal(kept.pixel_array, values)
