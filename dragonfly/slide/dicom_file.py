"""One DICOM file: its header, and its frames decoded one at a time.

Only the frames asked for are read from the file, so that a slide of gigabytes costs
no more memory than a picture. What the values mean is `dicom_presentation`'s.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.pixels.utils import as_pixel_options
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGExtended12Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from dragonfly.errors import SlideError
from dragonfly.geometry import Size
from dragonfly.slide.dicom_damage import refusing_damage
from dragonfly.slide.dicom_fragments import FrameSpans, Span, locate_frames
from dragonfly.slide.gdcm_jpeg import decode_12_bit

PIXEL_KEYWORDS = {
    (0x7FE0, 0x0010): "PixelData",
    (0x7FE0, 0x0008): "FloatPixelData",
    (0x7FE0, 0x0009): "DoubleFloatPixelData",
}

# On damaged frames the other decoders of these take many seconds (GDCM) or end the
# thread with an exception that is no `Exception` (pylibjpeg-rle).
_TRUSTED = {
    RLELossless: "pydicom",
    JPEGLSLossless: "pyjpegls",
    JPEGLSNearLossless: "pyjpegls",
}


class DicomFile:
    """The header of one instance and the way to its frames.

    Raises:
        SlideError: `FORMAT_CORRUPT`, `DICOM_NOT_IMAGE`, `DICOM_TRANSFER_SYNTAX`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with refusing_damage(), path.open("rb") as file:
            self.header = dcmread(file, stop_before_pixels=True, force=True)
            self.transfer_syntax = _transfer_syntax(self.header)
            self._value_at, self._element, self._vr = _pixel_element(file, self.header)
            self._decoder = _decoder(self.transfer_syntax)
            self.size = _frame_size(self.header)
            self.frame_count = max(1, int(self.header.get("NumberOfFrames") or 1))
            if not self.transfer_syntax.is_encapsulated:
                self._refuse_cut_short()

    @property
    def is_slide(self) -> bool:
        """Whether it is one level, label or overview of a whole-slide image."""
        stated = self.header.get("Modality")
        return "TotalPixelMatrixColumns" in self.header and stated == "SM"

    def frame(self, index: int) -> tuple[NDArray[np.generic], str]:
        """Frame `index` as stored values, (h, w) or (h, w, 3), and what they mean.

        The second value is the photometric interpretation after decoding: YBR comes
        back as RGB.

        Raises:
            SlideError: `FORMAT_CORRUPT`, the frame cannot be decoded.
        """
        with refusing_damage():
            return self._decoded(index)

    def stored(self, index: int) -> bytes:
        """The stored bytes of an encapsulated frame."""
        with self.path.open("rb") as file:
            return self._spans.read(file, index)

    def frame_spans(self) -> tuple[tuple[Span, ...], ...]:
        """The (position, length) of every fragment of every encapsulated frame."""
        return self._spans.frames

    def _decoded(self, index: int) -> tuple[NDArray[np.generic], str]:
        if self._element != "PixelData":
            return self._float_frame(index), "MONOCHROME2"
        if self.transfer_syntax.is_encapsulated:
            return self._compressed_frame(self.stored(index))
        with self.path.open("rb") as file:
            file.seek(self._value_at)
            return self._through_pydicom(file, index, self.frame_count)

    def _compressed_frame(self, data: bytes) -> tuple[NDArray[np.generic], str]:
        bits = int(self.header.BitsStored)
        if self.transfer_syntax == JPEGExtended12Bit and bits > 8:
            meaning = str(self.header.PhotometricInterpretation)
            return decode_12_bit(data, self.size, bits), meaning
        return self._through_pydicom(encapsulate([data], has_bot=False), 0, 1)

    def _through_pydicom(
        self, source: bytes | BinaryIO, index: int, frame_count: int
    ) -> tuple[NDArray[np.generic], str]:
        options: dict[str, Any] = as_pixel_options(self.header)
        options.pop("extended_offsets", None)
        options |= {
            "number_of_frames": frame_count,
            "pixel_keyword": "PixelData",
            "pixel_vr": self._vr,
        }
        plugin = _TRUSTED.get(self.transfer_syntax, "")
        values, meta = self._decoder.as_array(
            source, index=index, decoding_plugin=plugin, **options
        )
        return values, str(meta["photometric_interpretation"])

    def _float_frame(self, index: int) -> NDArray[np.generic]:
        order = "<" if self.transfer_syntax.is_little_endian else ">"
        kind = np.dtype(f"{order}f{4 if self._element == 'FloatPixelData' else 8}")
        with self.path.open("rb") as file:
            file.seek(self._value_at + index * self.size.area * kind.itemsize)
            data = file.read(self.size.area * kind.itemsize)
        return np.frombuffer(data, kind).reshape(self.size.height, self.size.width)

    @cached_property
    def _spans(self) -> FrameSpans:
        table = self.header.get("ExtendedOffsetTable")
        with self.path.open("rb") as file:
            file.seek(self._value_at)
            return locate_frames(file, self.frame_count, table)

    def _refuse_cut_short(self) -> None:
        bits = int(self.header.get("BitsAllocated") or 64)
        samples = int(self.header.get("SamplesPerPixel") or 1)
        if self.header.get("PhotometricInterpretation") == "YBR_FULL_422":
            samples = 2
        wanted = self.size.area * samples * bits * self.frame_count // 8
        if self._element == "FloatPixelData":
            wanted = self.size.area * 4 * self.frame_count
        if self._value_at + wanted > self.path.stat().st_size:
            raise SlideError(
                "FORMAT_CORRUPT",
                "The DICOM file ends before its pixels do. Export or send it again.",
            )


def is_dicom(path: Path) -> bool:
    """Whether the file begins as DICOM Part 10 does (PS3.10 section 7.1)."""
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _transfer_syntax(header: Dataset) -> UID:
    """As stated; a file without a preamble is implicit little endian by default."""
    stated = header.file_meta.get("TransferSyntaxUID")
    if stated:
        return UID(stated)
    implicit, little = header.original_encoding
    if implicit is None or implicit:
        return UID(ImplicitVRLittleEndian)
    return UID(ExplicitVRLittleEndian if little else ExplicitVRBigEndian)


def _pixel_element(file: BinaryIO, header: Dataset) -> tuple[int, str, str]:
    """Where the pixel data's value begins, which element holds it and as what VR."""
    # As the file is written, which is not always as its transfer syntax says.
    little = header.original_encoding[1]
    order: Literal["little", "big"] = "little" if little in (True, None) else "big"
    head = file.read(12)
    tag = (int.from_bytes(head[0:2], order), int.from_bytes(head[2:4], order))
    if len(head) < 8 or tag not in PIXEL_KEYWORDS:
        raise SlideError(
            "DICOM_NOT_IMAGE",
            "This DICOM object holds no picture, for example a report or a plan.",
        )
    if head[4:6].isalpha():
        return file.tell(), PIXEL_KEYWORDS[tag], head[4:6].decode("ascii")
    return file.tell() - 4, PIXEL_KEYWORDS[tag], "OW"


def _decoder(syntax: UID) -> Decoder:
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise _unsupported(syntax) from None
    if syntax == DeflatedExplicitVRLittleEndian or not decoder.is_available:
        raise _unsupported(syntax)
    return decoder


def _unsupported(syntax: UID) -> SlideError:
    return SlideError(
        "DICOM_TRANSFER_SYNTAX",
        f"The pixels are compressed as \N{LEFT DOUBLE QUOTATION MARK}{syntax.name}"
        "\N{RIGHT DOUBLE QUOTATION MARK}, which cannot be decoded here. Send the "
        "object uncompressed or as JPEG.",
    )


def _frame_size(header: Dataset) -> Size:
    sides: Sequence[object] = (header.get("Columns"), header.get("Rows"))
    if not all(isinstance(side, int) and side > 0 for side in sides):
        raise SlideError(
            "FORMAT_CORRUPT",
            "The DICOM file does not say how many rows and columns its picture has.",
        )
    return Size(int(header.Columns), int(header.Rows))
