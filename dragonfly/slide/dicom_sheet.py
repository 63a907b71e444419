"""A DICOM series of many pictures as one slide: a sheet of them, as on a light box.

The pictures lie in rows in the order of their instance numbers, each in a cell of the
same size. So a CT series can be looked at, zoomed into and asked about like any slide,
and a region of it says which picture it is of. Coarser levels are made when read.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide.dicom_damage import refusing_damage
from dragonfly.slide.dicom_file import DicomFile
from dragonfly.slide.dicom_image import safe_properties, spacing
from dragonfly.slide.dicom_presentation import Presentation
from dragonfly.slide.limits import Limits
from dragonfly.slide.note import Note
from dragonfly.slide.pixel_size import PixelSize, unknown
from dragonfly.slide.pixels import Pixels
from dragonfly.slide.reader import Facts, Level, Reader, UnreadableError
from dragonfly.slide.tile_cache import TileCache

COARSEST_SIDE = 1024
MOST_PICTURES = 4096
Picture = tuple[DicomFile, int]


class DicomSheetReader(Reader):
    """All pictures of one series; `files` are in any order.

    Raises:
        SlideError: `IMAGE_TOO_LARGE`, one picture or all of them together.
    """

    def __init__(self, files: Sequence[DicomFile], limits: Limits) -> None:
        files = sorted(files, key=_place_in_series)
        self._pictures = [(f, n) for f in files for n in range(f.frame_count)]
        self._cell = _common_cell(files)
        self._columns = math.ceil(
            math.sqrt(len(self._pictures) * self._cell.height / self._cell.width)
        )
        _refuse_large(self._cell, len(self._pictures), limits)
        self._cache = TileCache(limits.max_cache_bytes)
        self._window = self._typical_window()
        self.facts = self._facts(files)

    def read(self, level: int, box: Region, shrink: int = 1) -> Pixels:
        cell = self.cell(level)
        sheet = np.zeros((box.height, box.width, 3), np.uint8)
        for row in range(box.y // cell.height, -(-box.bottom // cell.height)):
            for column in range(box.x // cell.width, -(-box.right // cell.width)):
                index = row * self._columns + column
                if column < self._columns and index < len(self._pictures):
                    place = Region(
                        column * cell.width, row * cell.height, cell.width, cell.height
                    )
                    _paste(sheet, box, self._scaled(level, index), place)
        return sheet

    def cell(self, level: int) -> Size:
        return Size(self._cell.width >> level, self._cell.height >> level)

    @property
    def held_bytes(self) -> int:
        return self._cache.max_bytes

    def close(self) -> None:
        """Files are opened for each picture only."""

    def _scaled(self, level: int, index: int) -> Pixels:
        """A picture at 1/2^level of its size, no larger than the cell."""
        cached = self._cache.get((level, index, 0, 1))
        if cached is not None:
            return cached
        pixels = self._shown(index)
        if level:
            pixels = np.asarray(Image.fromarray(pixels).reduce(1 << level))
        cell = self.cell(level)
        pixels = np.ascontiguousarray(pixels[: cell.height, : cell.width])
        self._cache.put((level, index, 0, 1), pixels)
        return pixels

    def _shown(self, index: int) -> Pixels:
        file, frame = self._pictures[index]
        try:
            with refusing_damage():
                values, photometric = file.frame(frame)
                shown = Presentation.of(file.header, frame, values, photometric)
                if shown.window is not None and self._window is not None:
                    # Else the brightness would jump from picture to picture.
                    shown = replace(shown, window=self._window)
                return shown.to_rgb(values, photometric)
        except SlideError:
            raise UnreadableError from None

    def _typical_window(self) -> tuple[float, float] | None:
        """What the middle picture shows black and white, if its file does not say."""
        file, frame = self._pictures[len(self._pictures) // 2]
        with refusing_damage():
            values, photometric = file.frame(frame)
            return Presentation.of(file.header, frame, values, photometric).window

    def _facts(self, files: Sequence[DicomFile]) -> Facts:
        rows = -(-len(self._pictures) // self._columns)
        levels = []
        for level in range(_level_count(self._cell, self._columns, rows)):
            cell = self.cell(level)
            size = Size(cell.width * self._columns, cell.height * rows)
            levels.append(Level(size, float(1 << level)))
        return Facts(
            vendor=str(files[0].header.get("Manufacturer") or "unknown"),
            format="DICOM series",
            levels=tuple(levels),
            pixel_size=_common_spacing(files),
            properties=safe_properties(files[0].header),
            notes=(_sheet_note(len(self._pictures), self._columns),),
            files=tuple(sorted(file.path for file in files)),
        )


def _place_in_series(file: DicomFile) -> tuple[int, str]:
    try:
        number = int(file.header.get("InstanceNumber") or 0)
    except ValueError:
        number = 0
    return number, str(file.header.get("SOPInstanceUID"))


def _common_cell(files: Sequence[DicomFile]) -> Size:
    """Room for the largest picture, in sides that can be halved exactly."""
    sides = [
        max(getattr(file.size, side) for file in files) for side in ("width", "height")
    ]
    return Size(*(-(-side // 64) * 64 for side in sides))


def _level_count(cell: Size, columns: int, rows: int) -> int:
    side = max(cell.width * columns, cell.height * rows)
    halvings = max(0, math.ceil(math.log2(side / COARSEST_SIDE)))
    # A cell can be halved six times exactly.
    return 1 + min(halvings, 6)


def _refuse_large(cell: Size, count: int, limits: Limits) -> None:
    if cell.area > limits.max_image_pixels or count > MOST_PICTURES:
        raise SlideError(
            "IMAGE_TOO_LARGE",
            f"A series of {count:,} pictures of {cell} pixels is too large to be laid "
            "out on one sheet. Send fewer pictures.",
        )


def _common_spacing(files: Sequence[DicomFile]) -> PixelSize:
    """The pixel size that all pictures state alike, or unknown."""
    sizes = [spacing(file.header, 0) for file in files]
    first = sizes[0]
    alike = all((size.x, size.y) == (first.x, first.y) for size in sizes)
    return first if alike else unknown()


def _sheet_note(count: int, columns: int) -> Note:
    return Note(
        "SERIES_AS_SHEET",
        f"This is a series of {count} pictures, laid out in rows of {columns} in the "
        "order of their numbers.",
    )


def _paste(sheet: Pixels, box: Region, pixels: Pixels, place: Region) -> None:
    """Put the part of `pixels` that lies in `box` where it belongs."""
    height, width = pixels.shape[:2]
    part = Region(place.x, place.y, width, height).intersection(box)
    if part is None:
        return
    source = pixels[
        part.y - place.y : part.bottom - place.y,
        part.x - place.x : part.right - place.x,
    ]
    sheet[part.y - box.y : part.bottom - box.y, part.x - box.x : part.right - box.x] = (
        source
    )
