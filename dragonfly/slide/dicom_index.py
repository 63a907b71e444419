"""Where each stored tile of a DICOM whole-slide series lies (PS3.5 annex A.4).

Only what is one stream by itself is listed: 8-bit colour, JPEG baseline or JPEG 2000,
one fragment a frame. It is an offer, never a refusal; OpenSlide stays the judge.
"""

from collections.abc import Sequence

import numpy as np
from pydicom.uid import JPEG2000, JPEG2000Lossless, JPEGBaseline8Bit

from dragonfly.errors import SlideError
from dragonfly.geometry import Size
from dragonfly.slide.dicom_damage import refusing_damage
from dragonfly.slide.dicom_file import DicomFile
from dragonfly.slide.dicom_series import level_files
from dragonfly.slide.dicom_wsi import TiledLevel, tiled_level
from dragonfly.slide.limits import Limits
from dragonfly.slide.tile_index import ADOBE_RGB, LevelTiles

_YBR = ("YBR_FULL_422", "YBR_FULL")
# Of the last two, the stream says itself how to make RGB of it (PS3.5 8.2.4); OpenSlide
# opens no others in JPEG 2000.
_RGB = ("RGB", "YBR_ICT", "YBR_RCT")


def index_frames(files: Sequence[DicomFile], limits: Limits) -> dict[Size, LevelTiles]:
    """The levels of a series that are stored as 8-bit colour JPEG tiles, by size."""
    chosen = [f for f in level_files(files) if f.transfer_syntax == JPEGBaseline8Bit]
    levels = [_level_tiles(f, limits) for f in chosen if _is_colour(f, "RGB", *_YBR)]
    return {level.size: level for level in levels if level is not None}


def index_jpeg2000_frames(
    files: Sequence[DicomFile], limits: Limits
) -> dict[Size, LevelTiles]:
    """As `index_frames`, of the levels that are stored in JPEG 2000."""
    syntaxes = (JPEG2000, JPEG2000Lossless)
    chosen = [f for f in level_files(files) if f.transfer_syntax in syntaxes]
    levels = [_level_tiles(f, limits) for f in chosen if _is_colour(f, *_RGB)]
    return {level.size: level for level in levels if level is not None}


def _is_colour(file: DicomFile, *meanings: str) -> bool:
    header = file.header
    return bool(
        header.get("BitsAllocated") == 8
        and header.get("SamplesPerPixel") == 3
        and header.get("PhotometricInterpretation") in meanings
    )


def _level_tiles(file: DicomFile, limits: Limits) -> LevelTiles | None:
    try:
        with refusing_damage():
            level, spans = tiled_level(file, limits), file.frame_spans()
    except (SlideError, OSError):
        return None
    if any(len(frame) != 1 for frame in spans):
        return None
    rgb = file.header.PhotometricInterpretation == "RGB"
    offsets, lengths = _placed(level, [frame[0] for frame in spans])
    preamble = ADOBE_RGB if rgb else b""
    return LevelTiles(file.path, level.size, file.size, offsets, lengths, preamble)


def _placed(
    level: TiledLevel, spans: Sequence[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets and lengths row by row; a tile that is not stored has no length."""
    tile = level.file.size
    columns = -(-level.size.width // tile.width)
    rows = -(-level.size.height // tile.height)
    offsets = np.zeros(columns * rows, np.int64)
    lengths = np.zeros(columns * rows, np.int64)
    for (column, row), frame in level.frames.items():
        if column < columns and row < rows and frame < len(spans):
            at = row * columns + column
            offsets[at], lengths[at] = spans[frame]
    return offsets, lengths
