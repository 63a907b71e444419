"""Reading the stored JPEG 2000 tiles of an Aperio slide directly.

OpenSlide decodes them as well, in more time. Only tiles stored as RGB (compression
33005) are read here. No browser shows JPEG 2000, so that none is handed on as it is.
"""

from collections.abc import Mapping
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
HALVED = (2,)
_START_AND_SIZE = b"\xff\x4f\xff\x51"


def with_jpeg2000(reader: Reader, path: Path, limits: Limits) -> Reader:
    """The reader itself, or one that decodes its JPEG 2000 tiles directly."""
    if reader.facts.vendor != VENDOR or isinstance(reader, IndexedReader):
        return reader
    found = index_jpeg2000(path)
    stored = {
        i: found[level.size]
        for i, level in enumerate(reader.facts.levels)
        if level.size in found
    }
    return Jpeg2000Reader(reader, stored, limits) if stored else reader


def index_jpeg2000(path: Path) -> Mapping[Size, LevelTiles]:
    """The levels of a TIFF that are stored as 8-bit RGB tiles in JPEG 2000."""
    pages = [page for page in parsed_pages(path) if _is_rgb_jpeg2000(page)]
    levels = [placed_tiles(page, path) for page in pages]
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


def _sides_told(data: bytes | bytearray) -> tuple[int, int] | None:
    """Height and width that the stream claims (ISO 15444-1 A.5.1); none is believed."""
    if not data.startswith(_START_AND_SIZE) or len(data) < 24:
        return None
    right, bottom, left, top = (
        int.from_bytes(data[at : at + 4], "big") for at in (8, 12, 16, 20)
    )
    return bottom - top, right - left


def _is_rgb_jpeg2000(page: tifffile.TiffPage) -> bool:
    return bool(
        page.is_tiled
        and page.compression == tifffile.COMPRESSION.APERIO_JP2000_RGB
        and page.bitspersample == 8
        and page.samplesperpixel == 3
        and page.planarconfig == tifffile.PLANARCONFIG.CONTIG
    )
