"""Reading the stored JPEG 2000 tiles of an Aperio or DICOM slide directly.

OpenSlide decodes them as well, in more time. Aperio stores RGB (compression 33005) or
YCbCr (33003), the latter with fewer columns of chroma as a rule; DICOM says it in its
photometric interpretation. No browser shows JPEG 2000, so that none is handed on as it
is.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from dragonfly.geometry import Size
from dragonfly.slide.indexed_reader import IndexedReader
from dragonfly.slide.limits import Limits
from dragonfly.slide.pixels import Pixels
from dragonfly.slide.reader import Reader
from dragonfly.slide.tiff_layout import parsed_pages
from dragonfly.slide.tile_index import LevelTiles, placed_tiles

VENDOR = "aperio"
APERIO = (
    tifffile.COMPRESSION.APERIO_JP2000_RGB,
    tifffile.COMPRESSION.APERIO_JP2000_YCBC,
)
HALVED = (2,)
_START_AND_SIZE = b"\xff\x4f\xff\x51"


def with_jpeg2000(reader: Reader, path: Path, limits: Limits) -> Reader:
    """The reader itself, or one that decodes its JPEG 2000 tiles directly."""
    if reader.facts.vendor != VENDOR or isinstance(reader, IndexedReader):
        return reader
    return with_stored(reader, index_jpeg2000(path), limits)


def with_stored(
    reader: Reader, found: Mapping[Size, LevelTiles], limits: Limits
) -> Reader:
    """As `with_jpeg2000`, of the levels in `found`, by their size."""
    stored = {
        i: found[level.size]
        for i, level in enumerate(reader.facts.levels)
        if level.size in found
    }
    return Jpeg2000Reader(reader, stored, limits) if stored else reader


def index_jpeg2000(path: Path) -> Mapping[Size, LevelTiles]:
    """The levels of a TIFF that are stored as 8-bit colour tiles in JPEG 2000."""
    levels = [_level_tiles(page, path) for page in parsed_pages(path)]
    return {level.size: level for level in reversed(levels) if level is not None}


class Jpeg2000Reader(IndexedReader):
    """As `IndexedReader`, with another decoder; everything else is `inner`'s."""

    def shrinks(self, level: int) -> tuple[int, ...]:
        if level not in self._stored:
            return self._inner.shrinks(level)
        tile = self._stored[level].tile
        return HALVED if tile.width % 2 == tile.height % 2 == 0 else ()

    def stores_jpeg(self, level: int) -> bool:
        return False

    def stored_jpeg(
        self, level: int, column: int, row: int, wait: bool = True
    ) -> bytes | None:
        return None

    def _decoded(
        self, stored: LevelTiles, column: int, row: int, shrink: int
    ) -> Pixels | None:
        data = stored.stored(self._files[stored.path], column, row)
        sides = (stored.tile.height, stored.tile.width)
        if data is None or _sides_told(data) != sides:
            return None
        pixels = _decode(data)
        if pixels is None or pixels.shape != (*sides, 3):
            return None
        if stored.is_ycbcr and not _has_less_chroma(data):
            pixels = _rgb(pixels)
        if shrink == 1:
            return pixels
        return np.asarray(Image.fromarray(pixels).reduce(shrink))


def _decode(data: bytes | bytearray) -> Pixels | None:
    # Loaded for the slides that need it: few do.
    import imagecodecs

    try:
        pixels: Pixels = imagecodecs.jpeg2k_decode(bytes(data), numthreads=1)
    except (imagecodecs.Jpeg2kError, ValueError):
        return None
    return pixels if pixels.dtype == np.uint8 else None


def _has_less_chroma(data: bytes | bytearray) -> bool:
    """Whether the second component has fewer samples than the first (A.5.1).

    OpenJPEG as it is used here makes RGB of such a stream by itself.
    """
    return data[46:48] != data[43:45]


def _rgb(ycbcr: Pixels) -> Pixels:
    height, width = ycbcr.shape[:2]
    picture = Image.frombytes("YCbCr", (width, height), ycbcr.tobytes())
    return np.asarray(picture.convert("RGB"))


def _sides_told(data: bytes | bytearray) -> tuple[int, int] | None:
    """Height and width that the stream claims (ISO 15444-1 A.5.1); none is believed."""
    if not data.startswith(_START_AND_SIZE) or len(data) < 24:
        return None
    right, bottom, left, top = (
        int.from_bytes(data[at : at + 4], "big") for at in (8, 12, 16, 20)
    )
    return bottom - top, right - left


def _level_tiles(page: tifffile.TiffPage, path: Path) -> LevelTiles | None:
    tiles = placed_tiles(page, path) if _is_colour_jpeg2000(page) else None
    if tiles is None:
        return None
    ycbcr = page.compression == tifffile.COMPRESSION.APERIO_JP2000_YCBC
    return replace(tiles, is_ycbcr=ycbcr)


def _is_colour_jpeg2000(page: tifffile.TiffPage) -> bool:
    return bool(
        page.is_tiled
        and page.compression in APERIO
        and page.bitspersample == 8
        and page.samplesperpixel == 3
        and page.planarconfig == tifffile.PLANARCONFIG.CONTIG
    )
