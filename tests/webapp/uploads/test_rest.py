"""Uploads over plain REST: the list, the form for scripts, folders."""

from __future__ import annotations

import os
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from webapp.accounts.models import User
from webapp.slides.models import Slide, Upload
from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.services import begin_upload, complete_upload

UPLOADS = "/api/v1/uploads"


def begun(owner: User, size: int = 10, **fields: object) -> Upload:
    return begin_upload(owner, "a.svs", size, **fields)  # type: ignore[arg-type]


def completed(owner: User, place: str, folder: uuid.UUID) -> Upload:
    upload = begun(owner, 3, folder=folder, relative_path=place)
    PartFile(upload.id).path.write_bytes(b"abc")
    complete_upload(upload)
    return upload


def complete(
    client: Client, folder: uuid.UUID, files: int
) -> tuple[int, dict[str, object]]:
    reply = client.post(
        reverse("api:upload-folder", args=(folder,)),
        {"name": "liver", "files": files},
        content_type="application/json",
    )
    return reply.status_code, reply.json()


def test_a_form_becomes_a_slide_without_a_second_copy(
    as_alice: Client, settings: Settings
) -> None:
    data = os.urandom(3_000_000)
    reply = as_alice.post(UPLOADS, {"file": SimpleUploadedFile("a.svs", data)})
    assert reply.status_code == 201
    upload = Upload.objects.get()
    assert reply.json()["slide"] == str(upload.slide_id)
    assert PartFile(upload.id).path.read_bytes() == data
    assert len(list(settings.UPLOAD_FOLDER.iterdir())) == 1


def test_a_form_over_the_limit_is_refused(as_alice: Client, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    reply = as_alice.post(UPLOADS, {"file": SimpleUploadedFile("a.svs", b"x" * 2000)})
    assert (reply.status_code, reply.json()["code"]) == (413, "UPLOAD_TOO_LARGE")
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_a_form_without_a_file_is_refused(as_alice: Client) -> None:
    reply = as_alice.post(UPLOADS, {"other": "x"})
    assert (reply.status_code, reply.json()["code"]) == (400, "INVALID")


def test_the_list_tells_how_much_is_here(as_alice: Client, alice: User) -> None:
    upload = begun(alice)
    PartFile(upload.id).path.write_bytes(b"1234")
    [found] = as_alice.get(UPLOADS).json()["results"]
    assert found["received"] == 4
    assert found["tus_url"].endswith(f"/uploads/tus/{upload.id}")


def test_uploads_can_be_asked_for_by_state(as_alice: Client, alice: User) -> None:
    begun(alice)
    assert as_alice.get(UPLOADS, {"state": "complete"}).json()["results"] == []


def test_ending_an_upload_deletes_its_bytes(as_alice: Client, alice: User) -> None:
    upload = begun(alice)
    assert as_alice.delete(f"{UPLOADS}/{upload.id}").status_code == 204
    assert not PartFile(upload.id).path.exists()


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_stranger_finds_nothing(as_bob: Client, alice: User, method: str) -> None:
    upload = begun(alice)
    assert getattr(as_bob, method)(f"{UPLOADS}/{upload.id}").status_code == 404
    assert as_bob.get(UPLOADS).json()["results"] == []
    assert PartFile(upload.id).path.exists()


def test_the_files_of_a_folder_become_one_slide(as_alice: Client, alice: User) -> None:
    folder = uuid.uuid4()
    completed(alice, "liver/a.dcm", folder)
    completed(alice, "liver/b.dcm", folder)
    status, body = complete(as_alice, folder, 2)
    assert (status, body["name"]) == (201, "liver")
    assert complete(as_alice, folder, 2)[1]["id"] == body["id"]
    assert Slide.objects.get().uploads.count() == 2


@pytest.mark.parametrize("files", [1, 3])
def test_a_folder_must_be_whole(as_alice: Client, alice: User, files: int) -> None:
    folder = uuid.uuid4()
    completed(alice, "liver/a.dcm", folder)
    completed(alice, "liver/b.dcm", folder)
    status, body = complete(as_alice, folder, files)
    assert (status, body["code"]) == (409, "UPLOAD_INCOMPLETE")


def test_a_folder_waits_for_its_last_file(as_alice: Client, alice: User) -> None:
    folder = uuid.uuid4()
    completed(alice, "liver/a.dcm", folder)
    begun(alice, folder=folder, relative_path="liver/b.dcm")
    assert complete(as_alice, folder, 2)[1]["code"] == "UPLOAD_INCOMPLETE"


def test_a_stranger_cannot_complete_a_folder(as_bob: Client, alice: User) -> None:
    folder = uuid.uuid4()
    completed(alice, "liver/a.dcm", folder)
    assert complete(as_bob, folder, 1)[0] == 404


def test_a_completed_upload_is_sent_to_its_ingest(
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[uuid.UUID] = []
    monkeypatch.setattr("webapp.slides.uploads.services.send_ingest", sent.append)
    upload = begun(alice, 3)
    PartFile(upload.id).path.write_bytes(b"abc")
    with django_capture_on_commit_callbacks(execute=True):
        assert complete_upload(upload)
        assert not complete_upload(upload)
        assert sent == []
    assert sent == [Slide.objects.get().id]
