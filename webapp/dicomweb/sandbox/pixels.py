"""Where the frames of an object lie in its file."""

from __future__ import annotations

import os
import struct
from array import array
from pathlib import Path
from typing import Any, BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import UID

from dragonfly.slide.dicom_fragments import FrameSpans, locate_frames
from webapp.dicomweb.sandbox.refusal import NOT_UNDERSTOOD, Refusal

_TAGS = {(0x7FE0, 0x0010): 0, (0x7FE0, 0x0008): 32, (0x7FE0, 0x0009): 64}
"""Pixel data and the bits of a sample where the attributes do not state them."""
MOST_FRAMES = 2**22


def locate_pixels(
    file: BinaryIO, header: Dataset, syntax: UID, folder: Path
) -> dict[str, Any]:
    """Find the pixels after the header; nothing for an object without any.

    Args:
        file: where the header ended.

    Raises:
        Refusal: C000, the file ends before its pixels do or holds fewer frames.
    """
    start = file.tell()
    order = "<" if syntax.is_little_endian else ">"
    head = file.read(12)
    if len(head) < 8:
        return {}
    bits = _TAGS.get(struct.unpack(f"{order}HH", head[:4]))
    if bits is None:
        return {}
    value_at = start + (8 if syntax.is_implicit_VR else 12)
    frames = max(1, int(header.get("NumberOfFrames") or 1))
    found = {"pixels_at": value_at, "frame_count": frames}
    if syntax.is_encapsulated:
        _write_spans(file, header, value_at, frames, folder)
        return found | {"frame_bytes": 0}
    length = struct.unpack(f"{order}I", head[value_at - start - 4 : value_at - start])[
        0
    ]
    frame_bytes = _image_bytes(header, bits, 1)
    if value_at + length > os.fstat(file.fileno()).st_size:
        raise _cut_short()
    if _image_bytes(header, bits, frames) > length:
        raise Refusal(NOT_UNDERSTOOD, "Its pixels are fewer than its header states.")
    return found | {"frame_bytes": frame_bytes, "pixel_bytes": length}


def _image_bytes(header: Dataset, bits: int, frames: int) -> int:
    area = int(header.get("Rows") or 0) * int(header.get("Columns") or 0)
    samples = int(header.get("SamplesPerPixel") or 1)
    if header.get("PhotometricInterpretation") == "YBR_FULL_422":
        samples = 2
    allocated = bits or int(header.get("BitsAllocated") or 8)
    return area * samples * allocated * frames // 8


def _write_spans(
    file: BinaryIO, header: Dataset, value_at: int, frames: int, folder: Path
) -> None:
    """Write `frames.bin`, numbers of eight bytes each.

    For each frame the number of its first fragment, and one more; then position and
    length of each fragment.
    """
    if frames > MOST_FRAMES:
        raise Refusal(NOT_UNDERSTOOD, "It states more frames than can be true.")
    file.seek(value_at)
    spans = locate_frames(file, frames, header.get("ExtendedOffsetTable"))
    _refuse_missing(spans, frames, os.fstat(file.fileno()).st_size)
    firsts, pairs = array("Q", [0]), array("Q")
    for frame in spans.frames:
        for span in frame:
            pairs.extend(span)
        firsts.append(firsts[-1] + len(frame))
    with (folder / "frames.bin").open("wb") as target:
        firsts.tofile(target)
        pairs.tofile(target)


def _refuse_missing(spans: FrameSpans, frames: int, size: int) -> None:
    if len(spans.frames) != frames or not all(spans.frames):
        raise _cut_short()
    if any(at + length > size for frame in spans.frames for at, length in frame):
        raise _cut_short()


def _cut_short() -> Refusal:
    return Refusal(NOT_UNDERSTOOD, "It ends before its pixels do.")
