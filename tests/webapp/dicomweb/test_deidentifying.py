"""De-identified copies on arrival, for export and for delivery."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pydicom import dcmread

from tests.webapp.dicomweb.stow import Stow, picture
from tests.webapp.factories import make_user
from webapp.accounts.models import ApiToken, User
from webapp.deidentification.models import Profile, Report
from webapp.dicomweb.exporting.leaving import leaving
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.refusal import Refusal

NAMED = {"PatientName": "Doe^Jane", "PatientID": "H-1234567", "PatientSex": "F"}
SAFE = {**NAMED, "BurnedInAnnotation": "NO"}


@pytest.fixture
def alice(stow: Stow) -> User:
    return User.objects.get(username="alice")


@pytest.fixture
def profile(alice: User) -> Profile:
    return Profile.objects.create(name="Research", source=alice)


def ask(client: Client, user: User, study: str, **body: object) -> tuple[int, bytes]:
    """The status and the whole body of an export."""
    _, secret = ApiToken.issue(user, "export")
    answer = client.post(
        f"/api/v1/studies/{study}/deidentified",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    return answer.status_code, answer.getvalue()


def bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_an_export_holds_the_copies_and_a_report(
    client: Client, stow: Stow, alice: User, profile: Profile
) -> None:
    sent = picture(**SAFE)
    stow.store(sent)
    status, body = ask(client, alice, sent.StudyInstanceUID)
    assert status == 200
    with ZipFile(BytesIO(body)) as archive:
        assert archive.testzip() is None
        name, last = archive.namelist()
        copy = dcmread(BytesIO(archive.read(name)))
        report = json.loads(archive.read(last))
    assert copy.PixelData == sent.PixelData
    assert b"Doe" not in body
    assert b"1234567" not in body
    assert report["study"] == copy.StudyInstanceUID != sent.StudyInstanceUID
    assert (report["objects"], report["withheld"]) == (1, [])


def test_what_is_withheld_is_in_the_report_and_not_in_the_export(
    client: Client, stow: Stow, alice: User, profile: Profile
) -> None:
    sent = picture(**NAMED)
    stow.store(sent)
    _, body = ask(client, alice, sent.StudyInstanceUID)
    with ZipFile(BytesIO(body)) as archive:
        assert archive.namelist() == ["report.json"]
    (report,) = Report.objects.all()
    assert report.object_count == 0
    assert "Nothing states" in report.withheld[0]["why"]
    assert sent.SOPInstanceUID not in str(report.withheld)


def test_a_person_who_has_looked_lets_it_go(
    client: Client, stow: Stow, alice: User, profile: Profile
) -> None:
    sent = picture(**NAMED)
    stow.store(sent)
    study, uid = sent.StudyInstanceUID, sent.SOPInstanceUID
    ask(client, alice, study, looked_at=[uid])
    assert Report.objects.get().object_count == 1


def test_a_stranger_gets_404(
    client: Client, stow: Stow, alice: User, profile: Profile
) -> None:
    sent = picture(**SAFE)
    stow.store(sent)
    status, _ = ask(client, make_user("bob"), sent.StudyInstanceUID)
    assert status == 404
    assert not Report.objects.exists()


def test_without_a_profile_nothing_is_exported(
    client: Client, stow: Stow, alice: User
) -> None:
    sent = picture(**SAFE)
    stow.store(sent)
    status, body = ask(client, alice, sent.StudyInstanceUID)
    assert status == 409
    assert json.loads(body)["code"] == "PROFILE_MISSING"


def test_what_a_source_sends_is_de_identified_before_it_is_kept(
    stow: Stow, profile: Profile, dicom_folder: Path
) -> None:
    Profile.objects.update(on_arrival=True)
    sent = picture(**SAFE, ImageComments="Jane Doe " * 600)
    reply = stow.store(sent)
    assert reply.status == 202
    assert reply.items("00081199")[0]["00081196"]["Value"] == [0xB000]
    kept = Instance.objects.select_related("series__study").get()
    assert kept.uid != sent.SOPInstanceUID
    assert kept.series.study.patient_name.startswith("ANON")
    found = bytes_below(dicom_folder)
    assert kept.uid.encode() in found
    assert b"Doe" not in found
    assert sent.SOPInstanceUID.encode() not in found


def test_the_same_object_twice_is_still_one(stow: Stow, profile: Profile) -> None:
    Profile.objects.update(on_arrival=True)
    sent = picture(**SAFE)
    stow.store(sent)
    stow.store(sent)
    assert Instance.objects.count() == 1


def test_what_is_withheld_on_arrival_is_refused(
    stow: Stow, profile: Profile, dicom_folder: Path
) -> None:
    Profile.objects.update(on_arrival=True)
    reply = stow.store(picture(**NAMED))
    assert (reply.status, reply.reasons) == (409, [0x0124])
    assert b"Doe" not in bytes_below(dicom_folder)


def test_only_the_sources_own_objects_are_changed(stow: Stow, alice: User) -> None:
    other = make_user("other")
    Profile.objects.create(name="Other", source=other, on_arrival=True)
    sent = picture(**NAMED)
    stow.store(sent)
    assert Instance.objects.get().uid == sent.SOPInstanceUID


def test_what_leaves_is_the_copy_where_the_profile_says_so(
    stow: Stow, profile: Profile
) -> None:
    Profile.objects.update(on_delivery=True)
    sent = picture(**SAFE)
    stow.store(sent)
    instance = Instance.objects.get()
    with leaving(instance) as outgoing:
        copy = dcmread(outgoing.path)
        assert copy.SOPInstanceUID == outgoing.uid != instance.uid
        assert copy.StudyInstanceUID == outgoing.series.study.uid
        assert b"Doe" not in outgoing.path.read_bytes()
    assert not outgoing.folder.exists()
    assert instance.path.exists()


def test_what_is_withheld_does_not_leave(stow: Stow, profile: Profile) -> None:
    Profile.objects.update(on_delivery=True)
    stow.store(picture(**NAMED))
    with pytest.raises(Refusal, match="withheld"), leaving(Instance.objects.get()):
        pytest.fail("It left.")


def test_without_a_profile_it_leaves_as_it_is(stow: Stow, alice: User) -> None:
    stow.store(picture(**NAMED))
    instance = Instance.objects.get()
    with leaving(instance) as outgoing:
        assert outgoing == instance


def test_there_is_one_profile_for_all_others(stow: Stow) -> None:
    Profile.objects.create(name="One")
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.create(name="Two")


def test_the_secret_is_not_in_the_database_as_it_is(profile: Profile) -> None:
    assert len(profile.order().secret) == 32
    assert profile.order().secret.hex() not in profile.sealed_secret
