"""A gigapixel slide of a few megabytes: all its tiles share a handful of JPEGs."""

from pathlib import Path

import numpy as np
import simplejpeg
import tifffile

from tests.slides import GLASS, tissue_picture

TILE = 256


def write_gigapixel_slide(path: Path, side: int = 100_000) -> None:
    """A square Aperio-like pyramid: glass with a large disc of tissue in the middle.

    Tiles are stored once and referred to by every place that shows them.
    """
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        for downsample in (1, 4, 16, 64):
            _write_level(file, side // downsample, side, downsample)
    pictures = [np.full((TILE, TILE, 3), GLASS, np.uint8)]
    for seed in range(3):
        tissue = tissue_picture(TILE * 2, TILE * 2, seed)[128:384, 64:320]
        pictures.append(np.ascontiguousarray(tissue))
    tiles = [simplejpeg.encode_jpeg(p, 85, "RGB", "444") for p in pictures]
    places = [_append(path, tile) for tile in tiles]
    with tifffile.TiffFile(path, mode="r+") as file:
        for page in file.pages:
            if isinstance(page, tifffile.TiffPage):
                _refer(page, places)


def _write_level(
    file: tifffile.TiffWriter, width: int, side: int, downsample: int
) -> None:
    count = -(-width // TILE)
    file.write(
        iter([b""] * (count * count)),
        shape=(width, width, 3),
        dtype=np.uint8,
        tile=(TILE, TILE),
        compression="jpeg",
        photometric="ycbcr",
        subsampling=(1, 1),
        subfiletype=0 if downsample == 1 else 1,
        description=f"Aperio Image Library v12.0.0 \r\n{side}x{side} "
        f"[0,0 {side}x{side}] ({TILE}x{TILE}) JPEG|AppMag = 40|MPP = 0.25",
        metadata=None,
        software=False,
    )


def _append(path: Path, tile: bytes) -> tuple[int, int]:
    with path.open("ab") as file:
        place = file.tell()
        file.write(tile)
    return place, len(tile)


def _refer(page: tifffile.TiffPage, places: list[tuple[int, int]]) -> None:
    count = -(-page.imagewidth // TILE)
    y, x = np.mgrid[0:count, 0:count]
    inside = np.hypot(x - count / 2, y - count / 2) < count * 0.3
    kind = np.where(inside, 1 + (x * 7 + y * 3) % (len(places) - 1), 0).ravel()
    page.tags["TileOffsets"].overwrite([places[k][0] for k in kind])
    page.tags["TileByteCounts"].overwrite([places[k][1] for k in kind])
