"""Whole-slide DICOM that OpenSlide refuses: other compressions, 16 bits, one channel.

Tiles are decoded one by one as they are asked for. Of several optical paths or focal
planes the first is shown, and a note says so.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide.dicom_damage import refusing_damage
from dragonfly.slide.dicom_file import DicomFile
from dragonfly.slide.dicom_image import icc_profile, safe_properties, spacing
from dragonfly.slide.dicom_presentation import Presentation
from dragonfly.slide.dicom_series import image_flavor, level_files
from dragonfly.slide.limits import Limits
from dragonfly.slide.note import Note
from dragonfly.slide.pixels import Pixels, white
from dragonfly.slide.reader import Facts, Level, Reader, UnreadableError
from dragonfly.slide.tile_cache import TileCache

_SAMPLE_FRAMES = 16


@dataclass(frozen=True, slots=True)
class TiledLevel:
    file: DicomFile
    size: Size
    frames: Mapping[tuple[int, int], int]


class DicomWsiReader(Reader):
    """One series of whole-slide instances; `files` may include label and overview."""

    def __init__(self, files: Sequence[DicomFile], limits: Limits) -> None:
        levels = level_files(files) or [files[0]]
        self._levels = tuple(tiled_level(file, limits) for file in levels)
        self._associated = {
            image_flavor(file).lower(): file for file in files if file not in levels
        }
        self._limits = limits
        self._cache = TileCache(limits.max_cache_bytes)
        self._presentation = _presentation(self._levels[-1])
        self.facts = self._facts(files)

    def read(self, level: int, box: Region, shrink: int = 1) -> Pixels:
        tile = self.cell(level)
        sheet = white(box.size)
        for row in range(box.y // tile.height, -(-box.bottom // tile.height)):
            for column in range(box.x // tile.width, -(-box.right // tile.width)):
                pixels = self._tile(level, column, row)
                if pixels is not None:
                    _paste(sheet, box, pixels, column * tile.width, row * tile.height)
        return sheet

    def cell(self, level: int) -> Size:
        return self._levels[level].file.size

    def associated_image(self, name: str) -> Image.Image:
        file = self._associated[name]
        with refusing_damage():
            values, photometric = file.frame(0)
            shown = Presentation.of(file.header, 0, values, photometric)
            return Image.fromarray(shown.to_rgb(values, photometric))

    @property
    def held_bytes(self) -> int:
        return self._cache.max_bytes

    def close(self) -> None:
        """Files are opened for each tile only."""

    def _tile(self, level: int, column: int, row: int) -> Pixels | None:
        """A decoded tile, or None where the scanner stored none."""
        index = self._levels[level].frames.get((column, row))
        if index is None:
            return None
        key = (level, column, row, 1)
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        try:
            with refusing_damage():
                values, photometric = self._levels[level].file.frame(index)
                pixels = self._presentation.to_rgb(values, photometric)
        except SlideError:
            raise UnreadableError from None
        self._cache.put(key, pixels)
        return pixels

    def _facts(self, files: Sequence[DicomFile]) -> Facts:
        finest = self._levels[0]
        header = finest.file.header
        return Facts(
            vendor="dicom",
            format="DICOM whole-slide image",
            levels=tuple(
                Level(level.size, finest.size.width / level.size.width)
                for level in self._levels
            ),
            pixel_size=spacing(header, 0),
            objective_power=_objective_power(header),
            properties=safe_properties(header),
            icc_profile=icc_profile(header),
            associated_names=tuple(
                sorted(n for n, f in self._associated.items() if f.frame_count == 1)
            ),
            notes=(*self._presentation.notes, *_layer_notes(header)),
            files=tuple(file.path for file in files),
        )


def tiled_level(file: DicomFile, limits: Limits) -> TiledLevel:
    if file.size.area > limits.max_image_pixels:
        raise SlideError(
            "IMAGE_TOO_LARGE",
            f"The tiles of this slide have {file.size} pixels, too many to be decoded.",
        )
    if int(file.header.get("InConcatenationTotalNumber") or 1) > 1:
        raise _unsupported("spread over several files as a concatenation")
    size = _matrix(file)
    organization = str(file.header.get("DimensionOrganizationType") or "")
    sparse = organization == "TILED_SPARSE" or _has_positions(file.header)
    frames = _sparse(file) if sparse else _full(file, size)
    return TiledLevel(file, size, frames)


def _matrix(file: DicomFile) -> Size:
    columns = int(file.header.get("TotalPixelMatrixColumns") or 0)
    rows = int(file.header.get("TotalPixelMatrixRows") or 0)
    if columns < 1 or rows < 1:
        raise SlideError(
            "FORMAT_CORRUPT", "The DICOM slide does not say how large it is."
        )
    return Size(columns, rows)


def _full(file: DicomFile, size: Size) -> dict[tuple[int, int], int]:
    """Row by row from the top left (PS3.3 C.7.6.17.3); further layers come after."""
    columns = -(-size.width // file.size.width)
    rows = -(-size.height // file.size.height)
    count = min(file.frame_count, columns * rows)
    return {(i % columns, i // columns): i for i in range(count)}


def _has_positions(header: Dataset) -> bool:
    groups = header.get("PerFrameFunctionalGroupsSequence") or []
    return bool(groups) and "PlanePositionSlideSequence" in groups[0]


def _sparse(file: DicomFile) -> dict[tuple[int, int], int]:
    """Where each frame says it lies; of several layers the first frame counts."""
    frames: dict[tuple[int, int], int] = {}
    groups = file.header.get("PerFrameFunctionalGroupsSequence") or []
    for index, group in enumerate(groups):
        place = group.PlanePositionSlideSequence[0]
        x = int(place.ColumnPositionInTotalImagePixelMatrix) - 1
        y = int(place.RowPositionInTotalImagePixelMatrix) - 1
        if x % file.size.width or y % file.size.height:
            raise _unsupported("made of tiles that overlap or leave gaps")
        frames.setdefault((x // file.size.width, y // file.size.height), index)
    return frames


def _presentation(coarsest: TiledLevel) -> Presentation:
    """One window for all tiles, from a spread of the coarsest level's frames."""
    header = coarsest.file.header
    indices = list(coarsest.frames.values())
    if not indices:
        raise SlideError("FORMAT_CORRUPT", "The DICOM slide stores no tile.")
    meaning = str(header.get("PhotometricInterpretation") or "")
    samples = _samples(coarsest.file, indices) if meaning.startswith("MONO") else []
    sample = np.concatenate(samples) if samples else np.zeros(1, np.uint8)
    return Presentation.of(header, indices[0], sample, meaning)


def _samples(file: DicomFile, indices: Sequence[int]) -> list[NDArray[np.generic]]:
    step = max(1, len(indices) // _SAMPLE_FRAMES)
    found: list[NDArray[np.generic]] = []
    for index in indices[::step][:_SAMPLE_FRAMES]:
        # A damaged frame is marked when it is shown; here the others do.
        with suppress(SlideError):
            found.append(file.frame(index)[0].ravel())
    return found


def _layer_notes(header: Dataset) -> tuple[Note, ...]:
    paths = int(header.get("NumberOfOpticalPaths") or 1)
    planes = int(header.get("TotalPixelMatrixFocalPlanes") or 1)
    if paths < 2 and planes < 2:
        return ()
    what = f"{paths} channels" if paths > 1 else f"{planes} focal planes"
    return (Note("LAYERS_HIDDEN", f"The slide has {what}; only the first is shown."),)


def _objective_power(header: Dataset) -> float | None:
    paths = header.get("OpticalPathSequence") or []
    power = paths[0].get("ObjectiveLensPower") if paths else None
    return float(power) if power else None


def _paste(sheet: Pixels, box: Region, tile: Pixels, left: int, top: int) -> None:
    placed = Region(left, top, tile.shape[1], tile.shape[0]).intersection(box)
    if placed is not None:
        sheet[
            placed.y - box.y : placed.bottom - box.y,
            placed.x - box.x : placed.right - box.x,
        ] = tile[
            placed.y - top : placed.bottom - top, placed.x - left : placed.right - left
        ]


def _unsupported(how: str) -> SlideError:
    return SlideError(
        "FORMAT_UNSUPPORTED",
        f"This DICOM slide is {how}, which cannot be read here. Export it in another "
        "form, for example as TIFF.",
    )
