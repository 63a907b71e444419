"""`deidentify_file`: one DICOM file to a de-identified one; pixels are copied as is.

Runs in the sandbox, so it knows neither database nor settings.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, AllTransferSyntaxes

from webapp.deidentification.cleaning import clean
from webapp.deidentification.pixels import doubt_of_pixels
from webapp.deidentification.pseudonyms import Pseudonyms

PIXEL_TAGS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
UNDEFINED = 0xFFFFFFFF
ITEM, END_OF_ITEMS = 0xFFFEE000, 0xFFFEE0DD
PIECE = 2**20


class Profile(NamedTuple):
    """How to de-identify."""

    secret: bytes
    moves_dates: bool = False
    looked_at: bool = False


def deidentify_file(source: Path, target: Path, profile: Profile) -> dict[str, Any]:
    """Write the de-identified copy of `source`.

    Returns:
        `study`, `series` and `instance`, its new UIDs; `done`, a count per kind; and
        `why`: it is withheld for this reason and nothing was written, or "".

    Raises:
        ValueError: it ends within its pixels.
    """
    with source.open("rb") as file:
        header = dcmread(file, stop_before_pixels=True)
        pixels = _pixels(file, header)
        why = doubt_of_pixels(
            header, has_pixels=bool(pixels), looked_at=profile.looked_at
        )
        names = Pseudonyms(profile.secret)
        done = clean(header, names, moves_dates=profile.moves_dates)
        if profile.looked_at and pixels:
            header.BurnedInAnnotation = "NO"
        if not why:
            _write(header, target)
            with target.open("ab") as out:
                _copy(file, pixels, out)
    return {
        "study": str(header.StudyInstanceUID),
        "series": str(header.SeriesInstanceUID),
        "instance": str(header.SOPInstanceUID),
        "done": dict(done),
        "why": why,
    }


def _write(header: Dataset, target: Path) -> None:
    header.file_meta = _fresh_meta(header)
    header.preamble = bytes(128)
    header.save_as(target, enforce_file_format=True)


def _fresh_meta(header: Dataset) -> FileMetaDataset:
    """Without the titles and addresses that senders leave in there."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = header.SOPClassUID
    meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    syntax = UID(header.file_meta.TransferSyntaxUID)
    if syntax not in AllTransferSyntaxes or syntax.is_deflated:
        raise ValueError("The transfer syntax is not one that can be copied.")
    meta.TransferSyntaxUID = syntax
    return meta


def _pixels(file: BinaryIO, header: Dataset) -> range:
    """Where the pixel data lie, with tag and length; empty if there are none.

    What follows them (padding, signatures that hold no longer) is left out.
    """
    syntax = UID(header.file_meta.TransferSyntaxUID)
    order = "<" if syntax.is_little_endian else ">"
    start = file.tell()
    head = file.read(12)
    if len(head) < 8 or _tag(head, order) not in PIXEL_TAGS:
        return range(0)
    size = 8 if syntax.is_implicit_VR else 12
    (length,) = struct.unpack(f"{order}I", head[size - 4 : size])
    file.seek(start + size)
    if length == UNDEFINED:
        _skip_items(file)
    else:
        file.seek(length, 1)
    return range(start, file.tell())


def _tag(data: bytes, order: str = "<") -> int:
    group, element = struct.unpack(f"{order}HH", data[:4])
    return int(group) << 16 | int(element)


def _skip_items(file: BinaryIO) -> None:
    """Fragments up to their end (PS3.5 annex A.4), which are little endian."""
    while len(head := file.read(8)) == 8:
        tag, length = _tag(head), int.from_bytes(head[4:], "little")
        if tag == END_OF_ITEMS:
            return
        if tag != ITEM or length == UNDEFINED:
            break
        file.seek(length, 1)
    raise ValueError("The pixels have no end.")


def _copy(file: BinaryIO, part: range, out: BinaryIO) -> None:
    file.seek(part.start)
    left = len(part)
    while left:
        piece = file.read(min(left, PIECE))
        if not piece:
            raise ValueError("The file ends before its pixels do.")
        out.write(piece)
        left -= len(piece)
