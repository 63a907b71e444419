"""The physical size of a level-0 pixel, and how far it can be trusted.

It knows numbers and where they came from; it opens no file. A pixel size is never
guessed: without a figure in the file it stays unknown.
"""

import math
from dataclasses import dataclass
from typing import Literal

from dragonfly.slide.note import Note

PixelSizeSource = Literal["file", "objective", "resolution tag", "unknown"]

# Microscope objectives of 2x to 100x with common cameras stay well inside this range;
# a print density such as 72 or 300 dots per inch (353 or 85 um) falls outside.
PLAUSIBLE_UM = (0.05, 20.0)


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Micrometres per pixel along x and y, or None for both when unknown."""

    x: float | None
    y: float | None
    source: PixelSizeSource
    notes: tuple[Note, ...] = ()

    @property
    def mean(self) -> float | None:
        """The geometric mean, which keeps areas right when x and y differ."""
        if self.x is None or self.y is None:
            return None
        return math.sqrt(self.x * self.y)


def _positive(value: float | None) -> float | None:
    return value if value is not None and 0 < value < math.inf else None


def measured(
    x: float | None, y: float | None, source: PixelSizeSource, *, microscope: bool
) -> PixelSize:
    """The pixel size that a file states; unknown when x or y is absent or impossible.

    A microscope's figure outside `PLAUSIBLE_UM` is kept but noted when a vendor's own
    field states it. When only the resolution tag states it, which programs fill with a
    print density, it is dropped: a wrong scale is worse than none.
    """
    x, y = _positive(x), _positive(y)
    if x is None or y is None:
        return unknown()
    notes = []
    if abs(x - y) > 0.01 * min(x, y):
        notes.append(_anisotropic(x, y))
    if microscope and not _plausible(x, y):
        notes.append(_suspicious(x, y, dropped=source == "resolution tag"))
        if source == "resolution tag":
            return PixelSize(None, None, "unknown", (*notes, _missing()))
    return PixelSize(x, y, source, tuple(notes))


def from_objective(power: float) -> PixelSize:
    """The usual size at this objective power: 10 um divided by it, and labelled so."""
    size = 10.0 / power
    note = Note(
        "PIXELSIZE_FROM_OBJECTIVE",
        f"The file states no pixel size. {size:.3g} \N{MICRO SIGN}m is what an "
        f"objective of {power:g}x usually gives; calibrate before you measure.",
    )
    return PixelSize(size, size, "objective", (note,))


def unknown() -> PixelSize:
    """No figure in the file."""
    return PixelSize(None, None, "unknown", (_missing(),))


def _missing() -> Note:
    return Note(
        "PIXELSIZE_MISSING",
        "The file does not say how large a pixel is, so nothing can be measured "
        "in micrometres. Enter the pixel size if you know it.",
    )


def _plausible(x: float, y: float) -> bool:
    low, high = PLAUSIBLE_UM
    return low <= x <= high and low <= y <= high


def _suspicious(x: float, y: float, *, dropped: bool) -> Note:
    said = f"{x:.4g} x {y:.4g} \N{MICRO SIGN}m"
    ending = "It is not used." if dropped else "Check it before you measure."
    return Note(
        "PIXELSIZE_SUSPICIOUS",
        f"The file states a pixel of {said}, which no microscope gives; it may be a "
        f"print resolution. {ending}",
    )


def _anisotropic(x: float, y: float) -> Note:
    return Note(
        "PIXELSIZE_ANISOTROPIC",
        f"Pixels are not square: {x:.4g} x {y:.4g} \N{MICRO SIGN}m.",
    )
