"""DICOM lookup tables: modality and values of interest (PS3.3 C.11.1 and C.11.2).

Written here because pydicom 3.0 keeps the index in the width of the table's entries, so
that an 8-bit table of more than 256 entries repeats itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset


@dataclass(frozen=True, slots=True)
class LookUpTable:
    """`entries[value - first]`; below and above it, the first and the last entry."""

    entries: NDArray[np.float32]
    first: int
    top: float
    """The largest value that an entry may have."""

    @classmethod
    def of(cls, item: Dataset, *, signed: bool, little_endian: bool) -> "LookUpTable":
        """The table of one item of a Modality or VOI LUT Sequence.

        Raises:
            ValueError: the table has no entry.
        """
        count, first, bits = (int(part) for part in item.LUTDescriptor)
        data = item.LUTData
        if isinstance(data, bytes):
            wide = len(data) >= 2 * (count or 2**16)
            kind = f"{'<' if little_endian else '>'}u{2 if wide else 1}"
            data = np.frombuffer(data, kind)
        entries = np.atleast_1d(np.asarray(data, np.float32))[: count or 2**16]
        if entries.size == 0:
            raise ValueError("empty lookup table")
        # The first value mapped is stored as 16 bits without saying if they are signed.
        if signed and first >= 2**15:
            first -= 2**16
        return cls(entries, first, float(2**bits - 1))

    def apply(self, values: NDArray[np.generic]) -> NDArray[np.float32]:
        """The entries for (h, w) values, which are rounded first."""
        index = np.rint(values.astype(np.float64)) - self.first
        clipped = np.clip(index, 0, self.entries.size - 1).astype(np.int64)
        return np.asarray(self.entries[clipped])
