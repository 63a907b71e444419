"""What the clock does with uploads."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils import timezone

from webapp.accounts.models import User
from webapp.slides.models import Slide, Upload
from webapp.slides.uploads.expiry import complete_whole_uploads, expire_uploads
from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.services import begin_upload, complete_upload


def begun(owner: User, **fields: object) -> Upload:
    return begin_upload(owner, "a.svs", 10, **fields)  # type: ignore[arg-type]


def late(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )


def state(upload: Upload) -> str:
    upload.refresh_from_db()
    return upload.state


def test_a_forgotten_upload_is_given_up(alice: User) -> None:
    upload, young = begun(alice), begun(alice)
    late(upload)
    assert expire_uploads() == 1
    assert state(upload) == Upload.State.ABANDONED
    assert not PartFile(upload.id).path.exists()
    assert PartFile(young.id).path.exists()


def test_an_upload_that_is_being_sent_is_not_given_up(alice: User) -> None:
    upload = begun(alice)
    late(upload)
    with PartFile(upload.id).locked():
        assert expire_uploads() == 0
    assert state(upload) == Upload.State.RECEIVING


def test_a_folder_that_nobody_completed_is_given_up(alice: User) -> None:
    upload = begun(alice, folder=uuid.uuid4(), relative_path="a.dcm")
    PartFile(upload.id).path.write_bytes(bytes(10))
    complete_upload(upload)
    late(upload)
    assert expire_uploads() == 1
    assert not PartFile(upload.id).path.exists()


def test_a_finished_upload_never_expires(alice: User) -> None:
    upload = begun(alice)
    PartFile(upload.id).path.write_bytes(bytes(10))
    complete_upload(upload)
    late(upload)
    assert expire_uploads() == 0
    assert PartFile(upload.id).path.exists()


def test_old_records_of_given_up_uploads_go(alice: User) -> None:
    upload = begun(alice)
    late(upload)
    expire_uploads()
    Upload.objects.update(updated_at=timezone.now() - timedelta(days=31))
    expire_uploads()
    assert not Upload.objects.exists()


def test_a_process_that_died_at_the_last_byte_loses_nothing(alice: User) -> None:
    upload = begun(alice)
    PartFile(upload.id).path.write_bytes(bytes(10))
    begun(alice)
    assert complete_whole_uploads() == 1
    assert state(upload) == Upload.State.COMPLETE
    assert Slide.objects.get().id == upload.slide_id
