"""Other forms of a stored object: plain, and single frames decoded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian

from dragonfly.slide.dicom_file import DicomFile


def explicit(folder: Path, source: str) -> dict[str, Any]:
    """Write the object as Explicit VR Little Endian to `explicit.dcm`."""
    dataset = dcmread(source)
    if dataset.file_meta.TransferSyntaxUID.is_compressed:
        dataset.decompress(generate_instance_uid=False)
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(
        folder / "explicit.dcm",
        implicit_vr=False,
        little_endian=True,
        enforce_file_format=True,
    )
    return {}


def decode(folder: Path, source: str, frames: list[int]) -> dict[str, Any]:
    """Write these frames, counted from 1, as little-endian samples to `<n>.raw`."""
    file = DicomFile(Path(source))
    for number in frames:
        values = np.ascontiguousarray(file.frame(number - 1)[0])
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        (folder / f"{number}.raw").write_bytes(little.tobytes())
    return {}
