"""A slide in JPEG 2000 as Aperio scanners write it (compression 33005)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile

from tests.slides import Picture

PSNR_DB = 32
"""Makes tiles of 12 KB of 256 x 256 pixels, as those scanners write them."""


def write_jpeg2000_slide(path: Path, picture: Picture, tile: int = 256) -> None:
    """Levels 1, 4 and 16 of a picture whose sides are whole tiles at each of them."""
    with tifffile.TiffWriter(path) as file:
        for downsample in (1, 4, 16):
            level = picture[::downsample, ::downsample]
            height, width = level.shape[:2]
            file.write(
                _tiles(level, tile),
                shape=level.shape,
                dtype=np.uint8,
                tile=(tile, tile),
                compression="APERIO_JP2000_RGB",
                photometric="rgb",
                subfiletype=int(downsample > 1),
                description=f"Aperio Image Library v12.0.0 \r\n{width}x{height} "
                f"({tile}x{tile}) J2K/KDU Q=30|AppMag = 20|MPP = 0.5",
                metadata=None,
                software=False,
            )


def _tiles(level: Picture, tile: int) -> Iterator[bytes]:
    for top in range(0, level.shape[0], tile):
        for left in range(0, level.shape[1], tile):
            part = np.ascontiguousarray(level[top : top + tile, left : left + tile])
            yield bytes(
                imagecodecs.jpeg2k_encode(
                    part, level=PSNR_DB, reversible=False, codecformat="j2k"
                )
            )
