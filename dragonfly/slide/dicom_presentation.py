"""From stored DICOM values to the RGB picture that a viewer shows.

The order is the standard's grey-scale pipeline (PS3.4 annex N.2): modality transform,
values-of-interest transform, then polarity. The result is 8-bit.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import UID, ImplicitVRLittleEndian

from dragonfly.slide.dicom_groups import flattened
from dragonfly.slide.dicom_lut import LookUpTable
from dragonfly.slide.grey_scale import WINDOW_DERIVED, derived_window, grey_rgb, spread
from dragonfly.slide.note import Note
from dragonfly.slide.pixels import Pixels
from dragonfly.slide.quiet import quiet

WINDOW_REPLACED = Note(
    "WINDOW_REPLACED",
    "The brightness range stated in the file shows nothing but one even grey. The "
    "middle 99 % of the values are spread from black to white instead.",
)

Values = NDArray[Any]

_STRIP_VALUES = 2**22


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the frames of one image, or one series of tiles, are shown.

    `window` is the pair of values shown black and white where the file states neither
    a window nor a lookup table, or states a useless one.
    """

    attributes: Dataset
    window: tuple[float, float] | None
    notes: tuple[Note, ...]

    @classmethod
    def of(
        cls, header: Dataset, frame: int, sample: Values, photometric: str
    ) -> "Presentation":
        """Decide from the header and `sample`, stored values typical of the image."""
        attributes = flattened(header, frame)
        stated = cls(attributes, None, ())
        if not photometric.startswith("MONOCHROME"):
            return stated
        thinned = sample.ravel()[:: max(1, sample.size // _STRIP_VALUES)]
        values = stated._modality(thinned)
        if not stated._has_window():
            if stated._is_plain_grey():
                return stated
            return cls(attributes, derived_window(values), (WINDOW_DERIVED,))
        shown = stated._windowed(values)
        if np.ptp(shown) < 1 and np.ptp(values) > 0:
            return cls(attributes, derived_window(values), (WINDOW_REPLACED,))
        return stated

    def to_rgb(self, values: Values, photometric: str) -> Pixels:
        """(h, w) or (h, w, 3) stored values to (h, w, 3) uint8."""
        # Grey levels are computed as 8-byte numbers; strips bound what that takes.
        rows = max(1, _STRIP_VALUES * len(values) // values.size)
        strips = [
            self._strip(values[first : first + rows], photometric)
            for first in range(0, len(values), rows)
        ]
        return strips[0] if len(strips) == 1 else np.concatenate(strips)

    def _strip(self, values: Values, photometric: str) -> Pixels:
        if photometric == "PALETTE COLOR":
            with quiet():
                return _eight_bit(apply_color_lut(values, self.attributes))
        if values.ndim == 3:
            return _eight_bit(values, int(self.attributes.BitsStored))
        return self._grey(values, photometric)

    def _grey(self, values: Values, photometric: str) -> Pixels:
        values = self._modality(values)
        if self.window is not None:
            shown = spread(values, *self.window)
        elif self._has_window():
            shown = grey_rgb(self._windowed(values))
        else:
            shown = spread(values, 0, 2 ** int(self.attributes.BitsStored) - 1)
        return np.asarray(255 - shown) if photometric == "MONOCHROME1" else shown

    def _modality(self, values: Values) -> Values:
        table = self._table("ModalityLUTSequence")
        if table is not None:
            return table.apply(values)
        slope = float(self.attributes.get("RescaleSlope") or 1)
        intercept = float(self.attributes.get("RescaleIntercept") or 0)
        if (slope, intercept) == (1, 0):
            return values
        return np.asarray(values.astype(np.float64) * slope + intercept)

    def _table(self, name: str) -> LookUpTable | None:
        stated = self.attributes
        if not stated.get(name):
            return None
        syntax = stated.file_meta.get("TransferSyntaxUID") or ImplicitVRLittleEndian
        signed = bool(stated.get("PixelRepresentation"))
        return LookUpTable.of(
            stated[name].value[0],
            signed=signed,
            little_endian=UID(syntax).is_little_endian,
        )

    def _has_window(self) -> bool:
        stated = self.attributes
        if stated.get("VOILUTSequence"):
            return True
        return _first(stated.get("WindowCenter")) is not None and (
            (_first(stated.get("WindowWidth")) or 0) > 0
        )

    def _is_plain_grey(self) -> bool:
        """8-bit or less, unsigned and unscaled: the stored values are the picture."""
        stated = self.attributes
        slope = float(stated.get("RescaleSlope") or 1)
        intercept = float(stated.get("RescaleIntercept") or 0)
        unscaled = (slope, intercept) == (1, 0) and "ModalityLUTSequence" not in stated
        small = int(stated.get("BitsStored") or 64) <= 8
        return small and unscaled and not stated.get("PixelRepresentation")

    def _windowed(self, values: Values) -> NDArray[np.floating]:
        """Values of interest as 0 to 255 (PS3.3 C.11.2)."""
        table = self._table("VOILUTSequence")
        if table is not None:
            return table.apply(values) * np.float32(255.0 / table.top)
        center = _first(self.attributes.get("WindowCenter")) or 0.0
        width = _first(self.attributes.get("WindowWidth")) or 1.0
        function = str(self.attributes.get("VOILUTFunction") or "LINEAR").upper()
        x = values.astype(np.float32)
        if function == "SIGMOID":
            shown = 255 / (1 + np.exp(-4 * (x - center) / width))
        elif function == "LINEAR_EXACT" or "BitsStored" not in self.attributes:
            # Real numbers have no step of 1 that the other formula could leave out.
            shown = ((x - center) / width + 0.5) * 255
        else:
            shown = ((x - (center - 0.5)) / max(width - 1, 1e-6) + 0.5) * 255
        return np.asarray(np.clip(shown, 0, 255))


def _first(value: Any) -> float | None:
    if value is None or value == "":
        return None
    many = isinstance(value, (list, tuple)) or hasattr(value, "append")
    if many and not len(value):
        return None
    return float(value[0] if many else value)


def _eight_bit(values: Values, bits: int | None = None) -> Pixels:
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    top = 2 ** (bits or values.dtype.itemsize * 8) - 1
    scaled = values.astype(np.float64) * (255.0 / top)
    eight: Pixels = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return eight
