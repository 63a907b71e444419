"""Deflated data sets (PS3.5 annex A.5) made plain, bounded, before any parsing."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import ExplicitVRLittleEndian

from webapp.dicomweb.sandbox.refusal import OUT_OF_RESOURCES, Refusal

MOST_RATIO = 100
LEAST_BOUND = 16 * 2**20
_PIECE = 2**16


def inflate(source: BinaryIO, meta: FileMetaDataset, target: Path, length: int) -> None:
    """Write `target` as Explicit VR Little Endian.

    Args:
        source: at the beginning of the deflated data set, `length` bytes long.

    Raises:
        Refusal: A700, it grows more than a hundredfold.
        zlib.error: it is no such stream.
    """
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    bound = max(LEAST_BOUND, length * MOST_RATIO)
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    with target.open("wb") as plain:
        plain.write(bytes(128) + b"DICM")
        write_file_meta_info(DicomFileLike(plain), meta, enforce_standard=True)
        written = 0
        while piece := source.read(_PIECE):
            while piece:
                out = stream.decompress(piece, _PIECE * 4)
                written += len(out)
                if written > bound:
                    raise Refusal(
                        OUT_OF_RESOURCES, "It inflates to far too many bytes."
                    )
                plain.write(out)
                piece = stream.unconsumed_tail
        plain.write(stream.flush())
