"""`Slide`: one opened slide, whatever its format.

Everything outside this package sees level-0 regions and 8-bit RGB arrays only. The
slide chooses the stored level, resizes with antialiasing, paints white what lies
outside and marks what cannot be read. It refuses to know vendors and file layouts:
those are the readers'.
"""

import math
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import simplejpeg
from PIL import Image

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide.canvas import Canvas
from dragonfly.slide.digest import digest_files
from dragonfly.slide.jpeg_cut import cut_jpeg
from dragonfly.slide.limits import Limits
from dragonfly.slide.note import Note
from dragonfly.slide.pixel_size import PixelSize, PixelSizeSource
from dragonfly.slide.pixels import Pixels, with_padding
from dragonfly.slide.read_plan import Band, Fidelity, ReadPlan, plan_read
from dragonfly.slide.reader import Level, Reader
from dragonfly.slide.resample import FAST_GAP, STRICT_GAP, resize
from dragonfly.slide.tile_grid import TileGrid

DEFAULT_TILE = 256
_OVERVIEW_PIXELS = 2**26


class AssociatedImages(Mapping[str, Image.Image]):
    """Pictures stored beside the slide by name; each is decoded when asked for.

    A label or macro picture may show a patient's name.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __getitem__(self, name: str) -> Image.Image:
        return self._reader.associated_image(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._reader.facts.associated_names)

    def __len__(self) -> int:
        return len(self._reader.facts.associated_names)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of the grid: the level whose tiles are its own, and its whole tiles."""

    level: int | None
    columns: int
    rows: int


class Slide:
    """An open slide. Reads may come from several threads at once."""

    def __init__(self, path: Path, reader: Reader, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self._reader = reader
        self._canvas = Canvas(reader)
        self._digest_lock = threading.Lock()
        self._digest: str | None = None

    @property
    def size(self) -> Size:
        """Width and height of level 0."""
        return self.levels[0].size

    @property
    def levels(self) -> tuple[Level, ...]:
        """The stored levels, finest first."""
        return self._reader.facts.levels

    @property
    def pixel_size(self) -> PixelSize:
        return self._reader.facts.pixel_size

    @property
    def mpp(self) -> float | None:
        """Micrometres per level-0 pixel; the geometric mean of x and y; or unknown."""
        return self.pixel_size.mean

    @property
    def mpp_x(self) -> float | None:
        return self.pixel_size.x

    @property
    def mpp_y(self) -> float | None:
        return self.pixel_size.y

    @property
    def mpp_source(self) -> PixelSizeSource:
        return self.pixel_size.source

    @property
    def magnification(self) -> float | None:
        """For people only: the objective power, or 10 um / mpp of a microscope."""
        facts = self._reader.facts
        if facts.objective_power is not None:
            return facts.objective_power
        low_enough = self.mpp is not None and self.mpp <= 20.0
        return 10.0 / self.mpp if self.mpp is not None and low_enough else None

    @property
    def vendor(self) -> str:
        return self._reader.facts.vendor

    @property
    def format(self) -> str:
        return self._reader.facts.format

    @property
    def properties(self) -> Mapping[str, str]:
        """What the file says about itself. May name a patient: never log it."""
        return self._reader.facts.properties

    @property
    def notes(self) -> tuple[Note, ...]:
        """Doubts about the slide, each with a stable code."""
        return self.pixel_size.notes + self._reader.facts.notes

    @property
    def icc_profile(self) -> bytes | None:
        """The embedded colour profile. Pixels are never converted here."""
        return self._reader.facts.icc_profile

    @property
    def frame_count(self) -> int:
        """Pictures in the file: more than 1 for a multi-frame DICOM image."""
        return self._reader.facts.frame_count

    @property
    def frame(self) -> int:
        """Which of the file's pictures this is, from 0."""
        return self._reader.facts.frame

    @cached_property
    def associated_images(self) -> AssociatedImages:
        return AssociatedImages(self._reader)

    @property
    def unreadable_tiles(self) -> int:
        """Damaged places met by reads so far."""
        return self._canvas.unreadable_tiles

    @property
    def digest(self) -> str:
        """SHA-256 of the slide's bytes; see `digest.digest_files` for several files."""
        with self._digest_lock:
            if self._digest is None:
                files = self._reader.facts.files
                folder = self.path if self.path.is_dir() else self.path.parent
                self._digest = digest_files(files, folder)
            return self._digest

    def read_region(
        self, region: Region, size: Size, fidelity: Fidelity = "strict"
    ) -> Pixels:
        """The pixels of `region`, resized to `size`: uint8 RGB (height, width, 3).

        Read from the coarsest stored level that is at least as fine as asked, resized
        by an antialiased bicubic filter; white outside the slide and where a scanner
        stored nothing; grey with a cross where the file is damaged. `fast` may decode
        stored JPEG tiles at a fraction of their size.

        Raises:
            SlideError: `REGION_TOO_LARGE`, above the slide's `Limits`.
        """
        pixels = self._read(region, size, fidelity)
        return pixels if pixels.base is None else pixels.copy()

    def stored_cell(self, level: int) -> Size:
        """The stored tile of a stored level, or what stands for it."""
        return self._reader.cell(level)

    def stored_jpeg(self, level: int, column: int, row: int) -> bytes | None:
        """A stored tile untouched, as a complete JPEG file of `stored_cell`'s size.

        None where the file stores none, or one that is damaged.
        """
        return self._reader.stored_jpeg(level, column, row)

    def stored_pixels(self, level: int, box: Region) -> Pixels:
        """The pixels of `box`, in pixels of a stored level and inside it.

        Raises:
            UnreadableError: some of them cannot be decoded.
        """
        return self._reader.read(level, box)

    def thumbnail(self, box: Size) -> Pixels:
        """The whole slide, as large as fits into `box` but never enlarged.

        It stays smaller where the stored levels leave so wide a gap that a larger one
        would need a whole fine level decoded.
        """
        areas = [level.size.area for level in self.levels]
        cheap = [area for area in areas if area <= _OVERVIEW_PIXELS]
        finest = self.levels[areas.index(max(cheap, default=min(areas)))].size
        size = self.size.fitted_into(finest).fitted_into(box)
        return self.read_region(Region.of(self.size), size)

    @cached_property
    def grid(self) -> TileGrid:
        """The viewer's tiles; as large as the stored ones where those are square."""
        cell = self._reader.cell(0)
        square = cell.width == cell.height and 128 <= cell.width <= 1024
        return TileGrid(self.size, cell.width if square else DEFAULT_TILE)

    def tile(self, z: int, x: int, y: int) -> Pixels:
        """Tile (z, x, y) of `grid` as RGB pixels; edge tiles are cut short.

        Raises:
            SlideError: `TILE_OUTSIDE`.
        """
        pixels = self._tile(z, x, y)
        return pixels if pixels.base is None else pixels.copy()

    def tile_jpeg(self, z: int, x: int, y: int, quality: int = 80) -> bytes:
        """Tile (z, x, y) of `grid` as a JPEG file.

        Where the file stores this very tile as JPEG its bytes are handed on unchanged,
        so that nothing is lost; at the right and bottom edge its padding is cut off.
        Everything else is encoded at `quality`.

        Raises:
            SlideError: `TILE_OUTSIDE`.
        """
        _, size = self.grid.place(z, x, y)
        level, stored = self._steps[z].level, None
        if level is not None:
            stored = self._reader.stored_jpeg(level, x, y)
        if stored is not None and size != self._whole_tile:
            stored = cut_jpeg(stored, size)
        if stored is not None:
            return stored
        return _encoded(self._tile(z, x, y), quality)

    def tile_jpeg_at_hand(self, z: int, x: int, y: int) -> bytes | None:
        """What `tile_jpeg` gives, where that needs neither the disk nor any decoding.

        Never waits, so that a server can call it from its event loop.

        Raises:
            SlideError: `TILE_OUTSIDE`.
        """
        if not 0 <= z < len(self._steps):
            self.grid.place(z, x, y)
        step = self._steps[z]
        if step.level is None or not (0 <= x < step.columns and 0 <= y < step.rows):
            self.grid.place(z, x, y)
            return None
        try:
            return self._reader.stored_jpeg(step.level, x, y, wait=False)
        except BlockingIOError:
            return None

    def stores_tiles(self, z: int) -> bool:
        """Whether the file holds the tiles of step `z` as JPEG, edges padded."""
        level = self._steps[z].level
        return level is not None and self._reader.stores_jpeg(level)

    @property
    def held_bytes(self) -> int:
        """About how much memory the open slide may come to hold between reads."""
        return self._reader.held_bytes

    def close(self) -> None:
        """Give the files back. No read may be running in another thread."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def _whole_tile(self) -> Size:
        return Size(self.grid.tile, self.grid.tile)

    @cached_property
    def _steps(self) -> tuple[_Step, ...]:
        return tuple(self._step(z) for z in range(self.grid.last_z + 1))

    def _step(self, z: int) -> _Step:
        plane, tile = self.grid.plane(z), self.grid.tile
        return _Step(self._stored_level(z), plane.width // tile, plane.height // tile)

    def _stored_level(self, z: int) -> int | None:
        factor = self.grid.downsample(z)
        for i, level in enumerate(self.levels):
            drift = abs(level.downsample / factor - 1) * level.size.width
            if self._reader.cell(i) == self._whole_tile and drift < 1:
                return i
        return None

    def _tile(self, z: int, x: int, y: int) -> Pixels:
        region, size = self.grid.place(z, x, y)
        return self._read(region, size, "fast")

    def _read(self, region: Region, size: Size, fidelity: Fidelity) -> Pixels:
        """What `read_region` returns, maybe as a view of pixels that others use too."""
        shrinks = [self._reader.shrinks(i) for i in range(len(self.levels))]
        plan = plan_read(self.levels, shrinks, region, size, fidelity)
        self._refuse_excess(plan.source_pixels, size)
        gap = STRICT_GAP if fidelity == "strict" else FAST_GAP
        bands = [*plan.bands()]
        if len(bands) == 1:
            return self._read_band(plan, bands[0], gap)
        result = np.empty((size.height, size.width, 3), np.uint8)
        for band in bands:
            result[band.first : band.last] = self._read_band(plan, band, gap)
        return result

    def _read_band(self, plan: ReadPlan, band: Band, gap: float) -> Pixels:
        source = self._canvas.read(plan.level, band.box, plan.shrink)
        wanted = Size(plan.size.width, band.last - band.first)
        return resize(source, wanted, band.window, gap)

    def _refuse_excess(self, source_pixels: int, size: Size) -> None:
        limits = self.limits
        if size.area > limits.max_output_pixels:
            raise _too_large(size.area, limits.max_output_pixels, "asks for")
        if source_pixels > limits.max_source_pixels:
            raise _too_large(source_pixels, limits.max_source_pixels, "has to decode")


def _encoded(pixels: Pixels, quality: int) -> bytes:
    padded = with_padding(pixels)
    if padded is not None:
        jpeg: bytes = simplejpeg.encode_jpeg(padded, quality, "RGBX", "422")
        return jpeg
    plain = np.ascontiguousarray(pixels)
    jpeg = simplejpeg.encode_jpeg(plain, quality, "RGB", "422")
    return jpeg


def _too_large(pixels: int, limit: int, verb: str) -> SlideError:
    return SlideError(
        "REGION_TOO_LARGE",
        f"This read {verb} {math.ceil(pixels / 1e6):,} megapixels and the limit is "
        f"{limit // 10**6:,}. Choose a smaller region or a coarser result.",
    )
