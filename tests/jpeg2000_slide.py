"""A slide in JPEG 2000 as Aperio scanners write it (compression 33005 or 33003)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from tests.slides import Picture

PSNR_DB = 32
"""Makes tiles of 12 KB of 256 x 256 pixels, as those scanners write them."""

LESS_CHROMA = b64decode(
    "/0//UQAvAAAAAABAAAAAQAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAAAAADBwEBBwIBBwIB/1IADAAAAAEA"
    "BQQEAAD/XAAjQncgdvB28HbAbwBvAG7gZ1BnUGdoUAVQBVBHV9NX01di/2QAJQABQ3JlYXRlZCBieSBP"
    "cGVuSlBFRyB2ZXJzaW9uIDIuNS4w/5AACgAAAAABPwAB/5PB8YQDlzRJwPgCAcrB8wMBmY7A+MHAfGEg"
    "EQACmC0Ii/d6AlqgDggBb4DA8PD5hsDxABXaUZ1D7boUOjl9mecYRWrJK/UOF4YibHUKTt3AfAJAcLAI"
    "wAwgVhcQISPu5BMcEMAjgOFgEYAOz/wS0SvvgxBr7cHwKQfA1B8KYCGREyXoMK+0Zn0BnYAUuoTENiC6"
    "E308tfsn1XKWNQA0qNkkY+nEHT81DHSyKylJ+FmkraPPv4/kCVnBXvBS6ogDwPEgH7LPWn4Z4YiewGQA"
    "FzEIPN9+sp7Cpj4XQCyF8gGf/A4K+J2a341PvtW0br3aXUe7inmhwg3qP+PK8yudYfe3gICh2qDhrVDf"
    "cZxF+TKVpqlw1HMr0Bs96Z9gMvDWEMPu37xxR5WNaQljCht9UCmAgP/Z"
)
"""A tile of 64 x 64 pixels with 32 columns of chroma, which imagecodecs does not write.

Written by `opj_compress -F 64,64,3,8,u@1x1:2x1:2x1 -mct 0 -I -q 30`.
"""


def write_jpeg2000_slide(
    path: Path, picture: Picture, tile: int = 256, ycbcr: bool = False
) -> None:
    """Levels 1, 4 and 16 of a picture whose sides are whole tiles at each of them."""
    compression = "APERIO_JP2000_YCBC" if ycbcr else "APERIO_JP2000_RGB"
    with tifffile.TiffWriter(path) as file:
        for downsample in (1, 4, 16):
            level = picture[::downsample, ::downsample]
            height, width = level.shape[:2]
            file.write(
                _tiles(in_ycbcr(level) if ycbcr else level, tile, not ycbcr),
                shape=level.shape,
                dtype=np.uint8,
                tile=(tile, tile),
                compression=compression,
                photometric="rgb",
                subfiletype=int(downsample > 1),
                description=f"Aperio Image Library v12.0.0 \r\n{width}x{height} "
                f"({tile}x{tile}) J2K/KDU Q=30|AppMag = 20|MPP = 0.5",
                metadata=None,
                software=False,
            )


def write_less_chroma_slide(path: Path, tiles: int = 4) -> None:
    """One level of the same tile again and again, in YCbCr 4:2:2."""
    side = 64 * tiles
    tifffile.imwrite(
        path,
        iter([LESS_CHROMA] * tiles**2),
        shape=(side, side, 3),
        dtype=np.uint8,
        tile=(64, 64),
        compression="APERIO_JP2000_YCBC",
        photometric="rgb",
        description=f"Aperio Image Library v12.0.0 \r\n{side}x{side} "
        "(64x64) J2K/YUV16 Q=30|AppMag = 20|MPP = 0.5",
        metadata=None,
        software=False,
    )


def in_ycbcr(picture: Picture) -> Picture:
    """The same picture as luma and chroma (ITU-R BT.601, full range)."""
    rgb = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(rgb.convert("YCbCr"))


def _tiles(level: Picture, tile: int, mixes: bool) -> Iterator[bytes]:
    for top in range(0, level.shape[0], tile):
        for left in range(0, level.shape[1], tile):
            part = np.ascontiguousarray(level[top : top + tile, left : left + tile])
            yield bytes(
                imagecodecs.jpeg2k_encode(
                    part, PSNR_DB, reversible=False, codecformat="j2k", mct=mixes
                )
            )
