"""Where each stored JPEG tile of a TIFF slide lies, and how to make it a whole JPEG.

TIFF keeps the tables that all tiles share once per level, and says beside the pixels
whether they are RGB or YCbCr; a decoder or a browser needs both inside each stream
(TIFF Technical Note 2; Adobe Technical Note 5116 for the APP14 marker).
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from dragonfly.geometry import Size
from dragonfly.slide.tiff_layout import parsed_pages

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
ADOBE_RGB = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"


@dataclass(frozen=True, slots=True)
class LevelTiles:
    """The stored tiles of one level, row by row; edge tiles are stored padded."""

    path: Path
    size: Size
    tile: Size
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    preamble: bytes
    """What goes between a tile's start marker and the rest: colour marker, tables."""
    is_ycbcr: bool = False
    """Only of JPEG 2000, whose streams need not say so: what they hold is YCbCr."""

    @property
    def columns(self) -> int:
        return -(-self.size.width // self.tile.width)

    def stored(
        self, file: int, column: int, row: int, wait: bool = True
    ) -> bytes | bytearray | None:
        """A tile's bytes as they are in the file, or None where none are.

        `file` is a descriptor; it is read without moving its position, so that
        threads can share it.

        Raises:
            BlockingIOError: `wait` is false and the disk would have to be waited for.
        """
        index = row * self.columns + column
        length = int(self.lengths[index])
        if length == 0:
            return None
        offset = int(self.offsets[index])
        return (os.pread if wait else pread_in_memory)(file, length, offset)

    def jpeg(self, file: int, column: int, row: int, wait: bool = True) -> bytes | None:
        """A tile as a complete JPEG stream; else as `stored`."""
        stored = self.stored(file, column, row, wait)
        if stored is None:
            return None
        rest = memoryview(stored)[2 if stored.startswith(_SOI) else 0 :]
        return b"".join((_SOI, self.preamble, rest))

    def richest(self, count: int) -> list[tuple[int, int]]:
        """(column, row) of the tiles with the most bytes, which show the most."""
        order = np.argsort(self.lengths, kind="stable")[::-1][:count]
        return [(int(i) % self.columns, int(i) // self.columns) for i in order]


def pread_in_memory(file: int, length: int, offset: int) -> bytearray:
    """`os.pread` of bytes that the system holds in memory already (preadv2(2)).

    Raises:
        BlockingIOError: they are not in memory, or this system cannot tell.
    """
    flag = getattr(os, "RWF_NOWAIT", None)
    if flag is None:
        raise BlockingIOError
    buffer = bytearray(length)
    try:
        got = os.preadv(file, [buffer], offset, flag)
    except OSError:
        raise BlockingIOError from None
    if got < length:
        raise BlockingIOError
    return buffer


def index_tiles(path: Path) -> dict[Size, LevelTiles]:
    """The levels of a TIFF that are stored as 8-bit colour JPEG tiles, by their size.

    Empty when the file cannot be understood; it is an offer, never a refusal.
    """
    levels = (_level_tiles(page, path) for page in parsed_pages(path))
    return {level.size: level for level in reversed([*levels]) if level is not None}


def _level_tiles(page: tifffile.TiffPage, path: Path) -> LevelTiles | None:
    if not _is_colour_jpeg(page):
        return None
    rgb = page.photometric == tifffile.PHOTOMETRIC.RGB
    tables = (page.jpegtables or b"").removeprefix(_SOI).removesuffix(_EOI)
    return placed_tiles(page, path, (ADOBE_RGB if rgb else b"") + tables)


def placed_tiles(
    page: tifffile.TiffPage, path: Path, preamble: bytes = b""
) -> LevelTiles | None:
    """Where the tiles of a page lie, or None where their number is not what it says."""
    size = Size(page.imagewidth, page.imagelength)
    tile = Size(page.tilewidth, page.tilelength)
    offsets = np.asarray(page.dataoffsets, np.int64)
    lengths = np.asarray(page.databytecounts, np.int64)
    expected = -(-size.width // tile.width) * -(-size.height // tile.height)
    if not len(offsets) == len(lengths) == expected:
        return None
    return LevelTiles(path, size, tile, offsets, lengths, preamble)


def _is_colour_jpeg(page: tifffile.TiffPage) -> bool:
    return bool(
        page.is_tiled
        and page.compression == tifffile.COMPRESSION.JPEG
        and page.photometric in (tifffile.PHOTOMETRIC.RGB, tifffile.PHOTOMETRIC.YCBCR)
        and page.bitspersample == 8
        and page.samplesperpixel == 3
        and page.planarconfig == tifffile.PLANARCONFIG.CONTIG
    )
