"""From measured values to grey levels, where a file leaves the window open."""

import numpy as np
from numpy.typing import NDArray

from dragonfly.slide.note import Note
from dragonfly.slide.pixels import Pixels

# Values that a percentile is taken of; more would cost memory and change nothing.
_SAMPLE = 2**22

LOW_PERCENT, HIGH_PERCENT = 0.5, 99.5

WINDOW_DERIVED = Note(
    "WINDOW_DERIVED",
    "The file does not say which brightness range to show. The middle 99 % of its "
    "values are spread from black to white.",
)


def derived_window(values: NDArray[np.generic]) -> tuple[float, float]:
    """The values to show as black and as white: the 0.5th and the 99.5th percentile."""
    thinned = values.ravel()[:: max(1, values.size // _SAMPLE)]
    finite = thinned[np.isfinite(thinned)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(finite, (LOW_PERCENT, HIGH_PERCENT))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    return float(low), float(max(high, low + 1e-12 + abs(low) * 1e-12))


def spread(values: NDArray[np.generic], low: float, high: float) -> Pixels:
    """(h, w) values to (h, w, 3) grey: `low` black, `high` white, NaN black."""
    scaled = (values.astype(np.float32) - low) * (255.0 / (high - low))
    return grey_rgb(np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0))


def grey_rgb(grey: NDArray[np.floating]) -> Pixels:
    """(h, w) numbers of 0 to 255 to (h, w, 3); rounded and clipped."""
    bytes_ = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return np.repeat(bytes_[:, :, None], 3, axis=2)
