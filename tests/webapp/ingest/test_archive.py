"""Zip files that strangers make."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from dragonfly.errors import DragonflyError
from tests.slides import write_dicom_wsi, write_pyramid
from tests.webapp.ingest.arriving import prepared, zipped
from webapp.accounts.models import User
from webapp.slides.ingest import archive
from webapp.slides.ingest.archive import unpack


def packed(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for member, data in members:
            file.writestr(member, data)
    return path


def refusal(path: Path, folder: Path) -> str:
    with pytest.raises(DragonflyError) as refused:
        unpack(path, folder)
    return refused.value.code


def patched(path: Path, signature: bytes, offset: int, value: bytes) -> Path:
    """Overwrite a field of each header that begins with `signature`."""
    data = bytearray(path.read_bytes())
    at = data.find(signature)
    while at >= 0:
        data[at + offset : at + offset + len(value)] = value
        at = data.find(signature, at + 1)
    path.write_bytes(data)
    return path


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


@pytest.mark.usefixtures("valkey")
def test_a_zipped_dicom_folder_becomes_a_slide(alice: User, tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "series")
    (tmp_path / "series" / "readme.txt").write_text("notes")
    slide = prepared(alice, zipped(tmp_path / "series", tmp_path / "a.zip"))
    assert (slide.state, slide.width) == ("ready", 640)
    assert sorted(p.name for p in slide.folder.iterdir()) == ["derived", "original"]


@pytest.mark.usefixtures("valkey")
def test_a_zipped_slide_with_notes_beside_it(alice: User, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    write_pyramid(folder / "a.svs")
    (folder / "notes.txt").write_text("notes")
    slide = prepared(alice, zipped(folder, tmp_path / "a.zip"))
    assert (slide.state, slide.entry[37:]) == ("ready", "original/slide.svs")


def test_files_come_out_where_they_belong(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("x/y/é 🫀.dat", b"1"), ("x/b", b"2"))
    unpack(path, tmp_path / "out")
    assert (tmp_path / "out" / "x" / "y" / "é 🫀.dat").read_bytes() == b"1"


def test_what_a_mac_adds_is_left_out(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.zip",
        ("a.svs", b"1"),
        ("__MACOSX/._a.svs", b"2"),
        (".DS_Store", b"3"),
    )
    unpack(path, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.svs"]


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/evil", "C:\\evil", "..\\evil"]
)
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", ("good", b"1"), (name, b"2"))
    assert refusal(path, tmp_path / "in" / "out") == "UPLOAD_PATH"
    assert not list(tmp_path.rglob("*evil*"))


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = packed(tmp_path / "a.zip", (link, b"/etc/passwd"))
    assert refusal(path, tmp_path / "out") == "ARCHIVE_UNSUPPORTED"


def test_a_password_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a", b"1"))
    patched(path, LOCAL, 6, b"\x01\x00")
    patched(path, CENTRAL, 8, b"\x01\x00")
    assert refusal(path, tmp_path / "out") == "ARCHIVE_ENCRYPTED"


def test_an_unusual_compression_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("a", b"1")
    assert refusal(path, tmp_path / "out") == "ARCHIVE_UNSUPPORTED"


def test_a_bomb_is_stopped_by_its_ratio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "RATIO_FREE_BYTES", 1 << 20)
    path = packed(tmp_path / "a.zip", ("zeros", bytes(8 << 20)))
    assert refusal(path, tmp_path / "out") == "ARCHIVE_TOO_LARGE"
    assert sum(p.stat().st_size for p in (tmp_path / "out").iterdir()) <= 2 << 20


def test_a_bomb_that_lies_about_its_size_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "RATIO_FREE_BYTES", 1 << 20)
    path = packed(tmp_path / "a.zip", ("zeros", bytes(8 << 20)))
    patched(path, CENTRAL, 24, struct.pack("<I", 100))
    code = refusal(path, tmp_path / "out")
    assert code in ("ARCHIVE_TOO_LARGE", "ARCHIVE_CORRUPT")
    assert sum(p.stat().st_size for p in (tmp_path / "out").iterdir()) <= 2 << 20


def test_no_more_comes_out_than_an_upload_may_have(
    tmp_path: Path, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    path = packed(tmp_path / "a.zip", ("a", bytes(60)), ("b", bytes(60)))
    assert refusal(path, tmp_path / "out") == "ARCHIVE_TOO_LARGE"


def test_too_many_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    path = packed(tmp_path / "a.zip", *((f"{n}", b"1") for n in range(3)))
    assert refusal(path, tmp_path / "out") == "ARCHIVE_TOO_LARGE"


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a", b"1"), ("A", b"2"))
    assert refusal(path, tmp_path / "out") == "UPLOAD_PATH"


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    assert refusal(packed(tmp_path / "a.zip"), tmp_path / "out") == "ARCHIVE_EMPTY"


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a", bytes(1000)))
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path, tmp_path / "out") == "ARCHIVE_CORRUPT"


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("a", b"0123456789")
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123X56789"))
    assert refusal(path, tmp_path / "out") == "ARCHIVE_CORRUPT"
