"""Reading the stored JPEG tiles of a TIFF slide directly, several times as fast.

OpenSlide stays the judge: a level is read directly only when one of its tiles, decoded
here, agrees with what OpenSlide shows there, and any tile that fails goes to it.
"""

import os
import weakref
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image

from dragonfly.geometry import Region, Size
from dragonfly.slide.limits import Limits
from dragonfly.slide.note import Note
from dragonfly.slide.parallel import run_all, spans
from dragonfly.slide.pixels import Pixels, padded, with_padding
from dragonfly.slide.reader import Facts, Reader, UnreadableError
from dragonfly.slide.tile_cache import TileCache
from dragonfly.slide.tile_index import LevelTiles, index_tiles

SHRINKS = (2, 4, 8)
INDEXED_VENDORS = ("aperio", "generic-tiff")

# Decoders differ by a few grey levels; false colours or a wrong place by far more.
_AGREEMENT, _BLOCK = 4.0, 8

_READ_BY_OPENSLIDE = Note(
    "DIRECT_READING_OFF",
    "Some stored tiles cannot be read directly as OpenSlide reads them, so this slide "
    "is read more slowly.",
)


def with_tiff_index(reader: Reader, path: Path, limits: Limits) -> Reader:
    """The reader itself, or one that reads its JPEG tiles directly where it can."""
    if reader.facts.vendor not in INDEXED_VENDORS:
        return reader
    return with_index(reader, index_tiles(path), limits)


def with_index(
    reader: Reader, found: Mapping[Size, LevelTiles], limits: Limits
) -> Reader:
    """The reader itself, or one that reads directly those of its levels in `found`."""
    stored = {
        i: found[level.size]
        for i, level in enumerate(reader.facts.levels)
        if level.size in found
    }
    return IndexedReader(reader, stored, limits) if stored else reader


class IndexedReader(Reader):
    """Decodes the tiles of `stored` levels; everything else is `inner`'s."""

    def __init__(
        self, inner: Reader, stored: Mapping[int, LevelTiles], limits: Limits
    ) -> None:
        self._inner = inner
        paths = {tiles.path for tiles in stored.values()}
        self._files = {p: os.open(p, os.O_RDONLY | os.O_CLOEXEC) for p in paths}
        self._close_files = weakref.finalize(self, _close_all, [*self._files.values()])
        self._cache = TileCache(limits.max_cache_bytes)
        self._stored = dict(stored)
        agreed = {i: tiles for i, tiles in stored.items() if self._agrees(i)}
        self.facts = _noted(inner.facts) if len(agreed) < len(stored) else inner.facts
        self._stored = agreed

    def read(self, level: int, box: Region, shrink: int = 1) -> Pixels:
        stored = self._stored.get(level)
        if stored is None:
            return self._inner.read(level, box, shrink)
        tile = stored.tile
        wanted = list(
            product(
                range(box.y // tile.height, -(-box.bottom // tile.height)),
                range(box.x // tile.width, -(-box.right // tile.width)),
            )
        )
        height, width = -(-box.height // shrink), -(-box.width // shrink)
        sheet = padded(Size(width, height))

        def fill(first: int, last: int) -> None:
            for row, column in wanted[first:last]:
                pixels = self._tile(level, column, row, shrink)
                left = (column * tile.width - box.x) // shrink
                top = (row * tile.height - box.y) // shrink
                _paste(sheet, pixels, left, top)

        run_all([partial(fill, *span) for span in spans(len(wanted), at_least=4)])
        return sheet

    def cell(self, level: int) -> Size:
        stored = self._stored.get(level)
        return stored.tile if stored is not None else self._inner.cell(level)

    def shrinks(self, level: int) -> tuple[int, ...]:
        stored = self._stored.get(level)
        if stored is None:
            return self._inner.shrinks(level)
        tile = stored.tile
        return tuple(s for s in SHRINKS if tile.width % s == tile.height % s == 0)

    def stores_jpeg(self, level: int) -> bool:
        return level in self._stored

    def stored_jpeg(
        self, level: int, column: int, row: int, wait: bool = True
    ) -> bytes | None:
        stored = self._stored.get(level)
        if stored is None:
            return None
        data = stored.jpeg(self._files[stored.path], column, row, wait)
        if data is None:
            return None
        try:
            height, width, *_ = simplejpeg.decode_jpeg_header(data)
        except ValueError:
            return None
        return data if Size(width, height) == stored.tile else None

    def associated_image(self, name: str) -> Image.Image:
        return self._inner.associated_image(name)

    @property
    def held_bytes(self) -> int:
        tables = sum(t.offsets.nbytes + t.lengths.nbytes for t in self._stored.values())
        return self._inner.held_bytes + self._cache.max_bytes + tables

    def close(self) -> None:
        self._inner.close()
        self._close_files()

    def _tile(self, level: int, column: int, row: int, shrink: int) -> Pixels:
        key = (level, column, row, shrink)
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        pixels = self._decoded(self._stored[level], column, row, shrink)
        if pixels is None:
            pixels = self._from_inner(level, column, row, shrink)
        self._cache.put(key, pixels)
        return pixels

    def _decoded(
        self, stored: LevelTiles, column: int, row: int, shrink: int
    ) -> Pixels | None:
        data = stored.jpeg(self._files[stored.path], column, row)
        if data is None:
            return None
        height, width = stored.tile.height // shrink, stored.tile.width // shrink
        try:
            decoded: Pixels = simplejpeg.decode_jpeg(
                data,
                "RGBX",
                fastdct=shrink > 1,
                fastupsample=shrink > 1,
                min_height=height,
                min_width=width,
            )
        except ValueError:
            return None
        return decoded[..., :3] if decoded.shape == (height, width, 4) else None

    def _from_inner(self, level: int, column: int, row: int, shrink: int) -> Pixels:
        pixels = self._inner.read(level, self._place(level, column, row))
        if shrink == 1:
            return pixels
        return np.asarray(Image.fromarray(pixels).reduce(shrink))

    def _place(self, level: int, column: int, row: int) -> Region:
        """The part of a tile that lies on the slide, in pixels of its level."""
        stored = self._stored[level]
        left, top = column * stored.tile.width, row * stored.tile.height
        right = min(left + stored.tile.width, stored.size.width)
        bottom = min(top + stored.tile.height, stored.size.height)
        return Region.from_bounds(left, top, right, bottom)

    def _agrees(self, level: int) -> bool:
        """Whether the richest tile that both can read looks the same to both."""
        for column, row in self._stored[level].richest(count=3):
            place = self._place(level, column, row)
            mine = self._decoded(self._stored[level], column, row, 1)
            try:
                theirs = self._inner.read(level, place)
            except UnreadableError:
                continue
            if mine is None:
                return False
            return _alike(mine[: place.height, : place.width], theirs)
        return False


def _close_all(files: list[int]) -> None:
    for file in files:
        os.close(file)


def _noted(facts: Facts) -> Facts:
    return replace(facts, notes=(*facts.notes, _READ_BY_OPENSLIDE))


def _alike(one: Pixels, other: Pixels) -> bool:
    """Compare means of small blocks: they forgive half a pixel and sharper chroma."""
    difference = np.abs(_blocks(one) - _blocks(other))
    return bool(difference.mean() <= _AGREEMENT)


def _blocks(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    factor = min(_BLOCK, *pixels.shape[:2])
    return np.asarray(
        Image.fromarray(np.ascontiguousarray(pixels)).reduce(factor), np.float32
    )


def _paste(sheet: Pixels, tile: Pixels, left: int, top: int) -> None:
    rows = slice(max(0, top), min(sheet.shape[0], top + tile.shape[0]))
    columns = slice(max(0, left), min(sheet.shape[1], left + tile.shape[1]))
    here = slice(rows.start - top, rows.stop - top)
    across = slice(columns.start - left, columns.stop - left)
    wide_sheet, wide_tile = with_padding(sheet), with_padding(tile)
    if wide_sheet is not None and wide_tile is not None:
        # Whole four-byte pixels are copied several times as fast as three of four.
        sheet, tile = wide_sheet, wide_tile
    sheet[rows, columns] = tile[here, across]
