"""Objects that were made to do harm, and what becomes of them."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path

import pytest
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RawDataStorage,
)

from tests.webapp.dicomweb.stow import Stow, part10, picture
from webapp.dicomweb.models import Instance


def with_meta(data: bytes, syntax: str, body: bytes | None = None) -> bytes:
    """The object `data` with another transfer syntax stated, and perhaps body."""
    old = ExplicitVRLittleEndian.encode() + b"\0"
    start = data.index(old) + len(old)
    length = struct.unpack("<I", data[140:144])[0]
    new = syntax.encode() + b"\0" * (len(syntax) % 2)
    head = (
        data[:140] + struct.pack("<I", length + len(new) - len(old)) + data[144:start]
    )
    end = 144 + length
    head = head[: -len(old) - 2] + struct.pack("<H", len(new)) + new + data[start:end]
    return head + (data[end:] if body is None else body)


@pytest.mark.parametrize("data", [b"", b"\0" * 132, b"\x7fELF" * 500])
def test_rubbish_is_not_understood(stow: Stow, data: bytes) -> None:
    reply = stow.store(data)
    assert (reply.status, reply.reasons) == (409, [0xC000])


def test_cut_off_pixels_are_refused(stow: Stow) -> None:
    reply = stow.store(part10(picture())[:-20])
    assert (reply.status, reply.reasons) == (409, [0xC000])


def test_a_deflate_bomb_is_out_of_resources(stow: Stow) -> None:
    data = part10(picture())
    packer = zlib.compressobj(9, wbits=-15)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(200)) + packer.flush()
    reply = stow.store(with_meta(data, DeflatedExplicitVRLittleEndian, bomb))
    assert (reply.status, reply.reasons) == (409, [0xA700])


def test_a_deflated_object_is_stored_plain(stow: Stow) -> None:
    data = part10(picture(PatientID="P9"))
    end = 144 + struct.unpack("<I", data[140:144])[0]
    packer = zlib.compressobj(9, wbits=-15)
    body = packer.compress(data[end:]) + packer.flush()
    sent = with_meta(data, DeflatedExplicitVRLittleEndian, body)
    assert stow.store(sent).status == 200
    kept = Instance.objects.get()
    assert kept.transfer_syntax == ExplicitVRLittleEndian
    assert kept.path.read_bytes().endswith(data[end:])
    assert stow.store(data).status == 200


def test_twenty_thousand_nested_sequences_do_no_harm(stow: Stow) -> None:
    head = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    data = part10(picture())
    end = 144 + struct.unpack("<I", data[140:144])[0]
    reply = stow.store(data[:end] + head * 20_000)
    assert (reply.status, reply.reasons) == (409, [0xC000])
    assert stow.store(picture()).status == 200


@pytest.mark.parametrize("uid", ["../../../../pwned", "1." * 42 + "1", "", "1..2"])
def test_what_is_no_uid_is_refused(stow: Stow, uid: str, tmp_path: Path) -> None:
    sent = picture()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sent.SOPInstanceUID = UID(uid)
        sent.file_meta.MediaStorageSOPInstanceUID = UID("1.2")
        data = part10(sent)
    reply = stow.store(data)
    assert (reply.status, reply.reasons) == (409, [0xC000])
    assert not list(tmp_path.rglob("*pwned*"))


def test_an_unknown_class_is_not_supported(stow: Stow) -> None:
    sent = picture()
    sent.SOPClassUID = sent.file_meta.MediaStorageSOPClassUID = RawDataStorage
    reply = stow.store(sent)
    assert reply.reasons == [0x0122]
    assert reply.items("00081198")[0]["00081155"]["Value"] == [sent.SOPInstanceUID]


def test_an_unknown_transfer_syntax_is_not_supported(stow: Stow) -> None:
    reply = stow.store(with_meta(part10(picture()), "1.2.840.10008.1.2.4.100"))
    assert reply.reasons == [0xC122]


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, "1.2.840.10008.1.2"])
def test_a_transfer_syntax_that_lies_is_refused(stow: Stow, syntax: str) -> None:
    reply = stow.store(with_meta(part10(picture()), syntax))
    assert reply.reasons == [0xC000]


def test_a_program_in_the_preamble_is_cleared(stow: Stow) -> None:
    stow.store(b"MZ" + b"\x90" * 126 + part10(picture())[128:])
    assert Instance.objects.get().path.read_bytes()[:128] == bytes(128)


def test_more_frames_than_can_be_true_do_no_harm(stow: Stow) -> None:
    assert stow.store(picture(NumberOfFrames=2**31 - 1)).status in (200, 409)
