"""Resumable uploads: what the tus protocol promises, and what we add to it."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.webapp.factories import make_user
from tests.webapp.uploads.tus import ROOT, Tus, checksum, metadata, send
from webapp.accounts.models import User
from webapp.slides.models import Slide, Upload
from webapp.slides.uploads import asgi
from webapp.slides.uploads.part_file import PartFile


def row(place: str) -> Upload:
    return Upload.objects.get(pk=place.rpartition("/")[2])


def test_the_server_tells_what_it_can(tus: Tus) -> None:
    reply = tus.send("OPTIONS", ROOT)
    assert reply.status == 204
    assert reply.headers["tus-version"] == "1.0.0"
    assert set(reply.headers["tus-extension"].split(",")) == {
        "creation",
        "termination",
        "checksum",
        "expiration",
    }


def test_a_file_sent_in_pieces_becomes_a_slide(tus: Tus) -> None:
    data = os.urandom(3_000_000)
    place = tus.place(len(data), name="léber 🫀.svs")
    assert tus.patch(place, 0, data[:1000]).status == 204
    last = tus.patch(place, 1000, data[1000:1_500_000], data[1_500_000:])
    assert last.headers["upload-offset"] == str(len(data))
    upload = row(place)
    assert upload.state == Upload.State.COMPLETE
    assert last.headers["slide-id"] == str(upload.slide_id)
    assert Slide.objects.get().name == "léber 🫀.svs"
    assert PartFile(upload.id).path.read_bytes() == data


def test_an_upload_goes_on_from_the_byte_where_it_was_cut(tus: Tus) -> None:
    place = tus.place(10)
    assert tus.patch(place, 0, b"0123", gone=True).code == "UPLOAD_INCOMPLETE"
    assert tus.offset(place) == 4
    assert tus.patch(place, 4, b"456789").status == 204
    assert PartFile(row(place).id).path.read_bytes() == b"0123456789"


def test_an_offset_that_is_not_the_servers_is_refused(tus: Tus) -> None:
    place = tus.place(10)
    tus.patch(place, 0, b"0123")
    reply = tus.patch(place, 2, b"xx")
    assert (reply.status, reply.code) == (409, "UPLOAD_OFFSET")
    assert tus.offset(place) == 4


def test_more_bytes_than_announced_are_refused(tus: Tus) -> None:
    place = tus.place(3)
    assert tus.patch(place, 0, b"01234").status == 400
    assert tus.offset(place) == 0


def test_only_one_connection_sends_at_a_time(tus: Tus) -> None:
    place = tus.place(10)
    with PartFile(row(place).id).locked():
        reply = tus.patch(place, 0, b"0")
    assert (reply.status, reply.code) == (423, "UPLOAD_LOCKED")
    assert tus.patch(place, 0, b"0").status == 204


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_bytes_with_the_right_checksum_are_taken(tus: Tus, name: str) -> None:
    place = tus.place(4)
    right = checksum(b"abcd", name)
    assert tus.patch(place, 0, b"ab", b"cd", Upload_Checksum=right).status == 204


def test_bytes_with_a_wrong_checksum_leave_nothing(tus: Tus) -> None:
    place = tus.place(4)
    reply = tus.patch(place, 0, b"abcX", Upload_Checksum=checksum(b"abcd"))
    assert (reply.status, reply.code) == (460, "UPLOAD_CHECKSUM")
    assert tus.offset(place) == 0


def test_a_huge_body_is_not_held_for_its_checksum(
    tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "CHECKED_BYTES", 5)
    place = tus.place(100)
    reply = tus.patch(place, 0, b"123456", Upload_Checksum=checksum(b"123456"))
    assert (reply.status, reply.code) == (413, "UPLOAD_TOO_LARGE")


def test_termination_deletes_the_bytes(tus: Tus) -> None:
    place = tus.place(10)
    tus.patch(place, 0, b"0123")
    part = PartFile(row(place).id)
    assert tus.send("DELETE", place).status == 204
    assert not part.path.exists()
    assert tus.send("HEAD", place).status == 404


def test_an_expired_upload_is_gone(tus: Tus) -> None:
    place = tus.place(10)
    Upload.objects.update(expires_at=timezone.now())
    assert tus.send("HEAD", place).status == 410
    assert tus.patch(place, 0, b"0").code == "UPLOAD_EXPIRED"


def test_an_upload_says_when_it_expires(tus: Tus) -> None:
    assert "GMT" in tus.create(10).headers["upload-expires"]


def test_a_complete_upload_takes_nothing_more(tus: Tus) -> None:
    place = tus.place(3)
    tus.patch(place, 0, b"abc")
    assert tus.patch(place, 3, b"d").code == "UPLOAD_COMPLETE"
    assert tus.offset(place) == 3
    assert Slide.objects.count() == 1


def test_another_version_of_the_protocol_is_refused(tus: Tus) -> None:
    reply = tus.send("POST", ROOT, {"Tus-Resumable": "0.2.2", "Upload-Length": "1"})
    assert reply.status == 412


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_a_stranger_finds_no_upload(tus: Tus, charlies_tus: Tus, method: str) -> None:
    place = tus.place(10)
    fields = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert charlies_tus.send(method, place, fields, [b"x"]).status == 404
    assert tus.offset(place) == 0


@pytest.mark.parametrize(
    "path", [f"{ROOT}nonsense", f"{ROOT}{uuid.UUID(int=4)}", f"{ROOT}../x"]
)
def test_what_is_no_upload_is_not_here(tus: Tus, path: str) -> None:
    assert tus.send("HEAD", path).status == 404


def test_nobody_is_asked_to_sign_in(upload_threads: None) -> None:
    reply = send("POST", ROOT, {"Tus-Resumable": "1.0.0", "Upload-Length": "1"})
    assert (reply.status, reply.code) == (401, "NOT_SIGNED_IN")


def test_a_reader_may_not_upload(upload_threads: None) -> None:
    reader = Tus(make_user("rita", role=User.Role.READER))
    assert reader.create(5).code == "NO_PERMISSION"


def test_a_file_over_the_limit_is_refused_at_once(tus: Tus, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    assert tus.create(101).code == "UPLOAD_TOO_LARGE"


def test_unfinished_uploads_count_towards_the_quota(
    tus: Tus, settings: Settings
) -> None:
    settings.UPLOAD_QUOTA_BYTES = 100
    tus.place(60)
    reply = tus.create(41)
    assert (reply.status, reply.code) == (413, "QUOTA")
    assert tus.create(40).status == 201


def test_a_persons_own_quota_goes_before_the_sites(tus: Tus) -> None:
    User.objects.update(quota_bytes=10)
    assert tus.create(11).code == "QUOTA"


def test_a_full_disk_is_said_before_a_byte_is_sent(
    tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "webapp.slides.uploads.quota.shutil.disk_usage", lambda _: (100, 91, 9)
    )
    reply = tus.create(10)
    assert (reply.status, reply.code) == (507, "DISK_FULL")


def test_an_empty_file_is_refused(tus: Tus) -> None:
    assert tus.create(0).code == "FILE_EMPTY"


@pytest.mark.parametrize("path", ["../a.dat", "/etc/a.dat", "C:\\a.dat", "a/../../b"])
def test_a_place_outside_the_folder_is_refused(tus: Tus, path: str) -> None:
    reply = tus.create(5, folder=str(uuid.uuid4()), relativePath=path)
    assert reply.code == "UPLOAD_PATH"


def test_the_bytes_lie_where_the_settings_say(tus: Tus, data_folder: Path) -> None:
    place = tus.place(5)
    assert PartFile(row(place).id).path.parent == data_folder / "uploads"


def test_metadata_that_is_no_base64_is_refused(tus: Tus) -> None:
    fields = {"Upload-Length": "5", "Upload-Metadata": "filename ###"}
    assert tus.send("POST", ROOT, fields).status == 400


def test_a_length_must_be_known(tus: Tus) -> None:
    fields = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(filename="a")}
    assert tus.send("POST", ROOT, fields).code == "UPLOAD_INVALID"
