"""One DICOM file with encapsulated frames, written without holding them in memory."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import Dataset

MOST_BASIC = 2**32
"""Bytes that the Basic Offset Table can count (PS3.5 section A.4)."""
_ITEM = b"\xfe\xff\x00\xe0"
_END = b"\xfe\xff\xdd\xe0" + bytes(4)
_PIXEL_DATA = b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff"


def write_file(path: Path, header: Dataset, frames: Iterable[bytes]) -> None:
    """Write header and frames, one fragment each, with a table of their offsets.

    Beyond 4 GiB it is the Extended Offset Table. `header` gets what is known only
    after the last frame.
    """
    aside = path.with_suffix(".frames")
    with aside.open("wb") as kept:
        lengths = [_fragment(kept, frame) for frame in frames]
    places = [0]
    for length in lengths:
        places.append(places[-1] + 8 + length + length % 2)
    pixels = header.Rows * header.Columns * 3 * len(lengths)
    header.NumberOfFrames = len(lengths)
    header.LossyImageCompressionRatio = f"{pixels / max(1, sum(lengths)):.6g}"
    table = struct.pack(f"<{len(lengths)}I", *places[:-1]) if _fits(places) else b""
    if not table:
        header.ExtendedOffsetTable = struct.pack(f"<{len(lengths)}Q", *places[:-1])
        header.ExtendedOffsetTableLengths = struct.pack(f"<{len(lengths)}Q", *lengths)
    header.save_as(path, enforce_file_format=True)
    with path.open("ab") as file, aside.open("rb") as kept:
        file.write(_PIXEL_DATA + _ITEM + struct.pack("<I", len(table)) + table)
        shutil.copyfileobj(kept, file, 2**20)
        file.write(_END)
    aside.unlink()


def _fits(places: list[int]) -> bool:
    return places[-1] < MOST_BASIC


def _fragment(file: BinaryIO, frame: bytes) -> int:
    padding = bytes(len(frame) % 2)
    file.write(_ITEM + struct.pack("<I", len(frame) + len(padding)) + frame + padding)
    return len(frame)
