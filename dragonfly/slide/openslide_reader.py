"""Slides of the vendors' formats, read by OpenSlide.

An OpenSlide handle that met one damaged tile refuses every later read. This reader
therefore repeats a failed read on a fresh handle of its own, and only what fails there
counts as unreadable, so that one thread's damaged tile never spoils another's read.
"""

import math
import threading
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import openslide
from PIL import Image

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide import pixel_size
from dragonfly.slide.limits import Limits
from dragonfly.slide.parallel import run_all
from dragonfly.slide.pixel_size import PixelSize
from dragonfly.slide.pixels import Pixels, over_white
from dragonfly.slide.reader import Facts, Level, Reader, UnreadableError

FORMATS = {
    "aperio": "Aperio SVS",
    "dicom": "DICOM whole-slide image",
    "generic-tiff": "tiled TIFF",
    "hamamatsu": "Hamamatsu",
    "leica": "Leica SCN",
    "mirax": "MIRAX MRXS",
    "philips": "Philips TIFF",
    "sakura": "Sakura SVSLIDE",
    "synthetic": "synthetic",
    "trestle": "Trestle TIFF",
    "ventana": "Ventana BIF",
    "zeiss": "Zeiss CZI",
}


SHRINKS = (2,)
"""A mean of 2 x 2 pixels needs no more than the tiles that are halved; a wider filter
would have all of their neighbours decoded too."""
_STRIP_PIXELS = 2**21
_ASSOCIATED_PIXELS = 2**26


class OpenSlideReader(Reader):
    """One slide through OpenSlide; `files` are the files that it consists of."""

    def __init__(self, path: Path, files: tuple[Path, ...], limits: Limits) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._handle = openslide.OpenSlide(path)
        self._cache = openslide.OpenSlideCache(limits.max_cache_bytes)
        self._cache_bytes = limits.max_cache_bytes
        self._handle.set_cache(self._cache)
        self.facts = _facts(self._handle, files)
        self._cells = tuple(
            _cell(self._handle.properties, i) for i in range(len(self.facts.levels))
        )

    def read(self, level: int, box: Region, shrink: int = 1) -> Pixels:
        height, width = -(-box.height // shrink), -(-box.width // shrink)
        pixels = np.empty((height, width, 3), np.uint8)

        def fill(first: int, last: int) -> None:
            strip = Region(box.x, box.y + first, box.width, last - first)
            read = self._read_strip(level, strip)
            if shrink > 1:
                read = np.asarray(Image.fromarray(read).reduce(shrink))
            pixels[first // shrink : -(-last // shrink)] = read

        # OpenSlide hands out four bytes per pixel, twice over; strips bound that.
        rows = max(1, _STRIP_PIXELS // box.width // shrink) * shrink
        cuts = [*range(0, box.height, rows), box.height]
        run_all([partial(fill, *span) for span in pairwise(cuts)])
        return pixels

    def _read_strip(self, level: int, box: Region) -> Pixels:
        with self._lock:
            handle = self._handle
        try:
            return self._read_from(handle, level, box)
        except openslide.OpenSlideError:
            pass
        try:
            fresh = openslide.OpenSlide(self._path)
            fresh.set_cache(self._cache)
            pixels = self._read_from(fresh, level, box)
        except openslide.OpenSlideError:
            raise UnreadableError from None
        with self._lock:
            # The spoilt handle is dropped, not closed: another thread may be inside it.
            self._handle = fresh
        return pixels

    def cell(self, level: int) -> Size:
        return self._cells[level]

    def shrinks(self, level: int) -> tuple[int, ...]:
        return SHRINKS

    def associated_image(self, name: str) -> Image.Image:
        if name not in self.facts.associated_names:
            raise KeyError(name)
        claimed = Size(
            *(
                int(self.facts.properties[f"openslide.associated.{name}.{side}"])
                for side in ("width", "height")
            )
        )
        if claimed.area > _ASSOCIATED_PIXELS:
            raise _unreadable_picture(name)
        try:
            with openslide.OpenSlide(self._path) as fresh:
                image = fresh.associated_images[name]
        # A damaged picture may be gone when the file is opened again.
        except (openslide.OpenSlideError, KeyError):
            raise _unreadable_picture(name) from None
        return Image.fromarray(over_white(np.asarray(image)))

    @property
    def held_bytes(self) -> int:
        return self._cache_bytes

    def close(self) -> None:
        self._handle.close()

    def _read_from(
        self, handle: openslide.OpenSlide, level: int, box: Region
    ) -> Pixels:
        downsample = self.facts.levels[level].downsample
        at = (round(box.x * downsample), round(box.y * downsample))
        image = handle.read_region(at, level, (box.width, box.height))
        return over_white(np.asarray(image))


def _unreadable_picture(name: str) -> SlideError:
    return SlideError(
        "ASSOCIATED_UNREADABLE",
        f"The picture \N{LEFT DOUBLE QUOTATION MARK}{name}"
        "\N{RIGHT DOUBLE QUOTATION MARK} stored with this slide is damaged or huge.",
    )


def _facts(handle: openslide.OpenSlide, files: tuple[Path, ...]) -> Facts:
    properties = dict(handle.properties)
    vendor = properties.get(openslide.PROPERTY_NAME_VENDOR, "unknown")
    power = _number(properties, openslide.PROPERTY_NAME_OBJECTIVE_POWER)
    return Facts(
        vendor=vendor,
        format=FORMATS.get(vendor, vendor),
        levels=tuple(
            Level(Size(*size), downsample)
            for size, downsample in zip(
                handle.level_dimensions, handle.level_downsamples, strict=True
            )
        ),
        pixel_size=_pixel_size(properties, vendor, power),
        objective_power=power,
        properties=properties,
        icc_profile=_icc_profile(handle),
        associated_names=tuple(sorted(handle.associated_images)),
        files=files,
    )


def _pixel_size(
    properties: Mapping[str, str], vendor: str, power: float | None
) -> PixelSize:
    x = _number(properties, openslide.PROPERTY_NAME_MPP_X)
    y = _number(properties, openslide.PROPERTY_NAME_MPP_Y)
    if (x is None or y is None) and power is not None:
        return pixel_size.from_objective(power)
    tag = vendor in ("generic-tiff", "trestle")
    source: pixel_size.PixelSizeSource = "resolution tag" if tag else "file"
    return pixel_size.measured(x, y, source, microscope=True)


def _number(properties: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(properties.get(name, "nan"))
    except ValueError:
        return None
    return value if 0 < value < math.inf else None


def _cell(properties: Mapping[str, str], level: int) -> Size:
    width = _number(properties, f"openslide.level[{level}].tile-width")
    height = _number(properties, f"openslide.level[{level}].tile-height")
    return Size(int(width or 256), int(height or 256))


def _icc_profile(handle: openslide.OpenSlide) -> bytes | None:
    profile = handle.color_profile
    return profile.tobytes() if profile is not None else None
