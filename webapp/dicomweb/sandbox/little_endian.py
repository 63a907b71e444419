"""Objects in the retired big endian (PS3.5-2016b section A.3) turned round at the door.

Behind it no reader needs to know that order of bytes.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import DataElement
from pydicom.uid import ExplicitVRLittleEndian

_WORD_BYTES = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}


def make_little_endian(path: Path) -> None:
    """Rewrite the file as Explicit VR Little Endian; values keep their meaning."""
    dataset = dcmread(path)
    for element in dataset.iterall():
        _turn(element)
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    fresh = path.with_suffix(".little")
    dcmwrite(
        fresh,
        dataset,
        implicit_vr=False,
        little_endian=True,
        enforce_file_format=True,
    )
    os.replace(fresh, path)


def _turn(element: DataElement) -> None:
    """Numbers are known as numbers; strings of words are turned here."""
    size = _WORD_BYTES.get(element.VR)
    if size is None or not isinstance(element.value, bytes):
        return
    whole = len(element.value) // size * size
    words = np.frombuffer(element.value[:whole], f"u{size}")
    element.value = words.byteswap().tobytes() + element.value[whole:]
